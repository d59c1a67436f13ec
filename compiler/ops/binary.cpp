// Elementwise operators of two operands, tensors or static numbers, broadcast under the language's rule; where, clamp.
#include <algorithm>

#include "ops/parts.h"
#include "ops/rules.h"

namespace modelc::ops {
namespace {

constexpr Constraint kNumbers{"binary.numbers", "the operands are numbers, not bools"};
constexpr Constraint kDivisor{"binary.divisor", "integers are not divided by 0"};
constexpr Constraint kExponent{"binary.exponent", "the exponent of integers is at least 0"};
constexpr Constraint kBits{"binary.bits", "the operands are bool or integers"};
constexpr Constraint kCondition{"binary.condition", "`condition` is bool"};
constexpr Constraint kMask{"binary.mask", "`mask` is bool"};
constexpr Constraint kFill{"binary.fill", "`value` is a number that the dtype has"};
constexpr Constraint kIntegers{"binary.integers", "the operands are integers"};
constexpr Constraint kBounds{"binary.bounds", "`min`, `max` or both are given"};
constexpr Constraint kAlpha{"binary.alpha", "`alpha` of integers is an integer"};
constexpr Constraint kBoundKinds{"binary.bound_kinds", "`min` and `max` are two tensors or two numbers"};

std::vector<Dim> shape_of(InferContext& cx, std::string_view name) {
  return cx.has(name) ? cx.tensor(name).shape : std::vector<Dim>{};
}

std::string text_of(InferContext& cx, std::string_view name) {
  return cx.has(name) ? cx.tensor(name).str() : cx.arg(name).str();
}

std::optional<std::vector<Dim>> joint_shape(InferContext& cx, std::string_view a, std::string_view b) {
  return cx.broadcast(shape_of(cx, a), shape_of(cx, b), [&] {
    return text_of(cx, a) + " and " + text_of(cx, b) + " are taken elementwise, and only a size of 1 stretches";
  });
}

Type joint(InferContext& cx, DType dtype, std::string_view second = "other") {
  auto shape = joint_shape(cx, "input", second);
  return shape ? result(cx, dtype, std::move(*shape)) : Type::poison();
}

DType operands(InferContext& cx) { return promoted(cx, {"input", "other"}); }

Type arithmetic(InferContext& cx) { return joint(cx, operands(cx)); }
Type comparison(InferContext& cx) { return joint(cx, DType::Bool); }

/// `other` counts `alpha` times.
Type addition(InferContext& cx) {
  const DType dtype = operands(cx);
  if (cx.arg("alpha").is_float() && !types::is_floating(dtype) && !types::is_complex(dtype))
    return cx.fault(kAlpha,
                    cx.op() + " is given " + tick("alpha=" + cx.arg("alpha").str()) + " for " + text_of(cx, "input") +
                        " and " + text_of(cx, "other") + ", expected an integer",
                    {}, "alpha");
  return joint(cx, dtype);
}

Type subtraction(InferContext& cx) {
  for (std::string_view name : {"input", "other"})
    if (cx.has(name) ? cx.tensor(name).dtype == DType::Bool : cx.arg(name).is_bool())
      return cx.fault(
          kNumbers,
          cx.op() + " receives " + text_of(cx, "input") + " and " + text_of(cx, "other") + ", expected numbers",
          "`logical_not(x)` turns a bool round; `x.int()` makes it a number", name);
  return addition(cx);
}

Type numbers_only(InferContext& cx) {
  if (operands(cx) != DType::Bool) return arithmetic(cx);
  return cx.fault(kNumbers,
                  cx.op() + " receives " + text_of(cx, "input") + " and " + text_of(cx, "other") + ", expected numbers",
                  "`x.int()` makes a bool a number");
}

/// Integers have no quotient by 0.
Type whole_division(InferContext& cx) {
  if (!types::is_floating(operands(cx)) && !cx.has("other") && cx.arg("other").is_int() && cx.integer("other") == 0)
    return cx.fault(kDivisor,
                    cx.op() + " receives " + text_of(cx, "input") + " and 0, expected another divisor for integers", {},
                    "other");
  return numbers_only(cx);
}

Type division(InferContext& cx) {
  const DType dtype = operands(cx);
  if (types::is_complex(dtype) && !cx.is_null("rounding_mode"))
    return cx.fault(common::kReal,
                    cx.op() + " receives " + text_of(cx, "input") + " and " + text_of(cx, "other") +
                        " with a `rounding_mode`, expected real numbers",
                    {}, "rounding_mode");
  return joint(cx, cx.is_null("rounding_mode") ? float_of(dtype) : dtype);
}

Type power(InferContext& cx) {
  const DType dtype = promoted(cx, {"input", "exponent"});
  const std::string given =
      cx.op() + " receives " + text_of(cx, "input") + " and the exponent " + text_of(cx, "exponent");
  if (dtype == DType::Bool) return cx.fault(kNumbers, given + ", expected numbers", "`x.int()` makes a bool a number");
  if (!types::is_floating(types::part_of(dtype)) && !cx.has("exponent") && cx.arg("exponent").is_int() &&
      cx.integer("exponent") < 0)
    return cx.fault(kExponent, given + ", expected an exponent of at least 0 for integers",
                    "`x.float()` makes it a fraction", "exponent");
  return joint(cx, dtype, "exponent");
}

Type bitwise(InferContext& cx) {
  const DType dtype = operands(cx);
  if (types::is_floating(dtype))
    return cx.fault(
        kBits,
        cx.op() + " receives " + text_of(cx, "input") + " and " + text_of(cx, "other") + ", expected bool or integers",
        "compare first: `x > 0`");
  return joint(cx, dtype);
}

/// By way of a quotient or a logarithm: integers become float32.
Type floating_result(InferContext& cx) { return joint(cx, float_of(operands(cx))); }

/// ATen has kernels for floating point alone.
Type floating_operands(InferContext& cx) {
  if (types::is_floating(operands(cx))) return arithmetic(cx);
  cx.require_floating("input");
  return Type::poison();
}

Type integer_operands(InferContext& cx) {
  const DType dtype = operands(cx);
  if (!types::is_floating(dtype) && dtype != DType::Bool) return joint(cx, dtype);
  return cx.fault(kIntegers, cx.op() + " receives " + text_of(cx, "input") + " and " + text_of(cx, "other") +
                                 ", expected integers");
}

Type infer_float_power(InferContext& cx) { return joint(cx, DType::Float64, "exponent"); }

/// input * 2^other, of which the power of integers is float32.
Type infer_ldexp(InferContext& cx) {
  const DType other = cx.tensor("other").dtype;
  return joint(cx, types::is_floating(other) ? operands(cx) : types::promote(cx.tensor("input").dtype, DType::Float32));
}

Type infer_heaviside(InferContext& cx) {
  if (!require_same_dtype(cx, "input", "values")) return Type::poison();
  auto shape = joint_shape(cx, "input", "values");
  return shape ? result(cx, cx.tensor("input").dtype, std::move(*shape)) : Type::poison();
}

Type infer_isclose(InferContext& cx) {
  return require_same_dtype(cx, "input", "other") ? comparison(cx) : Type::poison();
}

Type infer_where(InferContext& cx) {
  const TensorType& condition = cx.tensor("condition");
  if (condition.dtype != DType::Bool)
    return cx.fault(kCondition, received(cx, "condition") + ", expected bool", "compare it: `mask > 0`", "condition");
  auto shape = joint_shape(cx, "input", "other");
  if (shape)
    shape = cx.broadcast(*shape, condition.shape, [&] {
      return "`condition` of " + condition.str() + " chooses elementwise, and only a size of 1 stretches";
    });
  return shape ? result(cx, operands(cx), std::move(*shape)) : Type::poison();
}

Type infer_masked_fill(InferContext& cx) {
  if (cx.tensor("mask").dtype != DType::Bool)
    return cx.fault(kMask, received(cx, "mask") + ", expected bool", "compare it: `mask > 0`", "mask");
  if (cx.has("value") && !cx.require_rank("value", 0)) return Type::poison();
  // What has a fraction loses it.
  if (!cx.has("value") && !has_number(cx.tensor("input").dtype, cx.arg("value")))
    return cx.fault(
        kFill,
        received(cx, "input") + " and fills it with " + text_of(cx, "value") + ", expected a number that its dtype has",
        {}, "value");
  auto shape = cx.broadcast(cx.tensor("input").shape, cx.tensor("mask").shape, [&] {
    return "`mask` of " + cx.tensor("mask").str() + " has a value for each of " + cx.tensor("input").str();
  });
  return shape ? result(cx, cx.tensor("input").dtype, std::move(*shape)) : Type::poison();
}

Type infer_clamp(InferContext& cx) {
  const bool low = !cx.has("min") && cx.is_null("min"), high = !cx.has("max") && cx.is_null("max");
  if (low && high)
    return cx.fault(kBounds, cx.op() + " is given neither `min` nor `max`, expected one of them", {}, "min");
  if (!low && !high && cx.has("min") != cx.has("max"))
    return cx.fault(kBoundKinds,
                    cx.op() + " is given a tensor and a number as limits, expected two tensors or two numbers",
                    "`maximum` and `minimum` take either", cx.has("min") ? "max" : "min");
  std::vector<Dim> shape = cx.tensor("input").shape;
  for (std::string_view name : {"min", "max"}) {
    if (!cx.has(name)) continue;
    const auto wider = cx.broadcast(shape, cx.tensor(name).shape, [&] {
      return tick(std::string(name)) + " of " + cx.tensor(name).str() + " limits " + cx.tensor("input").str() +
             " elementwise, and only a size of 1 stretches";
    });
    if (!wider) return Type::poison();
    shape = *wider;
  }
  const DType dtype = promoted(cx, {"input", "min", "max"});
  if (dtype == DType::Bool && !require_number(cx, kNumbers)) return Type::poison();
  return result(cx, dtype, std::move(shape));
}

/// Those that are true of complex numbers, too.
constexpr std::string_view kOfComplex[] = {"add", "sub",         "rsub",       "mul",         "pow",  "eq",
                                           "ne",  "logical_and", "logical_or", "logical_xor", "ldexp"};

struct Binary {
  const char* name;
  const char* summary;
  Infer rule;
  std::vector<Constraint> demands = {};
  Traits traits = kElementwise;
  Arithmetic arithmetic = nullptr;
  std::optional<double> neutral = std::nullopt;
  bool tensors = false;  // PyTorch's takes no number
  const char* second = "other";
};

}  // namespace

void declare_binary(std::vector<Op>& ops) {
  const Binary binary[] = {
      {"add", "x + alpha * y", addition, {kAlpha}, kCommutative, [](double x, double y) { return x + y; }, -0.0},
      {"sub",
       "x - alpha * y",
       subtraction,
       {kNumbers, kAlpha},
       kElementwise,
       [](double x, double y) { return x - y; },
       0.0},
      {"mul", "x * y", arithmetic, {}, kCommutative, [](double x, double y) { return x * y; }, 1.0},
      {"floor_divide", "x // y, rounded down", whole_division, {kDivisor, kNumbers}},
      {"remainder", "x % y, of the sign of y", whole_division, {kDivisor, kNumbers}},
      {"pow", "x ** y", power, {kExponent, kNumbers}, kElementwise, nullptr, {}, false, "exponent"},
      {"maximum", "the greater of each pair", arithmetic, {}, kCommutative},
      {"minimum", "the smaller of each pair", arithmetic, {}, kCommutative},
      {"eq", "x == y", comparison, {}, kCommutative},
      {"ne", "x != y", comparison, {}, kCommutative},
      {"lt", "x < y", comparison},
      {"le", "x <= y", comparison},
      {"gt", "x > y", comparison},
      {"ge", "x >= y", comparison},
      {"logical_and", "true where both are", comparison, {}, kCommutative},
      {"logical_or", "true where one is", comparison, {}, kCommutative},
      {"bitwise_and", "x & y", bitwise, {kBits}, kCommutative},
      {"bitwise_or", "x | y", bitwise, {kBits}, kCommutative},
      {"bitwise_xor", "x ^ y", bitwise, {kBits}, kCommutative},
      {"fmod", "what x / y leaves, of the sign of x", whole_division, {kDivisor, kNumbers}},
      {"xlogy", "x * log(y), 0 where x is", floating_result},
      {"copysign", "the magnitude of x with the sign of y", floating_result},
      {"float_power", "x ** y in float64", infer_float_power, {}, kElementwise, nullptr, {}, false, "exponent"},
      {"special.xlog1py", "x * log(1 + y), 0 where x is", floating_result},
      {"special.zeta", "the zeta function of Hurwitz", floating_result},
      {"rsub", "y - alpha * x", subtraction, {kNumbers, kAlpha}},
      {"atan2", "the angle of (y, x) = (input, other)", floating_result, {}, kElementwise, nullptr, {}, true},
      {"hypot", "sqrt(x * x + y * y)", floating_operands, {}, kCommutative, nullptr, {}, true},
      {"logaddexp", "log(exp(x) + exp(y))", floating_operands, {}, kCommutative, nullptr, {}, true},
      {"logaddexp2", "log2(2**x + 2**y)", floating_operands, {}, kCommutative, nullptr, {}, true},
      {"nextafter", "the next number after x towards y", floating_operands, {}, kElementwise, nullptr, {}, true},
      {"igamma", "lower incomplete gamma function", floating_operands, {}, kElementwise, nullptr, {}, true},
      {"igammac", "upper incomplete gamma function", floating_operands, {}, kElementwise, nullptr, {}, true},
      {"fmax", "the greater of each pair, of one with NaN the number", arithmetic, {}, kCommutative, nullptr, {}, true},
      {"fmin", "the smaller of each pair, of one with NaN the number", arithmetic, {}, kCommutative, nullptr, {}, true},
      {"ldexp", "x * 2**y", infer_ldexp, {}, kElementwise, nullptr, {}, true},
      {"logical_xor", "true where one is and not both", comparison, {}, kCommutative, nullptr, {}, true},
      {"gcd", "greatest common divisor", integer_operands, {kIntegers}, kElementwise, nullptr, {}, true},
      {"lcm", "least common multiple", integer_operands, {kIntegers}, kElementwise, nullptr, {}, true},
      {"bitwise_left_shift", "x * 2**y of integers", integer_operands, {kIntegers}},
      {"bitwise_right_shift", "x // 2**y of integers", integer_operands, {kIntegers}},
  };
  for (const Binary& b : binary) {
    const bool bits = b.name[0] == 'b', whole = !b.demands.empty() && b.demands[0] == kIntegers;
    const std::string kind = b.tensors ? ": Tensor" : ": Tensor|number";
    const bool scaled = std::find(b.demands.begin(), b.demands.end(), kAlpha) != b.demands.end();
    OpBuilder op = function_op(b.name);
    op.summary(b.summary).input("input" + kind).input(b.second + kind);
    if (scaled) op.keyword("alpha: int|float = 1");
    op.traits(b.traits);
    if (std::find(std::begin(kOfComplex), std::end(kOfComplex), b.name) != std::end(kOfComplex)) op.complex();
    ops.push_back(op.arithmetic(b.arithmetic)
                      .neutral(b.neutral)
                      .demands(b.demands)
                      .infer(b.rule)
                      .example(std::string(b.name) + "(x, y)", whole  ? "int[B, 6], int[6]"
                                                               : bits ? "bool[B, 6], bool[6]"
                                                                      : "float[B, 6], float[6]"));
  }
  ops.push_back(function_op("true_divide")
                    .summary("x / y")
                    .input("input: Tensor|number")
                    .input("other: Tensor|number")
                    .becomes("div")
                    .example("true_divide(x, y)", "float[B, 6], float[6]"));
  ops.push_back(function_op("heaviside")
                    .summary("0 below 0, 1 above, `values` at it")
                    .input("input: Tensor")
                    .input("values: Tensor")
                    .traits(kElementwise)
                    .infer(infer_heaviside)
                    .example("heaviside(x, y)", "float[B, 6], float[6]"));
  ops.push_back(function_op("isclose")
                    .summary("true where |x - y| <= atol + rtol * |y|")
                    .input("input: Tensor")
                    .input("other: Tensor")
                    .input("rtol: float in 0.. = 1e-5")
                    .input("atol: float in 0.. = 1e-8")
                    .input("equal_nan: bool = false")
                    .traits(kElementwise)
                    .infer(infer_isclose)
                    .example("isclose(x, y)", "float[B, 6], float[6]"));
  ops.push_back(function_op("div")
                    .summary("x / y; with a rounding_mode integers stay integers")
                    .input("input: Tensor|number")
                    .input("other: Tensor|number")
                    .keyword("rounding_mode: {trunc|floor}? = null")
                    .traits(kElementwise)
                    .complex()
                    .neutral(1.0)
                    .infer(division)
                    .example("div(x, y)", "float[B, 6], float[6]"));
  ops.push_back(function_op("where")
                    .summary("`input` where the condition is true, else `other`")
                    .input("condition: Tensor")
                    .input("input: Tensor|number")
                    .input("other: Tensor|number")
                    .traits(kElementwise)
                    .complex()
                    .demands({kCondition})
                    .infer(infer_where)
                    .example("where(x > 0, x, 0.0)", "float[B, 6]"));
  ops.push_back(function_op("Tensor.where")
                    .summary("the tensor where the condition is true, else `other`")
                    .input("input: Tensor")
                    .input("condition: Tensor")
                    .input("other: Tensor|number")
                    .becomes("where")
                    .example("x.where(x > 0, 0.0)", "float[B, 6]"));
  ops.push_back(function_op("masked_fill")
                    .summary("`value` where the mask is true")
                    .input("input: Tensor")
                    .input("mask: Tensor")
                    .input("value: Tensor|number")
                    .traits(kElementwise)
                    .complex()
                    .demands({kMask, kFill})
                    .infer(infer_masked_fill)
                    .example("masked_fill(x, y, 0.0)", "float[B, 6], bool[B, 6]"));
  for (const char* name : {"clamp", "clip"})
    ops.push_back(function_op(name)
                      .summary("held within `min` and `max`")
                      .input("input: Tensor")
                      .input("min: Tensor|number? = null")
                      .input("max: Tensor|number? = null")
                      .traits(kElementwise)
                      .demands({kBounds, kBoundKinds, kNumbers})
                      .infer(infer_clamp)
                      .example(std::string(name) + "(x, 0.0, 1.0)", "float[B, 6]"));
}

}  // namespace modelc::ops
