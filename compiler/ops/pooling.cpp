// Pooling, as modules and as functions: both take their arguments by the same names.
#include "ops/pooling.h"

#include "ops/parts.h"
#include "ops/rules.h"

namespace modelc::ops {
namespace {

constexpr Constraint kPadding{"pooling.padding", "`padding` is at most half of `kernel_size`"};
constexpr Constraint kOutputSize{"pooling.output_size",
                                 "`output_size` is a size of at least 1, or one for each dimension"};

/// The pooled values, with their positions in the plane of the input where they are asked for.
Type pooled_result(InferContext& cx, std::vector<Dim> shape, bool max) {
  const Type values = result(cx, cx.tensor("input").dtype, std::move(shape));
  if (!max || values.is_poison() || !cx.flag("return_indices")) return values;
  return Type::tuple({values, Type::of({DType::Int64, values.tensor.shape})});
}

/// PyTorch's window rule with ceil_mode (docs/dimensions.md): (n + e)//s + 1.
std::optional<Dim> pooled(InferContext& cx, const TensorType& input, std::size_t dim, const std::string& side,
                          std::int64_t k, std::int64_t s, std::int64_t p, std::int64_t d) {
  const Dim plain = Dim(2) * Dim(p) - Dim(d) * (Dim(k) - 1) - 1;
  const Dim e = cx.flag("ceil_mode") ? dim_min(plain + Dim(s) - 1, Dim(p) - 1) : plain;
  const Dim n = input.shape[dim];
  const Dim last = n + e;
  if (last.is_poison()) {
    cx.fault(common::kOverflow, cx.op() + " has a window that does not fit 64 bits");
    return std::nullopt;
  }
  if (last.is_constant() && last.constant() < 0) {
    cx.fault(common::kWindow, cx.op() + " receives " + input.str() + " whose " + side + " " + n.str() +
                                  (p ? ", with padding " + (n + 2 * p).str() + "," : "") +
                                  " is less than the kernel's " + std::to_string(k));
    return std::nullopt;
  }
  if (!cx.require_at_least(n, -e, [&] {
        return "the kernel of " + std::to_string(k) + " must fit into the " + side + " of " + input.str();
      }))
    return std::nullopt;
  return floor_div(last, s) + 1;
}

/// Means of integers are integers, as PyTorch has it, of int64 only.
bool require_pooled_dtype(InferContext& cx, bool max) {
  return (!max && cx.tensor("input").dtype == DType::Int64) || cx.require_floating("input");
}

}  // namespace

Type infer_pool(InferContext& cx, std::size_t n, bool max) {
  if (!cx.require_rank_between("input", n + 1, n + 2) || !require_pooled_dtype(cx, max)) return Type::poison();
  const TensorType& input = cx.tensor("input");
  const std::vector<std::int64_t> kernel = repeated(cx, "kernel_size", n);
  const Constant& given = cx.arg("stride");
  const bool strided = !given.is_null() && !(given.is_list() && given.as_list().empty());
  const std::vector<std::int64_t> stride = strided ? repeated(cx, "stride", n) : kernel;
  const std::vector<std::int64_t> padding = repeated(cx, "padding", n);
  const std::vector<std::int64_t> dilation = max ? repeated(cx, "dilation", n) : std::vector<std::int64_t>(n, 1);
  std::vector<Dim> shape(input.shape.begin(), input.shape.end() - static_cast<std::ptrdiff_t>(n));
  for (std::size_t i = 0; i < n; ++i) {
    if (padding[i] > kernel[i] / 2)
      return cx.fault(kPadding,
                      cx.op() + " is given " + tick("padding=" + cx.arg("padding").str()) +
                          ", expected at most half of " + tick("kernel_size=" + cx.arg("kernel_size").str()),
                      {}, "padding");
    const auto size =
        pooled(cx, input, input.rank() - n + i, side_name(i, n), kernel[i], stride[i], padding[i], dilation[i]);
    if (!size) return Type::poison();
    // ATen's avg_pool3d wants the window to fit without the padding.
    if (!max && n == 3 && !cx.require_at_least(input.shape[input.rank() - n + i], kernel[i], [&] {
          return "the kernel of " + std::to_string(kernel[i]) + " must fit into the " + side_name(i, n) + " of " +
                 input.str();
        }))
      return Type::poison();
    shape.push_back(*size);
  }
  return pooled_result(cx, std::move(shape), max);
}

namespace {

/// A null size keeps the input's; null alone, or one number in a list for several dimensions, is nothing to PyTorch.
Type infer_adaptive(InferContext& cx, std::size_t n, bool max) {
  if (!cx.require_rank_between("input", n + 1, n + 2) || !cx.require_floating("input")) return Type::poison();
  const TensorType& input = cx.tensor("input");
  const Constant& given = cx.arg("output_size");
  types::ConstantList sizes = given.is_list() ? given.as_list() : types::ConstantList(n, given);
  bool valid = sizes.size() == n && !given.is_null();
  for (const Constant& size : sizes)
    valid = valid && ((size.is_null() && n > 1) || (size.is_int() && size.as_int() >= 1));
  if (!valid)
    return cx.fault(kOutputSize,
                    cx.op() + " is given " + tick("output_size=" + given.str()) + ", expected " +
                        (n == 1 ? "an integer" : "an integer or " + std::to_string(n)) +
                        (n == 1 ? " of at least 1" : " of at least 1, or null in the place of a size to keep"),
                    {}, "output_size");
  std::vector<Dim> shape = input.shape;
  for (std::size_t i = 0; i < n; ++i)
    if (!sizes[i].is_null()) shape[input.rank() - n + i] = sizes[i].as_dim();
  return pooled_result(cx, std::move(shape), max);
}

std::string example_type(std::size_t n) {
  return n == 1 ? "float[B, 3, 16]" : n == 2 ? "float[B, 3, 16, 16]" : "float[B, 3, 8, 16, 16]";
}

using Declare = OpBuilder& (OpBuilder::*)(std::string_view);

/// Module or function: the arguments go to the constructor or to the call.
Op pool(bool module, std::size_t n, bool max) {
  const std::string digit = std::to_string(n), sizes = "int[" + digit + "]";
  const std::string name = module ? (max ? "MaxPool" : "AvgPool") : (max ? "max_pool" : "avg_pool");
  const Declare declare = module ? &OpBuilder::arg : &OpBuilder::input;
  OpBuilder op(name + digit + "d", module);
  op.summary((max ? "greatest value" : "mean") + std::string(" of each window over ") + digit +
             (n == 1 ? " dimension" : " dimensions"));
  op.input("input: Tensor");
  (op.*declare)("kernel_size: " + sizes + " in 1..");
  (op.*declare)("stride: " + sizes + "? in 1.. = null");
  (op.*declare)("padding: " + sizes + " in 0.. = 0");
  if (max) {
    (op.*declare)("dilation: " + sizes + " in 1.. = 1");
    // The function has ceil_mode first, the module return_indices.
    if (module) (op.*declare)("return_indices: bool = false");
    (op.*declare)("ceil_mode: bool = false");
    if (!module) (op.*declare)("return_indices: bool = false");
  } else {
    (op.*declare)("ceil_mode: bool = false");
    (op.*declare)("count_include_pad: bool = true");
    if (n > 1) (op.*declare)("divisor_override: int? in 1.. = null");
  }
  if (module) op.becomes((max ? "max_pool" : "avg_pool") + digit + "d");
  else op.traits(kPure).demands({kPadding}).infer([n, max](InferContext& cx) { return infer_pool(cx, n, max); });
  op.note("stride defaults to kernel_size; padding is at most half of the kernel");
  op.example(name + digit + (module ? "d(2)" : "d(x, 2)"), example_type(n));
  return op;
}

Op adaptive_pool(bool module, std::size_t n, bool max) {
  const std::string digit = std::to_string(n);
  const std::string name =
      module ? (max ? "AdaptiveMaxPool" : "AdaptiveAvgPool") : (max ? "adaptive_max_pool" : "adaptive_avg_pool");
  const Declare declare = module ? &OpBuilder::arg : &OpBuilder::input;
  OpBuilder op(name + digit + "d", module);
  op.summary((max ? "greatest value" : "mean") + std::string(" of windows chosen so that the result has output_size"));
  op.input("input: Tensor");
  (op.*declare)("output_size: any");
  if (max) (op.*declare)("return_indices: bool = false");
  if (module) op.becomes((max ? "adaptive_max_pool" : "adaptive_avg_pool") + digit + "d");
  else op.traits(kPure).demands({kOutputSize}).infer([n, max](InferContext& cx) { return infer_adaptive(cx, n, max); });
  op.note("output_size: an integer, one for each dimension, or null to keep the input's");
  op.example(name + digit + (module ? "d(1)" : "d(x, 1)"), example_type(n));
  return op;
}

}  // namespace

std::vector<Op> pooling_family() {
  std::vector<Op> ops;
  for (bool module : {true, false})
    for (std::size_t n = 1; n <= 3; ++n)
      for (bool max : {true, false}) {
        ops.push_back(pool(module, n, max));
        ops.push_back(adaptive_pool(module, n, max));
      }
  declare_unpooling(ops);
  return ops;
}

}  // namespace modelc::ops
