// Pooling by p-norms and by windows at random places; pooled values put back to their places.
#include "ops/parts.h"
#include "ops/pooling.h"

namespace modelc::ops {
namespace {

constexpr Constraint kPositions{"unpooling.positions", "`indices` are int"};
constexpr Constraint kOutputSize{"unpooling.output_size", "`output_size` has a size for each dimension, or for all"};
constexpr Constraint kSizeOrRatio{"unpooling.size_or_ratio", "`output_size` or `output_ratio` is given"};
constexpr Constraint kNorm{"unpooling.norm", "`norm_type` is not 0"};
constexpr Constraint kKnownSize{"unpooling.known_size", "a ratio is of sizes that are known"};

bool is_given(const Constant& value) { return !value.is_null() && !(value.is_list() && value.as_list().empty()); }

/// (n - 1)*stride - 2*padding + kernel, or `output_size`, which may differ by less than a stride.
std::optional<std::vector<Dim>> unpooled(InferContext& cx, std::size_t n) {
  const TensorType& input = cx.tensor("input");
  const std::vector<std::int64_t> kernel = repeated(cx, "kernel_size", n);
  const std::vector<std::int64_t> stride = is_given(cx.arg("stride")) ? repeated(cx, "stride", n) : kernel;
  const std::vector<std::int64_t> padding = repeated(cx, "padding", n);
  std::vector<Dim> stated = cx.dims("output_size");
  if (stated.size() == input.rank() && input.rank() == n + 2) stated.erase(stated.begin(), stated.begin() + 2);
  if (!stated.empty() && stated.size() != n) {
    cx.fault(kOutputSize,
             cx.op() + " is given " + tick("output_size=" + cx.arg("output_size").str()) + ", expected " +
                 std::to_string(n) + " sizes",
             {}, "output_size");
    return std::nullopt;
  }
  std::vector<Dim> shape(input.shape.begin(), input.shape.end() - static_cast<std::ptrdiff_t>(n));
  for (std::size_t i = 0; i < n; ++i) {
    const Dim plain = (input.shape[input.rank() - n + i] - 1) * stride[i] - Dim(2) * padding[i] + kernel[i];
    if (!stated.empty() &&
        (!cx.require_at_least(stated[i], plain - stride[i] + 1, "the size is less than a stride off") ||
         !cx.require_at_least(plain + stride[i] - 1, stated[i], "the size is less than a stride off")))
      return std::nullopt;
    shape.push_back(stated.empty() ? plain : stated[i]);
  }
  return shape;
}

Type infer_unpool(InferContext& cx, std::size_t n) {
  if (!cx.require_rank_between("input", n + 1, n + 2) || !require_same_shape(cx, "input", "indices"))
    return Type::poison();
  if (cx.tensor("indices").dtype != DType::Int64)
    return cx.fault(kPositions, received(cx, "indices") + ", expected int", {}, "indices");
  auto shape = unpooled(cx, n);
  return shape ? result(cx, cx.tensor("input").dtype, std::move(*shape)) : Type::poison();
}

Type infer_fractional(InferContext& cx, std::size_t n) {
  if (!cx.require_rank_between("input", n + 1, n + 2) || !cx.require_floating("input")) return Type::poison();
  const TensorType& input = cx.tensor("input");
  if (cx.is_null("output_size") == cx.is_null("output_ratio"))
    return cx.fault(kSizeOrRatio, cx.op() + " is given " + (cx.is_null("output_size") ? "neither" : "both") +
                                      " of `output_size` and `output_ratio`, expected one of them");
  const std::vector<std::int64_t> kernel = repeated(cx, "kernel_size", n);
  std::vector<Dim> shape(input.shape.begin(), input.shape.end() - static_cast<std::ptrdiff_t>(n));
  for (std::size_t i = 0; i < n; ++i) {
    const Dim size = cx.simplify(input.shape[input.rank() - n + i]);
    Dim pooled = 1;
    if (cx.is_null("output_ratio")) {
      pooled = repeated(cx, "output_size", n)[i];
    } else {
      if (!size.is_constant())
        return cx.fault(
            kKnownSize,
            received(cx, "input") + " and takes a share of the " + side_name(i, n) + ", expected a known size",
            "state `output_size`", "output_ratio");
      const Constant& ratio = cx.arg("output_ratio");
      const double share = ratio.is_list() ? ratio.as_list().at(i).as_double() : ratio.as_double();
      pooled = static_cast<std::int64_t>(static_cast<double>(size.constant()) * share);
    }
    if (!cx.require_at_least(size, pooled + kernel[i] - 1, "the windows lie within " + input.str()))
      return Type::poison();
    shape.push_back(pooled);
  }
  const Type values = result(cx, input.dtype, std::move(shape));
  if (values.is_poison() || !cx.flag("return_indices")) return values;
  return Type::tuple({values, Type::of({DType::Int64, values.tensor.shape})});
}

Type infer_lp_pool(InferContext& cx, std::size_t n) {
  if (cx.number("norm_type") == 0)
    return cx.fault(kNorm, cx.op() + " is given `norm_type=0`, expected another norm", {}, "norm_type");
  // PyTorch cuts the means of whole numbers off before it takes their root.
  return cx.require_floating("input") ? infer_pool(cx, n, false) : Type::poison();
}

using Declare = OpBuilder& (OpBuilder::*)(std::string_view);

std::string example_type(std::size_t n) {
  return n == 1 ? "float[B, 3, 16]" : n == 2 ? "float[B, 3, 16, 16]" : "float[B, 3, 8, 16, 16]";
}

Op lp_pool(bool module, std::size_t n) {
  const std::string digit = std::to_string(n), sizes = "int[" + digit + "]";
  const std::string name = (module ? "LPPool" : "lp_pool") + digit + "d";
  const Declare declare = module ? &OpBuilder::arg : &OpBuilder::input;
  OpBuilder op(name, module);
  op.summary("p-norm of each window").input("input: Tensor");
  (op.*declare)("norm_type: float");
  (op.*declare)("kernel_size: " + sizes + " in 1..");
  (op.*declare)("stride: " + sizes + "? in 1.. = null");
  (op.*declare)("ceil_mode: bool = false");
  if (module) op.becomes("lp_pool" + digit + "d");
  else op.traits(kPure).demands({kNorm}).infer([n](InferContext& cx) { return infer_lp_pool(cx, n); });
  return op.example(name + (module ? "(2, 2)" : "(x, 2, 2)"), example_type(n));
}

Op unpool(bool module, std::size_t n) {
  const std::string digit = std::to_string(n), sizes = "int[" + digit + "]";
  const std::string name = (module ? "MaxUnpool" : "max_unpool") + digit + "d";
  const Declare declare = module ? &OpBuilder::arg : &OpBuilder::input;
  OpBuilder op(name, module);
  op.summary("pooled values put back to the places that `indices` tell, 0 elsewhere");
  op.input("input: Tensor").input("indices: Tensor");
  (op.*declare)("kernel_size: " + sizes + " in 1..");
  (op.*declare)("stride: " + sizes + "? in 1.. = null");
  (op.*declare)("padding: " + sizes + " in 0.. = 0");
  op.input("output_size: dim[]? = null");
  if (module) op.becomes("max_unpool" + digit + "d");
  else op.traits(kPure).demands({kPositions, kOutputSize}).infer([n](InferContext& cx) { return infer_unpool(cx, n); });
  const std::string type = n == 1 ? "[B, 3, 4]" : n == 2 ? "[B, 3, 4, 4]" : "[B, 3, 4, 4, 4]";
  return op.example(name + (module ? "(2)" : "(x, y, 2)"), "float" + type + ", int" + type);
}

Op fractional(bool module, std::size_t n) {
  const std::string digit = std::to_string(n);
  const std::string name = (module ? "FractionalMaxPool" : "fractional_max_pool") + digit + "d";
  const Declare declare = module ? &OpBuilder::arg : &OpBuilder::input;
  OpBuilder op(name, module);
  op.summary("greatest value of windows at random places, so many that the result has output_size");
  op.input("input: Tensor");
  (op.*declare)("kernel_size: int[" + digit + "] in 1..");
  (op.*declare)("output_size: int[" + digit + "]? in 1.. = null");
  (op.*declare)("output_ratio: float[" + digit + "]? in 0<..<1 = null");
  (op.*declare)("return_indices: bool = false");
  if (module) op.becomes("fractional_max_pool" + digit + "d");
  else
    op.traits(kRandom).demands({kSizeOrRatio, kKnownSize}).infer([n](InferContext& cx) {
      return infer_fractional(cx, n);
    });
  return op.example(name + (module ? "(2, 4)" : "(x, 2, 4)"), example_type(n));
}

}  // namespace

void declare_unpooling(std::vector<Op>& ops) {
  for (const bool module : {true, false})
    for (std::size_t n = 1; n <= 3; ++n) {
      if (n < 3) ops.push_back(lp_pool(module, n));
      ops.push_back(unpool(module, n));
      if (n > 1) ops.push_back(fractional(module, n));
    }
}

}  // namespace modelc::ops
