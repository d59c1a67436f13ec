// Activations: the functions of torch.nn.functional that are more than elementwise arithmetic, and the modules that
// become them.
#include "ops/parts.h"
#include "ops/rules.h"

namespace modelc::ops {
namespace {

constexpr Constraint kNumber{"activation.number", "the input is a number, no bool"};
constexpr Constraint kAlpha{"activation.alpha", "`alpha` is not 0"};
constexpr Constraint kLimits{"activation.limits", "`max_val` is above `min_val`; for the function it may equal it"};
constexpr Constraint kUnsignedLimits{"activation.unsigned_limits", "of uint8 both limits are at least 0"};
constexpr Constraint kSlopes{"activation.slopes", "`upper` is not below `lower`"};
constexpr Constraint kDtype{"activation.dtype", "`dtype` is floating-point"};

Type keep_number(InferContext& cx) { return require_number(cx, kNumber) ? result_like(cx, "input") : Type::poison(); }

/// By way of a division or a tanh: integers become float32.
Type number_to_floating(InferContext& cx) { return require_number(cx, kNumber) ? to_floating(cx) : Type::poison(); }

std::string given(const InferContext& cx, std::string_view name) {
  return tick(std::string(cx.shown(name)) + "=" + cx.arg(name).str());
}

Type infer_celu(InferContext& cx) {
  if (cx.number("alpha") == 0)
    return cx.fault(kAlpha, cx.op() + " is given " + given(cx, "alpha") + ", expected another number than 0", {},
                    "alpha");
  return keep_floating(cx);
}

bool require_order(InferContext& cx, bool holds, const char* expected) {
  if (holds) return true;
  cx.fault(kLimits,
           cx.op() + " is given " + given(cx, "min_val") + " and " + given(cx, "max_val") + ", expected " + expected,
           {}, "max_val");
  return false;
}

bool prepare_hardtanh(InferContext& cx) {
  return require_order(cx, cx.number("min_val") < cx.number("max_val"), "`max_val` above `min_val`");
}

Type infer_hardtanh(InferContext& cx) {
  if (!require_order(cx, cx.number("min_val") <= cx.number("max_val"), "`max_val` not below `min_val`"))
    return Type::poison();
  if (cx.tensor("input").dtype == DType::UInt8 && (cx.number("min_val") < 0 || cx.number("max_val") < 0))
    return cx.fault(kUnsignedLimits,
                    received(cx, "input") + " and holds it within " + given(cx, "min_val") + " and " +
                        given(cx, "max_val") + ", expected limits of at least 0 for uint8",
                    {}, "min_val");
  return keep_number(cx);
}

/// softmax and its kin: PyTorch guesses a dimension where none is given, 0 for 0, 1 and 3 dimensions, else 1.
Type infer_softmax(InferContext& cx) {
  if (!cx.is_null("dim") && !cx.axis("dim", cx.tensor("input").rank())) return Type::poison();
  if (cx.is_null("dtype")) return keep_floating(cx);
  const DType dtype = cx.arg("dtype").as_dtype();
  if (!types::is_floating(dtype))
    return cx.fault(kDtype,
                    cx.op() + " is given " + tick("dtype=" + cx.arg("dtype").str()) + ", expected floating point", {},
                    "dtype");
  return Type::of({dtype, cx.tensor("input").shape});
}

Type infer_rrelu(InferContext& cx) {
  if (cx.number("upper") < cx.number("lower"))
    return cx.fault(kSlopes,
                    cx.op() + " is given " + given(cx, "lower") + " and " + given(cx, "upper") +
                        ", expected `upper` not below `lower`",
                    {}, "upper");
  return keep_floating(cx);
}

Type infer_gumbel_softmax(InferContext& cx) {
  if (!cx.require_floating("logits") || !cx.axis("dim", cx.tensor("logits").rank())) return Type::poison();
  return result_like(cx, "logits");
}

/// Those that draw, and one of images.
void declare_random_activations(std::vector<Op>& ops) {
  const char* const lower = "lower: float = 0.125";
  const char* const upper = "upper: float = 0.3333333333333333";
  ops.push_back(module_op("RReLU")
                    .summary("x, or a random slope times x below 0; in evaluation the mean slope")
                    .arg(lower)
                    .arg(upper)
                    .arg("inplace: bool = false")
                    .input("input: Tensor")
                    .becomes("rrelu")
                    .example("RReLU()", "float[B, 6]"));
  ops.push_back(function_op("rrelu")
                    .summary("x, or a random slope times x below 0; in evaluation the mean slope")
                    .input("input: Tensor")
                    .input(lower)
                    .input(upper)
                    .input("training: bool = false")
                    .input("inplace: bool = false")
                    .traits(kRandomInTraining)
                    .demands({kSlopes})
                    .infer(infer_rrelu)
                    .note("as in PyTorch it draws only with `training=true`, and follows the mode then")
                    .example("rrelu(x)", "float[B, 6]"));
  ops.push_back(function_op("gumbel_softmax")
                    .summary("a random choice by logits, as shares that add up to 1, or with `hard` as one of them")
                    .input("logits: Tensor")
                    .input("tau: float in 0<.. = 1")
                    .input("hard: bool = false")
                    .input("eps: float = 1e-10")
                    .input("dim: int = -1")
                    .traits(kRandom)
                    .infer(infer_gumbel_softmax)
                    .example("gumbel_softmax(x)", "float[B, 6]"));
  ops.push_back(module_op("Softmax2d")
                    .summary("softmax over the channels of images")
                    .input("input: Tensor")
                    .prepare([](InferContext& cx) { return cx.require_rank_between("input", 3, 4); })
                    .becomes("softmax", {fixed("dim", Constant(-3))})
                    .example("Softmax2d()", "float[B, 6, 4, 4]"));
}

Type infer_glu(InferContext& cx) {
  const TensorType& input = cx.tensor("input");
  const auto dim = cx.axis("dim", input.rank());
  if (!dim || !cx.require_floating("input") || !cx.require_rank_between("input", 1, kAnyRank)) return Type::poison();
  if (!cx.require_divisible(input.shape[*dim], 2, [&] { return "the gate is half of " + input.str(); }))
    return Type::poison();
  std::vector<Dim> shape = input.shape;
  shape[*dim] = floor_div(shape[*dim], 2);
  return result(cx, input.dtype, std::move(shape));
}

bool prepare_prelu(InferContext& cx) {
  if (!require_parameter_dtype(cx, "input")) return false;
  const TensorType& input = cx.tensor("input");
  const std::int64_t count = cx.integer("num_parameters");
  if (count != 1 && (!cx.require_rank_between("input", 2, kAnyRank) || !cx.require_equal(input.shape[1], count, [&] {
        return "`num_parameters` is 1 or one for each channel of " + input.str();
      })))
    return false;
  return own(cx, "weight", {count}, Init::fill(cx.number("init")));
}

Type infer_prelu(InferContext& cx) {
  if (!cx.require_floating("input") || !cx.require_rank_between("weight", 0, 1) ||
      !require_same_dtype(cx, "input", "weight"))
    return Type::poison();
  const Dim count = cx.simplify(cx.tensor("weight").numel());
  if (count != Dim(1) &&
      (!cx.require_rank_between("input", 2, kAnyRank) || !cx.require_equal(cx.tensor("input").shape[1], count, [&] {
        return "`weight` has one value or one for each channel of " + cx.tensor("input").str();
      })))
    return Type::poison();
  return result_like(cx, "input");
}

struct Activation {
  const char* module;
  const char* function;  // that of `elementwise` where no rule stands here
  const char* summary;
  std::vector<const char*> args;
  Infer rule;
  std::vector<Constraint> demands = {};
  Prepare prepare = {};
};

}  // namespace

std::vector<Op> activation_family() {
  static const char* const kInplace = "inplace: bool = false";
  static const char* const kSoftplus = "log(1 + exp(beta * x)) / beta, x above the threshold";
  const Activation activations[] = {
      {"ReLU", "relu", "max(x, 0)", {kInplace}, keep_number, {kNumber}},
      {"ReLU6", "relu6", "x held within 0 and 6", {kInplace}, keep_number, {kNumber}},
      {"LeakyReLU",
       "leaky_relu",
       "x, or negative_slope * x below 0",
       {"negative_slope: float = 0.01", kInplace},
       keep_floating},
      {"ELU", "elu", "x, or alpha * (exp(x) - 1) below 0", {"alpha: float = 1", kInplace}, keep_floating},
      {"SELU", "selu", "scaled ELU that keeps mean 0 and variance 1", {kInplace}, keep_floating},
      {"CELU", "celu", "continuously differentiable ELU", {"alpha: float = 1", kInplace}, infer_celu, {kAlpha}},
      {"GELU", "gelu", "x * Phi(x), Phi the normal distribution", {"approximate: {none|tanh} = none"}, keep_floating},
      {"SiLU", "silu", "x * sigmoid(x), swish", {kInplace}, keep_floating},
      {"Mish", "mish", "x * tanh(softplus(x))", {kInplace}, keep_floating},
      {"Sigmoid", "sigmoid", "1 / (1 + exp(-x))", {}, {}},
      {"Tanh", "tanh", "hyperbolic tangent", {}, {}},
      {"Softplus", "softplus", kSoftplus, {"beta: float = 1", "threshold: float = 20"}, keep_floating},
      {"Softsign", "softsign", "x / (1 + |x|)", {}, number_to_floating, {kNumber}},
      {"Hardtanh",
       "hardtanh",
       "x held within min_val and max_val",
       {"min_val: float = -1", "max_val: float = 1", kInplace},
       infer_hardtanh,
       {kLimits, kUnsignedLimits, kNumber},
       prepare_hardtanh},
      {"Hardsigmoid", "hardsigmoid", "sigmoid in three straight pieces", {kInplace}, keep_floating},
      {"Hardswish", "hardswish", "x * hardsigmoid(x)", {kInplace}, keep_floating},
      {"Hardshrink", "hardshrink", "x, or 0 within lambd of 0", {"lambd: float = 0.5"}, keep_floating},
      {"Softshrink", "softshrink", "x moved by lambd towards 0", {"lambd: float in 0.. = 0.5"}, keep_floating},
      {"Tanhshrink", "tanhshrink", "x - tanh(x)", {}, number_to_floating, {kNumber}},
      {"LogSigmoid", "logsigmoid", "log(sigmoid(x))", {}, keep_floating},
      {"Threshold",
       "threshold",
       "x, or `value` at or below the threshold",
       {"threshold: float", "value: float", kInplace},
       keep_number,
       {kNumber}},
  };
  std::vector<Op> ops;
  for (const Activation& a : activations) {
    const bool limits = a.function == std::string("threshold");
    OpBuilder op(a.module, true);
    op.summary(a.summary).input("input: Tensor").becomes(a.function);
    for (const char* arg : a.args) op.arg(arg);
    if (a.prepare) op.prepare(a.prepare);
    ops.push_back(op.example(std::string(a.module) + (limits ? "(0.1, 20)" : "()"), "float[B, 6]"));
  }
  for (const auto& [name, function, summary] :
       {std::tuple{"Softmax", "softmax", "exp(x) as shares that add up to 1 over `dim`"},
        std::tuple{"LogSoftmax", "log_softmax", "log(softmax(x))"}, std::tuple{"Softmin", "softmin", "softmax(-x)"}}) {
    ops.push_back(module_op(name)
                      .summary(summary)
                      .arg("dim: int? = null")
                      .input("input: Tensor")
                      .becomes(function)
                      .example(std::string(name) + "(dim=-1)", "float[B, 6]"));
    ops.push_back(function_op(function)
                      .summary(summary)
                      .input("input: Tensor")
                      .input("dim: int? = null")
                      .keyword("dtype: dtype? = null")
                      .traits(kPure)
                      .demands({kDtype})
                      .infer(infer_softmax)
                      .example(std::string(function) + "(x, dim=-1)", "float[B, 6]"));
  }
  ops.push_back(module_op("GLU")
                    .summary("the first half times the sigmoid of the second")
                    .arg("dim: int = -1")
                    .input("input: Tensor")
                    .becomes("glu")
                    .example("GLU()", "float[B, 6]"));
  ops.push_back(module_op("PReLU")
                    .summary("x, or weight * x below 0; the weight is trained")
                    .arg("num_parameters: int in 1.. = 1")
                    .arg("init: float = 0.25")
                    .input("input: Tensor")
                    .prepare(prepare_prelu)
                    .becomes("prelu")
                    .example("PReLU()", "float[B, 6]"));
  for (const Activation& a : activations) {
    if (!a.rule) continue;
    const bool limits = a.function == std::string("threshold"), by_name = a.function == std::string("gelu");
    OpBuilder op(a.function, false);
    op.summary(a.summary).input("input: Tensor").traits(kElementwise).demands(a.demands).infer(a.rule);
    for (const char* arg : a.args) by_name ? op.keyword(arg) : op.input(arg);
    ops.push_back(op.example(std::string(a.function) + (limits ? "(x, 0.1, 20)" : "(x)"), "float[B, 6]"));
  }
  declare_random_activations(ops);
  ops.push_back(function_op("glu")
                    .summary("the first half times the sigmoid of the second")
                    .input("input: Tensor")
                    .input("dim: int = -1")
                    .traits(kPure)
                    .infer(infer_glu)
                    .example("glu(x)", "float[B, 6]"));
  ops.push_back(function_op("prelu")
                    .summary("x, or weight * x below 0")
                    .input("input: Tensor")
                    .input("weight: Tensor")
                    .traits(kPure)
                    .infer(infer_prelu)
                    .example("prelu(x, y)", "float[B, 6], float[6]"));
  return ops;
}

}  // namespace modelc::ops
