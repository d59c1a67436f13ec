// Activations: modules, and the functions of torch.nn.functional that are more than elementwise arithmetic.
#include "ops/parts.h"
#include "ops/rules.h"

namespace modelc::ops {
namespace {

/// softmax and its kin: PyTorch guesses a dimension where none is given, 0 for 0, 1 and 3 dimensions, else 1.
Type infer_softmax(InferContext& cx) {
  if (!cx.is_null("dim") && !cx.axis("dim", cx.tensor("input").rank())) return Type::poison();
  return keep_floating(cx);
}

Type infer_softmax_function(InferContext& cx) {
  if (!cx.is_null("dim") && !cx.axis("dim", cx.tensor("input").rank())) return Type::poison();
  if (cx.is_null("dtype")) return keep_floating(cx);
  const DType dtype = cx.arg("dtype").as_dtype();
  if (!types::is_floating(dtype))
    return cx.fault(cx.op() + " is given " + tick("dtype=" + cx.arg("dtype").str()) + ", expected floating point", {},
                    "dtype");
  return Type::of({dtype, cx.tensor("input").shape});
}

Type infer_glu(InferContext& cx) {
  const TensorType& input = cx.tensor("input");
  const auto dim = cx.axis("dim", input.rank());
  if (!dim || !cx.require_floating("input") || !cx.require_rank_between("input", 1, kAnyRank)) return Type::poison();
  if (!cx.require_divisible(input.shape[*dim], 2, "the gate is half of " + input.str())) return Type::poison();
  std::vector<Dim> shape = input.shape;
  shape[*dim] = floor_div(shape[*dim], 2);
  return result(cx, input.dtype, std::move(shape));
}

Type infer_prelu(InferContext& cx) {
  if (!require_parameter_dtype(cx, "input")) return Type::poison();
  const TensorType& input = cx.tensor("input");
  const std::int64_t count = cx.integer("num_parameters");
  if (count != 1) {
    if (!cx.require_rank_between("input", 2, kAnyRank) ||
        !cx.require_equal(input.shape[1], count, "`num_parameters` is 1 or one for each channel of " + input.str()))
      return Type::poison();
  }
  return own(cx, "weight", {count}, Init::fill(cx.number("init"))) ? result_like(cx, "input") : Type::poison();
}

struct Simple {
  const char* name;
  const char* summary;
  std::vector<const char*> args;
  bool any_dtype = false;
};

}  // namespace

std::vector<Op> activation_family() {
  static const char* const kInplace = "inplace: bool = false";
  const Simple modules[] = {
      {"ReLU", "max(x, 0)", {kInplace}, true},
      {"ReLU6", "x held within 0 and 6", {kInplace}, true},
      {"LeakyReLU", "x, or negative_slope * x below 0", {"negative_slope: float = 0.01", kInplace}},
      {"ELU", "x, or alpha * (exp(x) - 1) below 0", {"alpha: float = 1", kInplace}},
      {"SELU", "scaled ELU that keeps mean 0 and variance 1", {kInplace}},
      {"CELU", "continuously differentiable ELU", {"alpha: float = 1", kInplace}},
      {"GELU", "x * Phi(x), Phi the normal distribution", {"approximate: {none|tanh} = none"}},
      {"SiLU", "x * sigmoid(x), swish", {kInplace}},
      {"Mish", "x * tanh(softplus(x))", {kInplace}},
      {"Sigmoid", "1 / (1 + exp(-x))", {}},
      {"Tanh", "hyperbolic tangent", {}},
      {"Softplus",
       "log(1 + exp(beta * x)) / beta, x above the threshold",
       {"beta: float = 1", "threshold: float = 20"}},
      {"Softsign", "x / (1 + |x|)", {}},
      {"Hardtanh", "x held within min_val and max_val", {"min_val: float = -1", "max_val: float = 1", kInplace}},
      {"Hardsigmoid", "sigmoid in three straight pieces", {kInplace}},
      {"Hardswish", "x * hardsigmoid(x)", {kInplace}},
      {"Hardshrink", "x, or 0 within lambd of 0", {"lambd: float = 0.5"}},
      {"Softshrink", "x moved by lambd towards 0", {"lambd: float in 0.. = 0.5"}},
      {"Tanhshrink", "x - tanh(x)", {}},
      {"LogSigmoid", "log(sigmoid(x))", {}},
      {"Threshold", "x, or `value` at or below the threshold", {"threshold: float", "value: float", kInplace}},
  };
  std::vector<Op> ops;
  for (const Simple& m : modules) {
    OpBuilder op(m.name, true);
    op.summary(m.summary);
    for (const char* arg : m.args) op.arg(arg);
    op.input("input: Tensor").infer(m.any_dtype ? keep_type : keep_floating);
    op.example(std::string(m.name) + (m.name == std::string("Threshold") ? "(0.1, 20)" : "()"), "float[B, 6]");
    ops.push_back(op);
  }
  for (const auto& [name, summary] : {std::pair{"Softmax", "exp(x) as shares that add up to 1 over `dim`"},
                                      std::pair{"LogSoftmax", "log(softmax(x))"}, std::pair{"Softmin", "softmax(-x)"}})
    ops.push_back(module_op(name)
                      .summary(summary)
                      .arg("dim: int? = null")
                      .input("input: Tensor")
                      .infer(infer_softmax)
                      .example(std::string(name) + "(dim=-1)", "float[B, 6]"));
  ops.push_back(module_op("GLU")
                    .summary("the first half times the sigmoid of the second")
                    .arg("dim: int = -1")
                    .input("input: Tensor")
                    .infer(infer_glu)
                    .example("GLU()", "float[B, 6]"));
  ops.push_back(module_op("PReLU")
                    .summary("x, or weight * x below 0; the weight is trained")
                    .arg("num_parameters: int in 1.. = 1")
                    .arg("init: float = 0.25")
                    .input("input: Tensor")
                    .infer(infer_prelu)
                    .example("PReLU()", "float[B, 6]"));

  const Simple functions[] = {
      {"relu", "max(x, 0)", {kInplace}, true},
      {"gelu", "x * Phi(x), Phi the normal distribution", {"approximate: {none|tanh} = none"}},
      {"silu", "x * sigmoid(x)", {kInplace}},
      {"leaky_relu", "x, or negative_slope * x below 0", {"negative_slope: float = 0.01", kInplace}},
      {"elu", "x, or alpha * (exp(x) - 1) below 0", {"alpha: float = 1", kInplace}},
      {"softplus",
       "log(1 + exp(beta * x)) / beta, x above the threshold",
       {"beta: float = 1", "threshold: float = 20"}},
  };
  for (const Simple& f : functions) {
    OpBuilder op(f.name, false);
    op.summary(f.summary).input("input: Tensor");
    for (const char* arg : f.args) op.input(arg);
    op.traits(kElementwise)
        .infer(f.any_dtype ? keep_type : keep_floating)
        .example(std::string(f.name) + "(x)", "float[B, 6]");
    ops.push_back(op);
  }
  for (const char* name : {"softmax", "log_softmax"})
    ops.push_back(function_op(name)
                      .summary(name[0] == 's' ? "exp(x) as shares that add up to 1 over `dim`" : "log(softmax(x))")
                      .input("input: Tensor")
                      .input("dim: int? = null")
                      .keyword("dtype: dtype? = null")
                      .traits(kPure)
                      .infer(infer_softmax_function)
                      .example(std::string(name) + "(x, dim=-1)", "float[B, 6]"));
  return ops;
}

}  // namespace modelc::ops
