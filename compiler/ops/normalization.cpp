// Normalisation over batches, layers, groups and instances.
#include "ops/parts.h"
#include "ops/rules.h"

namespace modelc::ops {
namespace {

/// Batch and instance statistics: scale and shift, then the running values.
bool own_statistics(InferContext& cx, Dim features) {
  if (cx.flag("affine") &&
      (!own(cx, "weight", {features}, Init::ones()) || !own(cx, "bias", {features}, Init::zeros())))
    return false;
  if (!cx.flag("track_running_stats")) return true;
  return own_buffer(cx, "running_mean", cx.parameter_dtype(), {features}, Init::zeros()) &&
         own_buffer(cx, "running_var", cx.parameter_dtype(), {features}, Init::ones()) &&
         own_buffer(cx, "num_batches_tracked", DType::Int64, {}, Init::zeros());
}

Type infer_batch_norm(InferContext& cx, std::size_t low, std::size_t high) {
  if (!cx.require_rank_between("input", low, high) || !require_parameter_dtype(cx, "input")) return Type::poison();
  const TensorType& input = cx.tensor("input");
  if (!cx.infer("num_features", input.shape[1])) return Type::poison();
  const Dim values = input.shape[0] * product(input.shape, 2);
  if (cx.training() && values == Dim(1))
    return cx.fault(cx.op() + " receives " + input.str() + ", 1 value per channel, expected more in training",
                    "take batches of at least 2");
  return own_statistics(cx, cx.dim("num_features")) ? result_like(cx, "input") : Type::poison();
}

Type infer_instance_norm(InferContext& cx, std::size_t n) {
  if (!cx.require_rank_between("input", n + 1, n + 2) || !require_parameter_dtype(cx, "input")) return Type::poison();
  const TensorType& input = cx.tensor("input");
  if (!cx.infer("num_features", input.shape[input.rank() - n - 1])) return Type::poison();
  const bool own_sizes = cx.training() || !cx.flag("track_running_stats");
  if (own_sizes && product(input.shape, input.rank() - n) == Dim(1))
    return cx.fault(cx.op() + " receives " + input.str() + ", 1 value per channel, expected more");
  return own_statistics(cx, cx.dim("num_features")) ? result_like(cx, "input") : Type::poison();
}

/// The last dimensions must be `sizes`.
bool require_trailing(InferContext& cx, const std::vector<Dim>& sizes) {
  const TensorType& input = cx.tensor("input");
  if (!cx.require_rank_between("input", sizes.size(), kAnyRank)) return false;
  for (std::size_t i = 0; i < sizes.size(); ++i)
    if (!cx.require_equal(input.shape[input.rank() - sizes.size() + i], sizes[i],
                          "`normalized_shape` of " + shape_text(sizes) + " gives the last sizes of " + input.str()))
      return false;
  return true;
}

Type infer_layer_norm(InferContext& cx) {
  if (!cx.require_rank_between("input", 1, kAnyRank) || !require_parameter_dtype(cx, "input")) return Type::poison();
  if (cx.arg("normalized_shape").is_list()) {
    if (!require_trailing(cx, cx.dims("normalized_shape"))) return Type::poison();
  } else if (!cx.infer("normalized_shape", cx.tensor("input").shape.back())) {
    return Type::poison();
  }
  const std::vector<Dim> shape = cx.dims("normalized_shape");
  if (cx.flag("elementwise_affine") &&
      (!own(cx, "weight", shape, Init::ones()) || !own(cx, "bias", shape, Init::zeros())))
    return Type::poison();
  return result_like(cx, "input");
}

Type infer_layer_norm_function(InferContext& cx) {
  const std::vector<Dim> shape = cx.dims("normalized_shape");
  if (!cx.require_floating("input") || !require_trailing(cx, shape)) return Type::poison();
  for (std::string_view name : {"weight", "bias"}) {
    if (!cx.has(name)) continue;
    if (!cx.require_rank(name, shape.size())) return Type::poison();
    for (std::size_t i = 0; i < shape.size(); ++i)
      if (!cx.require_equal(cx.tensor(name).shape[i], shape[i], tick(std::string(name)) + " has the normalised shape"))
        return Type::poison();
  }
  return result_like(cx, "input");
}

Type infer_group_norm(InferContext& cx) {
  if (!cx.require_rank_between("input", 2, kAnyRank) || !require_parameter_dtype(cx, "input")) return Type::poison();
  const TensorType& input = cx.tensor("input");
  if (!cx.infer("num_channels", input.shape[1])) return Type::poison();
  const std::int64_t channels = cx.integer("num_channels"), groups = cx.integer("num_groups");
  if (channels % groups != 0)
    return cx.fault(cx.op() + " receives " + input.str() + " whose " + std::to_string(channels) +
                        " channels are not divisible by " + tick("num_groups=" + std::to_string(groups)),
                    {}, "num_groups");
  if (cx.flag("affine") &&
      (!own(cx, "weight", {channels}, Init::ones()) || !own(cx, "bias", {channels}, Init::zeros())))
    return Type::poison();
  return result_like(cx, "input");
}

Type infer_normalize(InferContext& cx) {
  if (!cx.require_floating("input") || !axes(cx, "dim", cx.tensor("input").rank())) return Type::poison();
  return result_like(cx, "input");
}

OpBuilder& batch_arguments(OpBuilder& op, const char* flags) {
  return op.inferred("num_features")
      .arg("eps: float in 0.. = 1e-5")
      .arg("momentum: float? = 0.1")
      .arg(std::string("affine: bool = ") + flags)
      .arg(std::string("track_running_stats: bool = ") + flags)
      .input("input: Tensor")
      .traits({Trait::WritesState, Trait::FollowsMode, Trait::Normalization});
}

}  // namespace

std::vector<Op> normalization_family() {
  std::vector<Op> ops;
  for (std::size_t n = 1; n <= 3; ++n) {
    const std::string digit = std::to_string(n);
    const std::string example = n == 1 ? "float[B, 6, L]" : n == 2 ? "float[B, 6, 8, 8]" : "float[B, 6, 4, 8, 8]";
    OpBuilder batch("BatchNorm" + digit + "d", true);
    batch_arguments(batch, "true")
        .summary("normalises each channel over the batch; running statistics in evaluation")
        .infer([n](InferContext& cx) { return infer_batch_norm(cx, n == 1 ? 2 : n + 2, n + 2); })
        .note("in training a channel needs more than one value; momentum null: a cumulative average")
        .example("BatchNorm" + digit + "d()", example);
    ops.push_back(batch);
    OpBuilder instance("InstanceNorm" + digit + "d", true);
    batch_arguments(instance, "false")
        .summary("normalises each channel of each item by itself")
        .infer([n](InferContext& cx) { return infer_instance_norm(cx, n); })
        .example("InstanceNorm" + digit + "d()", example);
    ops.push_back(instance);
  }
  ops.push_back(module_op("LayerNorm")
                    .summary("normalises over the last dimension, or those of normalized_shape")
                    .inferred("normalized_shape: int|int[] in 1..")
                    .arg("eps: float in 0.. = 1e-5")
                    .arg("elementwise_affine: bool = true")
                    .input("input: Tensor")
                    .infer(infer_layer_norm)
                    .example("LayerNorm()", "float[B, T, 6]"));
  ops.push_back(module_op("GroupNorm")
                    .summary("normalises groups of channels of each item")
                    .arg("num_groups: int in 1..")
                    .inferred("num_channels")
                    .arg("eps: float in 0.. = 1e-5")
                    .arg("affine: bool = true")
                    .input("input: Tensor")
                    .infer(infer_group_norm)
                    .note("num_channels must be divisible by num_groups")
                    .example("GroupNorm(2)", "float[B, 6, 8, 8]"));
  ops.push_back(function_op("layer_norm")
                    .summary("normalises over the last dimensions, with given tensors")
                    .input("input: Tensor")
                    .input("normalized_shape: dim[]")
                    .input("weight: Tensor? = null")
                    .input("bias: Tensor? = null")
                    .input("eps: float in 0.. = 1e-5")
                    .traits(kPure)
                    .infer(infer_layer_norm_function)
                    .example("layer_norm(x, [6])", "float[B, T, 6]"));
  ops.push_back(function_op("normalize")
                    .summary("divides by the p-norm over `dim`")
                    .input("input: Tensor")
                    .input("p: float = 2")
                    .input("dim: int|int[] = 1")
                    .input("eps: float = 1e-12")
                    .traits(kPure)
                    .infer(infer_normalize)
                    .example("normalize(x)", "float[B, 6]"));
  return ops;
}

}  // namespace modelc::ops
