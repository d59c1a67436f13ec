// Normalisation over batches, layers, groups and instances. Running statistics are inputs whose new values are results.
#include "ops/parts.h"
#include "ops/rules.h"

namespace modelc::ops {
namespace {

constexpr Constraint kRunningPair{"normalization.running_pair",
                                  "`running_mean` and `running_var` are given both or none"};
constexpr Constraint kValues{"normalization.values", "more than one value is normalised"};
constexpr Constraint kGivenStatistics{"normalization.statistics",
                                      "with `use_input_stats=false`, running statistics are given"};
constexpr Constraint kMomentum{"normalization.momentum", "`momentum` of given statistics is a number"};
constexpr Constraint kGroups{"normalization.groups", "the channels are divisible by `num_groups`"};

/// Statistics over batches are kept in float, and weights with them, where the input is bfloat16.
bool is_mixed(InferContext& cx, std::string_view input, DType kept) {
  return cx.tensor(input).dtype == DType::BFloat16 && kept == DType::Float32;
}

/// A module without tensors takes any floating-point input, and its number of channels need not be known.
bool prepare_channels(InferContext& cx, std::string_view argument, Dim channels, bool has_tensors) {
  const bool fits = has_tensors && !is_mixed(cx, "input", cx.parameter_dtype()) ? require_parameter_dtype(cx, "input")
                                                                                : cx.require_floating("input");
  if (!fits) return false;
  const bool open = cx.is_null(argument) && !cx.simplify(channels).is_constant();
  return (open && !has_tensors) || cx.infer(argument, channels);
}

/// Batch and instance statistics: scale and shift, then the running values.
bool own_statistics(InferContext& cx) {
  const Dim features = cx.dim("num_features");
  if (cx.flag("affine") &&
      (!own(cx, "weight", {features}, Init::ones()) || !own(cx, "bias", {features}, Init::zeros())))
    return false;
  if (!cx.flag("track_running_stats")) return true;
  return own_buffer(cx, "running_mean", cx.parameter_dtype(), {features}, Init::zeros()) &&
         own_buffer(cx, "running_var", cx.parameter_dtype(), {features}, Init::ones()) &&
         own_buffer(cx, "num_batches_tracked", DType::Int64, {}, Init::zeros());
}

bool prepare_statistics(InferContext& cx, std::size_t low, std::size_t high, std::size_t from_end) {
  if (!cx.require_rank_between("input", low, high)) return false;
  const TensorType& input = cx.tensor("input");
  const Dim channels = from_end ? input.shape[input.rank() - from_end] : input.shape[1];
  const bool has_tensors = cx.flag("affine") || cx.flag("track_running_stats");
  return prepare_channels(cx, "num_features", channels, has_tensors) && (!has_tensors || own_statistics(cx));
}

/// One value for each channel, of the input's dtype.
bool require_channel_values(InferContext& cx, Dim channels, std::initializer_list<std::string_view> names) {
  for (std::string_view name : names) {
    if (!cx.has(name)) continue;
    if (!cx.require_rank(name, 1) ||
        !cx.require_equal(
            cx.tensor(name).shape[0], channels,
            [&] { return tick(std::string(name)) + " has a value for each channel of " + cx.tensor("input").str(); }) ||
        (!is_mixed(cx, "input", cx.tensor(name).dtype) && !require_same_dtype(cx, "input", name)))
      return false;
  }
  return true;
}

bool require_running_pair(InferContext& cx) {
  if (cx.has("running_mean") == cx.has("running_var")) return true;
  cx.fault(kRunningPair, cx.op() + " is given one of `running_mean` and `running_var`, expected both or none", {},
           cx.has("running_mean") ? "running_mean" : "running_var");
  return false;
}

Type infer_batch_norm(InferContext& cx) {
  if (!cx.require_rank_between("input", 2, kAnyRank) || !cx.require_floating("input")) return Type::poison();
  const TensorType& input = cx.tensor("input");
  const bool on = cx.is_null("training") ? cx.training() : cx.flag("training");
  if (on && input.shape[0] * product(input.shape, 2) == Dim(1))
    return cx.fault(kValues, cx.op() + " receives " + input.str() + ", 1 value per channel, expected more in training",
                    "take batches of at least 2");
  if (!require_running_pair(cx) ||
      !require_channel_values(cx, input.shape[1], {"running_mean", "running_var", "weight", "bias"}))
    return Type::poison();
  if (cx.is_null("momentum") && cx.has("running_mean") && !cx.has("num_batches_tracked"))
    return cx.fault(kMomentum, cx.op() + " is given `momentum=null`, expected a number", {}, "momentum");
  return result_like(cx, "input");
}

/// The dimensions behind the channels: of a module as it says, of the function all but two.
Type infer_instance_norm(InferContext& cx) {
  const bool told = !cx.is_null("sides");
  const std::size_t sides = told ? static_cast<std::size_t>(cx.integer("sides")) : 0;
  if (told ? !cx.require_rank_between("input", sides + 1, sides + 2) : !cx.require_rank_between("input", 3, kAnyRank))
    return Type::poison();
  if (!cx.require_floating("input")) return Type::poison();
  const TensorType& input = cx.tensor("input");
  const std::size_t channels = told ? input.rank() - sides - 1 : 1;
  if (!told && !cx.flag("use_input_stats") && !cx.has("running_mean"))
    return cx.fault(kGivenStatistics,
                    cx.op() + " is given `use_input_stats=false` without running statistics, expected them", {},
                    "use_input_stats");
  const bool own_sizes = cx.flag("use_input_stats") || !cx.has("running_mean");
  if (own_sizes && product(input.shape, channels + 1) == Dim(1))
    return cx.fault(kValues, cx.op() + " receives " + input.str() + ", 1 value per channel, expected more");
  if (!require_running_pair(cx) ||
      !require_channel_values(cx, input.shape[channels], {"running_mean", "running_var", "weight", "bias"}))
    return Type::poison();
  return result_like(cx, "input");
}

/// The last dimensions must be `sizes`.
bool require_trailing(InferContext& cx, const std::vector<Dim>& sizes) {
  const TensorType& input = cx.tensor("input");
  if (!cx.require_rank_between("input", sizes.size(), kAnyRank)) return false;
  for (std::size_t i = 0; i < sizes.size(); ++i)
    if (!cx.require_equal(input.shape[input.rank() - sizes.size() + i], sizes[i], [&] {
          return "`normalized_shape` of " + shape_text(sizes) + " gives the last sizes of " + input.str();
        }))
      return false;
  return true;
}

bool prepare_layer_norm(InferContext& cx) {
  const bool affine = cx.flag("elementwise_affine");
  if (!cx.require_rank_between("input", 1, kAnyRank) ||
      (affine ? !require_parameter_dtype(cx, "input") : !cx.require_floating("input")))
    return false;
  if (cx.arg("normalized_shape").is_list()) {
    if (!require_trailing(cx, cx.dims("normalized_shape"))) return false;
  } else if (!cx.infer("normalized_shape", cx.tensor("input").shape.back())) {
    return false;
  }
  const std::vector<Dim> shape = cx.dims("normalized_shape");
  return !affine ||
         (own(cx, "weight", shape, Init::ones()) && (!cx.flag("bias") || own(cx, "bias", shape, Init::zeros())));
}

Type infer_layer_norm(InferContext& cx) {
  const std::vector<Dim> shape = cx.dims("normalized_shape");
  if (!cx.require_floating("input") || !require_trailing(cx, shape)) return Type::poison();
  for (std::string_view name : {"weight", "bias"}) {
    if (!cx.has(name)) continue;
    if (!cx.require_rank(name, shape.size()) || !require_same_dtype(cx, "input", name)) return Type::poison();
    for (std::size_t i = 0; i < shape.size(); ++i)
      if (!cx.require_equal(cx.tensor(name).shape[i], shape[i],
                            [&] { return tick(std::string(name)) + " has the normalised shape"; }))
        return Type::poison();
  }
  return result_like(cx, "input");
}

bool prepare_group_norm(InferContext& cx) {
  if (!cx.require_rank_between("input", 2, kAnyRank)) return false;
  const bool affine = cx.flag("affine");
  if (!prepare_channels(cx, "num_channels", cx.tensor("input").shape[1], affine)) return false;
  if (!affine) return true;
  const std::int64_t channels = cx.integer("num_channels"), groups = cx.integer("num_groups");
  if (channels % groups != 0)
    return !cx.fault(kGroups,
                     cx.op() + " receives " + cx.tensor("input").str() + " whose " + std::to_string(channels) +
                         " channels are not divisible by " + tick("num_groups=" + std::to_string(groups)),
                     {}, "num_groups")
                .is_poison();
  return own(cx, "weight", {channels}, Init::ones()) && own(cx, "bias", {channels}, Init::zeros());
}

Type infer_group_norm(InferContext& cx) {
  if (!cx.require_rank_between("input", 2, kAnyRank) || !cx.require_floating("input")) return Type::poison();
  const TensorType& input = cx.tensor("input");
  const Dim channels = cx.simplify(input.shape[1]);
  const std::int64_t groups = cx.integer("num_groups");
  if (channels.is_constant() && channels.constant() % groups != 0)
    return cx.fault(kGroups,
                    cx.op() + " receives " + input.str() + " whose " + channels.str() +
                        " channels are not divisible by " + tick("num_groups=" + std::to_string(groups)),
                    {}, "num_groups");
  if (!cx.require_divisible(channels, groups,
                            [&] { return "the channels of " + input.str() + " are put into groups"; }))
    return Type::poison();
  if (input.shape[0] * floor_div(channels, groups) * product(input.shape, 2) == Dim(1))
    return cx.fault(kValues, cx.op() + " receives " + input.str() + ", 1 value per group, expected more");
  return require_channel_values(cx, input.shape[1], {"weight", "bias"}) ? result_like(cx, "input") : Type::poison();
}

Type infer_normalize(InferContext& cx) {
  if (!cx.require_floating("input") || !axes(cx, "dim", cx.tensor("input").rank())) return Type::poison();
  return result_like(cx, "input");
}

/// A form that keeps what its derivative needs: mean and reciprocal deviation of values that are normalised together.
Type with_statistics(const Type& normalised, std::vector<Dim> shape) {
  if (normalised.is_poison()) return normalised;
  const Type statistic = Type::of({normalised.tensor.dtype, std::move(shape)});
  return Type::tuple({normalised, statistic, statistic});
}

Type with_row_statistics(InferContext& cx) {
  std::vector<Dim> shape = cx.tensor("input").shape;
  const std::size_t last = cx.dims("normalized_shape").size();
  for (std::size_t i = 1; i <= last && i <= shape.size(); ++i) shape[shape.size() - i] = 1;
  return with_statistics(infer_layer_norm(cx), std::move(shape));
}

Type with_group_statistics(InferContext& cx) {
  return with_statistics(infer_group_norm(cx), {cx.tensor("input").shape[0], cx.dim("num_groups")});
}

Type with_channel_statistics(InferContext& cx) {
  return with_statistics(infer_batch_norm(cx), {cx.tensor("input").shape[1]});
}

constexpr Traits kStatistics{Trait::WritesState, Trait::FollowsMode, Trait::Normalization};

OpBuilder statistics(const std::string& name, const char* flags) {
  OpBuilder op(name, true);
  op.inferred("num_features").arg("eps: float in 0.. = 1e-5");
  // An average of all batches so far is something that only the batch norms of PyTorch know.
  op.arg(name[0] == 'B' ? "momentum: float? = 0.1" : "momentum: float = 0.1")
      .arg(std::string("affine: bool = ") + flags)
      .arg(std::string("track_running_stats: bool = ") + flags)
      .input("input: Tensor");
  return op;
}

void declare_functions(std::vector<Op>& ops) {
  for (const bool saves : {false, true})
    ops.push_back(function_op(saves ? "_batch_norm_saved" : "batch_norm")
                      .summary("normalises each channel over the batch, with given tensors")
                      .input("input: Tensor")
                      .input("running_mean: Tensor?")
                      .input("running_var: Tensor?")
                      .input("weight: Tensor? = null")
                      .input("bias: Tensor? = null")
                      .input("training: bool? = null")
                      .input("momentum: float? = 0.1")
                      .input("eps: float in 0.. = 1e-5")
                      .internal("num_batches_tracked: Tensor? = null")
                      .updates({"running_mean", "running_var", "num_batches_tracked"})
                      .traits(kStatistics)
                      .demands({kValues, kRunningPair, kMomentum})
                      .infer(saves ? with_channel_statistics : infer_batch_norm)
                      .note("follows the mode; `training=false` takes the running statistics in training too")
                      .example("batch_norm(x, y, z)", "float[B, 6, 8, 8], float[6], float[6]"));
  ops.push_back(function_op("instance_norm")
                    .summary("normalises each channel of each item by itself, with given tensors")
                    .input("input: Tensor")
                    .input("running_mean: Tensor? = null")
                    .input("running_var: Tensor? = null")
                    .input("weight: Tensor? = null")
                    .input("bias: Tensor? = null")
                    .input("use_input_stats: bool = true")
                    .input("momentum: float = 0.1")
                    .input("eps: float in 0.. = 1e-5")
                    .internal("sides: int? = null")
                    .updates({"running_mean", "running_var"}, "use_input_stats")
                    .traits(kStatistics)
                    .demands({kValues, kRunningPair, kGivenStatistics})
                    .infer(infer_instance_norm)
                    .example("instance_norm(x)", "float[B, 6, 8, 8]"));
  for (const bool saves : {false, true})
    ops.push_back(function_op(saves ? "_layer_norm_saved" : "layer_norm")
                      .summary("normalises over the last dimensions, with given tensors")
                      .input("input: Tensor")
                      .input("normalized_shape: dim[]")
                      .input("weight: Tensor? = null")
                      .input("bias: Tensor? = null")
                      .input("eps: float in 0.. = 1e-5")
                      .traits(kPure)
                      .infer(saves ? with_row_statistics : infer_layer_norm)
                      .example("layer_norm(x, [6])", "float[B, T, 6]"));
  for (const bool saves : {false, true})
    ops.push_back(function_op(saves ? "_group_norm_saved" : "group_norm")
                      .summary("normalises groups of channels of each item, with given tensors")
                      .input("input: Tensor")
                      .input("num_groups: int in 1..")
                      .input("weight: Tensor? = null")
                      .input("bias: Tensor? = null")
                      .input("eps: float in 0.. = 1e-5")
                      .traits(kPure)
                      .demands({kGroups, kValues})
                      .infer(saves ? with_group_statistics : infer_group_norm)
                      .example("group_norm(x, 2)", "float[B, 6, 8, 8]"));
  ops.push_back(function_op("normalize")
                    .summary("divides by the p-norm over `dim`")
                    .input("input: Tensor")
                    .input("p: float = 2")
                    .input("dim: int|int[] = 1")
                    .input("eps: float = 1e-12")
                    .traits(kPure)
                    .infer(infer_normalize)
                    .example("normalize(x)", "float[B, 6]"));
}

}  // namespace

std::vector<Op> normalization_family() {
  std::vector<Op> ops;
  for (std::size_t n = 1; n <= 3; ++n) {
    const std::string digit = std::to_string(n);
    const std::string example = n == 1 ? "float[B, 6, L]" : n == 2 ? "float[B, 6, 8, 8]" : "float[B, 6, 4, 8, 8]";
    ops.push_back(statistics("BatchNorm" + digit + "d", "true")
                      .summary("normalises each channel over the batch; running statistics in evaluation")
                      .prepare([n](InferContext& cx) { return prepare_statistics(cx, n == 1 ? 2 : n + 2, n + 2, 0); })
                      .becomes("batch_norm")
                      .note("in training a channel needs more than one value; momentum null: a cumulative average")
                      .example("BatchNorm" + digit + "d()", example));
    ops.push_back(
        statistics("InstanceNorm" + digit + "d", "false")
            .summary("normalises each channel of each item by itself")
            .prepare([n](InferContext& cx) { return prepare_statistics(cx, n + 1, n + 2, n + 1); })
            .becomes("instance_norm", {mode("use_input_stats"), fixed("sides", Constant(static_cast<std::int64_t>(n)))})
            .example("InstanceNorm" + digit + "d()", example));
  }
  ops.push_back(module_op("LayerNorm")
                    .summary("normalises over the last dimension, or those of normalized_shape")
                    .inferred("normalized_shape: int|int[] in 1..")
                    .arg("eps: float in 0.. = 1e-5")
                    .arg("elementwise_affine: bool = true")
                    .arg("bias: bool = true")
                    .input("input: Tensor")
                    .prepare(prepare_layer_norm)
                    .becomes("layer_norm")
                    .example("LayerNorm()", "float[B, T, 6]"));
  ops.push_back(module_op("GroupNorm")
                    .summary("normalises groups of channels of each item")
                    .arg("num_groups: int in 1..")
                    .inferred("num_channels")
                    .arg("eps: float in 0.. = 1e-5")
                    .arg("affine: bool = true")
                    .input("input: Tensor")
                    .prepare(prepare_group_norm)
                    .becomes("group_norm")
                    .note("num_channels must be divisible by num_groups")
                    .example("GroupNorm(2)", "float[B, 6, 8, 8]"));
  declare_functions(ops);
  declare_root_mean_squares(ops);
  return ops;
}

}  // namespace modelc::ops
