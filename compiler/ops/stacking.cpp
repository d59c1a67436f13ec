// numpy's ways to join tensors: after new dimensions, as blocks, as grids.
#include <algorithm>

#include "ops/joining.h"
#include "ops/modes.h"
#include "ops/parts.h"

namespace modelc::ops {
namespace {

constexpr Constraint kMatrix{"stacking.matrix", "a block has at most 2 dimensions"};
constexpr Constraint kVectors{"stacking.vectors", "the tensors are vectors or scalars of one dtype"};
constexpr Constraint kKnownNumber{"stacking.known_number",
                                  "how many combinations there are does not depend on run-time sizes"};

/// At least so many dimensions: in front of a vector, behind a matrix.
std::vector<Dim> with_rank(std::vector<Dim> shape, std::size_t rank) {
  if (rank >= 2 && shape.size() < 2) shape.insert(shape.begin(), 1);
  if (shape.size() < 2 && rank >= 2) shape.insert(shape.begin(), 1);
  while (shape.size() < rank) shape.push_back(1);
  return shape;
}

Type infer_atleast(InferContext& cx, std::size_t rank) {
  const TensorType& input = cx.tensor("input");
  return result(cx, input.dtype, with_rank(input.shape, rank));
}

/// hstack, vstack, dstack: joined along dimension 1 (0 of vectors), 0 and 2.
Type infer_stack(InferContext& cx, std::size_t rank, std::int64_t dim) {
  std::vector<TensorType> tensors = cx.tensors("tensors");
  for (TensorType& tensor : tensors) tensor.shape = with_rank(tensor.shape, rank);
  if (rank == 1 && !tensors.empty() && tensors[0].rank() == 1) dim = 0;
  return joined(cx, tensors, dim);
}

/// Vectors as columns.
Type infer_column_stack(InferContext& cx) {
  std::vector<TensorType> tensors = cx.tensors("tensors");
  for (TensorType& tensor : tensors)
    if (tensor.rank() < 2) tensor.shape = {tensor.numel(), 1};
  return joined(cx, tensors, 1);
}

Type infer_block_diag(InferContext& cx) {
  const std::vector<TensorType> tensors = cx.tensors("tensors");
  Dim rows = 0, columns = 0;
  for (const TensorType& tensor : tensors) {
    if (tensor.rank() > 2)
      return cx.fault(kMatrix, cx.op() + " receives " + tensor.str() + ", expected at most 2 dimensions", {},
                      "tensors");
    const std::vector<Dim> shape = with_rank(tensor.shape, 2);
    rows = rows + shape[0], columns = columns + shape[1];
  }
  if (tensors.empty()) return joined(cx, tensors, 0);
  return result(cx, promoted(tensors), {rows, columns});
}

bool require_vectors(InferContext& cx, const std::vector<TensorType>& tensors, std::size_t least_rank) {
  for (const TensorType& tensor : tensors) {
    if (tensor.rank() >= least_rank && tensor.rank() <= 1 && tensor.dtype == tensors[0].dtype) continue;
    cx.fault(kVectors, cx.op() + " receives " + tensor.str() + ", expected vectors of one dtype", {}, "tensors");
    return false;
  }
  return !tensors.empty() || !joined(cx, tensors, 0).is_poison();
}

Type infer_cartesian_prod(InferContext& cx) {
  const std::vector<TensorType> tensors = cx.tensors("tensors");
  if (!require_vectors(cx, tensors, 1)) return Type::poison();
  if (tensors.size() == 1) return Type::of(tensors[0]);
  Dim count = 1;
  for (const TensorType& tensor : tensors) count = count * tensor.shape[0];
  return result(cx, tensors[0].dtype, {count, static_cast<std::int64_t>(tensors.size())});
}

/// Every tensor stretched over the grid of all; with "xy" the first two dimensions change places.
Type infer_meshgrid(InferContext& cx) {
  const std::vector<TensorType> tensors = cx.tensors("tensors");
  if (!require_vectors(cx, tensors, 0)) return Type::poison();
  std::vector<Dim> shape;
  for (const TensorType& tensor : tensors) shape.push_back(tensor.rank() ? tensor.shape[0] : Dim(1));
  if (!cx.is_null("indexing") && grid_order(cx.word("indexing")) == GridOrder::ColumnsFirst && shape.size() > 1)
    std::swap(shape[0], shape[1]);
  const Type one = result(cx, tensors[0].dtype, shape);
  return one.is_poison() ? one : Type::tuple(std::vector<Type>(tensors.size(), one));
}

Type infer_broadcast_tensors(InferContext& cx) {
  const std::vector<TensorType> tensors = cx.tensors("tensors");
  std::vector<Dim> shape;
  for (const TensorType& tensor : tensors) {
    const auto wider = cx.broadcast(shape, tensor.shape, tensor.str() + " stretches only where a size is 1");
    if (!wider) return Type::poison();
    shape = *wider;
  }
  if (tensors.empty()) return joined(cx, tensors, 0);
  std::vector<Type> parts;
  for (const TensorType& tensor : tensors) parts.push_back(Type::of({tensor.dtype, shape}));
  return Type::tuple(std::move(parts));
}

/// n over r, or with repetitions n + r - 1 over r.
Type infer_combinations(InferContext& cx) {
  const TensorType& input = cx.tensor("input");
  if (!cx.require_rank("input", 1)) return Type::poison();
  const Dim size = cx.simplify(input.shape[0]);
  if (!size.is_constant())
    return cx.fault(kKnownNumber, received(cx, "input") + ", expected a known size", {}, "input");
  const std::int64_t r = cx.integer("r"), n = size.constant() + (cx.flag("with_replacement") ? r - 1 : 0);
  Dim count = n < r ? 0 : 1;
  for (std::int64_t i = 0; i < std::min(r, n - r); ++i) count = floor_div(count * (n - i), i + 1);
  return result(cx, input.dtype, {count, r});
}

OpBuilder of_tensors(const char* name, const char* summary) {
  OpBuilder op(name, false);
  op.summary(summary).input("tensors: Tensor[]").traits(kPure).complex().demands(joining_constraints());
  return op;
}

}  // namespace

void declare_stacking(std::vector<Op>& ops) {
  for (std::size_t rank = 1; rank <= 3; ++rank) {
    const std::string name = "atleast_" + std::to_string(rank) + "d";
    ops.push_back(function_op(name)
                      .summary("with new dimensions of 1 where there are fewer than " + std::to_string(rank))
                      .input("input: Tensor")
                      .traits(kReshaping)
                      .infer([rank](InferContext& cx) { return infer_atleast(cx, rank); })
                      .example(name + "(x)", "float[B]"));
  }
  struct Stack {
    const char* name;
    const char* summary;
    std::size_t rank;
    std::int64_t dim;
  };
  for (const Stack& s : {Stack{"hstack", "side by side: along dimension 1, vectors along 0", 1, 1},
                         Stack{"vstack", "one below the other: along dimension 0", 2, 0},
                         Stack{"dstack", "one behind the other: along dimension 2", 3, 2}})
    ops.push_back(of_tensors(s.name, s.summary)
                      .infer([rank = s.rank, dim = s.dim](InferContext& cx) { return infer_stack(cx, rank, dim); })
                      .example(s.name + std::string("([x, y])"), "float[2, 3], float[2, 3]"));
  ops.push_back(synonym("row_stack", "vstack"));
  ops.push_back(of_tensors("column_stack", "side by side, vectors as columns")
                    .infer(infer_column_stack)
                    .example("column_stack([x, y])", "float[B], float[B, 3]"));
  ops.push_back(of_tensors("block_diag", "blocks along the diagonal of a matrix, 0 elsewhere")
                    .variadic()
                    .demands({kMatrix})
                    .infer(infer_block_diag)
                    .example("block_diag(x, y)", "float[2, 3], float[4, 4]"));
  ops.push_back(of_tensors("cartesian_prod", "all pairs, triples, … of values of vectors")
                    .variadic()
                    .demands({kVectors})
                    .infer(infer_cartesian_prod)
                    .example("cartesian_prod(x, y)", "int[3], int[B]"));
  ops.push_back(of_tensors("meshgrid", "the coordinates of a grid: each vector stretched over all of them")
                    .keyword("indexing: {ij|xy}? = null")
                    .variadic()
                    .traits(kView)
                    .demands({kVectors})
                    .infer(infer_meshgrid)
                    .example("meshgrid(x, y)", "float[3], float[B]"));
  ops.push_back(of_tensors("broadcast_tensors", "stretched to one shape")
                    .variadic()
                    .traits(kView)
                    .infer(infer_broadcast_tensors)
                    .example("broadcast_tensors(x, y)", "float[B, 1], float[3]"));
  ops.push_back(function_op("combinations")
                    .summary("all choices of r values of a vector")
                    .input("input: Tensor")
                    .input("r: int in 1.. = 2")
                    .input("with_replacement: bool = false")
                    .traits(kPure)
                    .complex()
                    .demands({kKnownNumber})
                    .infer(infer_combinations)
                    .example("combinations(x, 2)", "float[5]"));
}

}  // namespace modelc::ops
