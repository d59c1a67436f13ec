// `x[…]` as Python has it: positions, slices, `null` for a new dimension, `...`, and tensors of positions.
#include "ops/parts.h"
#include "ops/rules.h"

namespace modelc::ops {
namespace {

constexpr Constraint kBoundSign{"indexing.bound_sign", "the sign of a bound is known"};
constexpr Constraint kStep{"indexing.step", "the step is a known number of at least 1"};
constexpr Constraint kEllipsis{"indexing.ellipsis", "`...` stands at most once"};
constexpr Constraint kCount{"indexing.count", "there are no more positions than dimensions"};
constexpr Constraint kPositions{"indexing.positions", "positions in a tensor are int"};
constexpr Constraint kMask{"indexing.mask", "a mask is bool, and has dimensions of what it chooses from"};

/// The bound of a slice held within 0 and n; nullopt after reporting one whose sign is unknown.
std::optional<Dim> held(InferContext& cx, Dim bound, Dim n) {
  if (cx.known_at_least(bound, 0)) return dim_min(bound, n);
  if (cx.known_at_least(-bound, 1)) return dim_max(n + bound, 0);
  cx.fault(
      kBoundSign,
      "the slice has the bound " + tick(bound.str()) + " whose sign depends on run-time sizes, expected a known one",
      {}, "index");
  return std::nullopt;
}

std::optional<Dim> sliced(InferContext& cx, const types::ConstantList& parts, Dim n, const std::string& input) {
  const auto part = [&](std::size_t i) { return i < parts.size() ? parts[i] : Constant(); };
  Dim start = 0, stop = n, step = 1;
  if (part(2).is_dim()) step = part(2).as_dim();
  if (!step.is_constant() || step.constant() < 1) {
    cx.fault(kStep, "the slice has the step " + tick(step.str()) + ", expected an integer of at least 1",
             "`flip(x, [dim])` reverses a dimension", "index");
    return std::nullopt;
  }
  if (part(0).is_dim()) {
    const auto bound = held(cx, part(0).as_dim(), n);
    if (!bound) return std::nullopt;
    start = *bound;
  }
  if (part(1).is_dim()) {
    const auto bound = held(cx, part(1).as_dim(), n);
    if (!bound) return std::nullopt;
    stop = *bound;
  }
  const bool all = part(0).is_null() && part(1).is_null() && step == 1;
  if (all && types::depends_on_data(n)) return n;  // may be none
  const Dim size = types::ceil_div(cx.simplify(stop - start), step);
  if (!cx.require_at_least(size, 1, [&] { return "a slice of " + input + " keeps at least one position"; }))
    return std::nullopt;
  return size;
}

/// A tensor among the indices; static ones are constants.
struct Element {
  Constant constant;
  std::optional<TensorType> tensor;
  bool is_ellipsis() const { return !tensor && constant.is_string(); }
  bool is_new() const { return !tensor && constant.is_null(); }
};

/// Where tensors of positions stand among the dimensions that are left: their common shape goes to their place, or to
/// the front where something stands between them.
std::vector<Dim> with_positions_at(const std::vector<std::size_t>& places, const std::vector<Dim>& common,
                                   std::vector<Dim> rest) {
  if (places.empty()) return rest;
  const bool together = places.front() == places.back();
  rest.insert(rest.begin() + static_cast<std::ptrdiff_t>(together ? places.front() : 0), common.begin(), common.end());
  return rest;
}

Type infer_index(InferContext& cx) {
  const TensorType& input = cx.tensor("input");
  const Constant& given = cx.arg("index");
  const Type types_given = cx.type("index");
  std::vector<Element> elements;
  std::size_t taken = 0, ellipses = 0;
  if (given.is_list() || types_given.kind == types::TypeKind::List) {
    // A list of tensors alone has no static part.
    const std::size_t count = given.is_list() ? given.as_list().size() : types_given.parts().size();
    for (std::size_t i = 0; i < count; ++i) {
      Element element{given.is_list() ? given.as_list()[i] : Constant(), std::nullopt};
      if (i < types_given.parts().size() && types_given.parts()[i].is_tensor())
        element.tensor = types_given.parts()[i].tensor;
      ellipses += element.is_ellipsis() ? 1 : 0;
      taken += element.is_ellipsis() || element.is_new() ? 0 : 1;
      elements.push_back(std::move(element));
    }
  } else if (types_given.is_tensor()) {
    elements.push_back({given, types_given.tensor});
    taken = 1;
  }
  if (ellipses > 1)
    return cx.fault(kEllipsis, "the index has `...` " + std::to_string(ellipses) + " times, expected it once", {},
                    "index");
  if (taken > input.rank())
    return cx.fault(kCount,
                    std::to_string(taken) + (taken == 1 ? " position indexes " : " positions index ") + input.str() +
                        ", expected at most " + std::to_string(input.rank()),
                    {}, "index");
  if (ellipses == 0) elements.push_back({Constant("..."), std::nullopt});
  std::vector<Dim> shape, common;
  std::vector<std::size_t> places;  // of tensors: how many dimensions stand before
  std::size_t dim = 0;
  for (std::size_t place = 0; place < elements.size(); ++place) {
    const Element& element = elements[place];
    if (element.is_ellipsis()) {
      for (std::size_t i = taken; i < input.rank(); ++i) shape.push_back(input.shape[dim++]);
    } else if (element.is_new()) {
      shape.push_back(1);
    } else if (element.tensor) {
      const TensorType& index = *element.tensor;
      if (index.dtype != DType::Int64)
        return cx.fault(kPositions, input.str() + " is indexed by " + index.str() + ", expected positions of int",
                        "convert it: `i.long()`", "index");
      const auto wider = cx.broadcast(common, index.shape,
                                      [&] { return "the tensors that index " + input.str() + " have one shape"; });
      if (!wider) return Type::poison();
      if (!require_written_positions(cx, input.shape[dim], "index", true, place)) return Type::poison();
      common = *wider;
      places.push_back(shape.size());
      ++dim;
    } else if (element.constant.is_list()) {
      const auto size = sliced(cx, element.constant.as_list(), input.shape[dim], input.str());
      if (!size) return Type::poison();
      shape.push_back(*size);
      ++dim;
    } else if (element.constant.is_dim()) {
      if (!require_position(cx, input.shape[dim], element.constant.as_dim(), "index")) return Type::poison();
      ++dim;
    } else {
      return Type::poison();  // what else stands in an index is refused where it is evaluated
    }
  }
  return result(cx, input.dtype, with_positions_at(places, common, std::move(shape)));
}

/// A mask as positions in each dimension that it goes over, from `dim` of the tensor it chooses from on.
Type infer_positions(InferContext& cx) {
  const TensorType &mask = cx.tensor("mask"), &of = cx.tensor("of");
  const auto dim = static_cast<std::size_t>(cx.integer("dim"));
  if (mask.dtype != DType::Bool || mask.rank() == 0 || dim + mask.rank() > of.rank())
    return cx.fault(kMask,
                    of.str() + " is indexed by " + mask.str() + " at dimension " + std::to_string(dim) +
                        ", expected a mask of its dimensions",
                    {}, "mask");
  for (std::size_t i = 0; i < mask.rank(); ++i)
    if (!cx.require_equal(mask.shape[i], of.shape[dim + i], [&] {
          return "the mask " + mask.str() + " has the sizes of " + of.str() + " from dimension " + std::to_string(dim);
        }))
      return Type::poison();
  return Type::tuple(std::vector<Type>(mask.rank(), Type::of({DType::Int64, {cx.measured_size(0, 0)}})));
}

/// One row of positions for each element that is not zero.
Type infer_nonzero(InferContext& cx) {
  const auto rank = cx.tensor("input").rank();
  if (!cx.flag("as_tuple")) return Type::of({DType::Int64, {cx.measured_size(0, 0), static_cast<std::int64_t>(rank)}});
  const Dim count = cx.measured_size(0, 0);
  // A single value counts as a list of one.
  return Type::tuple(std::vector<Type>(std::max<std::size_t>(rank, 1), Type::of({DType::Int64, {count}})));
}

}  // namespace

void declare_indexing(std::vector<Op>& ops) {
  ops.push_back(function_op("_index")
                    .summary("`x[…]`: positions, slices, null, `...`, tensors of positions")
                    .input("input: Tensor")
                    .input("index: any")
                    .traits(kView)
                    .demands({kBoundSign, kStep, kEllipsis, kCount, kPositions})
                    .infer(infer_index)
                    .example("x[:, -1]", "float[B, 6]"));
  ops.push_back(function_op("_positions")
                    .summary("`x[mask]`: where a mask is true, as positions in each of its dimensions")
                    .input("mask: Tensor")
                    .input("of: Tensor")
                    .input("dim: int in 0.. = 0")
                    .traits({Trait::MeasuresSize, Trait::StopsGradient})
                    .demands({kMask})
                    .infer(infer_positions)
                    .example("x[x > 0]", "float[B, 6]"));
  ops.push_back(function_op("nonzero")
                    .summary("the positions of all elements that are not zero: int[K, rank], K decided by the data")
                    .input("input: Tensor")
                    .keyword("as_tuple: bool = false")
                    .traits({Trait::MeasuresSize, Trait::StopsGradient})
                    .infer(infer_nonzero)
                    .note("K may be 0; a tuple has one int[K] for each dimension")
                    .example("nonzero(x)", "float[B, 6]"));
}

}  // namespace modelc::ops
