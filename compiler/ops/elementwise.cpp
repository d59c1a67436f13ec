// Elementwise operators of one tensor, and conversions.
#include <algorithm>

#include "ops/parts.h"
#include "ops/rules.h"

namespace modelc::ops {
namespace {

constexpr Constraint kNumber{"elementwise.number", "the input is a number, no bool"};
constexpr Constraint kBits{"elementwise.bits", "the input is bool or integers"};

/// Same dtype; a bool has no sign.
Type keep_signed(InferContext& cx) {
  if (cx.tensor("input").dtype == DType::Bool)
    return cx.fault(kNumber, received(cx, "input") + ", expected a number", "`logical_not(x)` turns a bool round",
                    "input");
  return result_like(cx, "input");
}

/// The absolute value and the angle of complex numbers are real.
Type infer_abs(InferContext& cx) {
  Type type = keep_signed(cx);
  if (!type.is_poison()) type.tensor.dtype = types::part_of(type.tensor.dtype);
  return type;
}

Type infer_angle(InferContext& cx) {
  return Type::of({types::part_of(float_of(cx.tensor("input").dtype)), cx.tensor("input").shape});
}

/// The power 2, which counts bools.
Type infer_square(InferContext& cx) {
  const TensorType& input = cx.tensor("input");
  return Type::of({input.dtype == DType::Bool ? DType::Int64 : input.dtype, input.shape});
}

Type infer_bitwise_not(InferContext& cx) {
  if (types::is_floating(cx.tensor("input").dtype))
    return cx.fault(kBits, received(cx, "input") + ", expected bool or integers", {}, "input");
  return result_like(cx, "input");
}

/// Those that are true of complex numbers, too.
constexpr std::string_view kOfComplex[] = {
    "neg",     "abs",  "exp",   "log",  "log2",     "log10",  "sqrt",  "rsqrt", "square",   "reciprocal", "sin",
    "cos",     "tan",  "tanh",  "acos", "asin",     "acosh",  "atan",  "asinh", "atanh",    "cosh",       "sinh",
    "sigmoid", "sinc", "angle", "sgn",  "positive", "isreal", "isnan", "isinf", "isfinite", "logical_not"};

struct Unary {
  const char* name;
  const char* summary;
  Infer rule;
  std::vector<Constraint> demands = {};
};

}  // namespace

void declare_unary(std::vector<Op>& ops) {
  const Unary unary[] = {
      {"neg", "-x", keep_signed, {kNumber}},
      {"abs", "|x|", infer_abs, {kNumber}},
      {"sign", "-1, 0 or 1", keep_type},
      {"floor", "greatest integer not above", keep_signed, {kNumber}},
      {"ceil", "least integer not below", keep_signed, {kNumber}},
      {"exp", "e to the x", to_floating},
      {"expm1", "exp(x) - 1, exact near 0", to_floating},
      {"log", "natural logarithm", to_floating},
      {"log2", "logarithm to base 2", to_floating},
      {"log10", "logarithm to base 10", to_floating},
      {"log1p", "log(1 + x), exact near 0", to_floating},
      {"sqrt", "square root", to_floating},
      {"rsqrt", "1 / sqrt(x)", to_floating},
      {"square", "x * x", infer_square},
      {"reciprocal", "1 / x", to_floating},
      {"sin", "sine", to_floating},
      {"cos", "cosine", to_floating},
      {"tan", "tangent", to_floating},
      {"tanh", "hyperbolic tangent", to_floating},
      {"sigmoid", "1 / (1 + exp(-x))", to_floating},
      {"erf", "error function", to_floating},
      {"acos", "arc cosine", to_floating},
      {"acosh", "inverse hyperbolic cosine", to_floating},
      {"asin", "arc sine", to_floating},
      {"asinh", "inverse hyperbolic sine", to_floating},
      {"atan", "arc tangent", to_floating},
      {"atanh", "inverse hyperbolic tangent", to_floating},
      {"cosh", "hyperbolic cosine", to_floating},
      {"sinh", "hyperbolic sine", to_floating},
      {"exp2", "2 to the x", to_floating},
      {"erfc", "1 - erf(x), exact for large x", to_floating},
      {"erfinv", "inverse of the error function", to_floating},
      {"sinc", "sin(pi * x) / (pi * x), 1 at 0", to_floating},
      {"lgamma", "logarithm of |gamma(x)|", to_floating},
      {"digamma", "derivative of lgamma", to_floating},
      {"i0", "modified Bessel function of order 0", to_floating},
      {"deg2rad", "degrees as radians", to_floating},
      {"rad2deg", "radians as degrees", to_floating},
      {"angle", "of complex numbers; of a real one 0, or pi below 0", infer_angle},
      {"trunc", "without its fraction", keep_signed, {kNumber}},
      {"frac", "its fraction, of its sign", keep_floating},
      {"positive", "x itself, which is a number", keep_signed, {kNumber}},
      {"sgn", "-1, 0 or 1", keep_type},
      {"signbit", "true where the sign bit is set, as of -0.0", to_bool},
      {"isposinf", "true where infinite and above 0", to_bool},
      {"isneginf", "true where infinite and below 0", to_bool},
      {"isreal", "true where the imaginary part is 0", to_bool},
      {"isnan", "true where not a number", to_bool},
      {"isinf", "true where infinite", to_bool},
      {"isfinite", "true where neither infinite nor not a number", to_bool},
      {"logical_not", "true where 0 or false", to_bool},
      {"bitwise_not", "turns every bit round; also `~x`", infer_bitwise_not, {kBits}},
  };
  for (const Unary& u : unary) {
    OpBuilder op = function_op(u.name);
    op.traits(kElementwise);
    if (std::find(std::begin(kOfComplex), std::end(kOfComplex), u.name) != std::end(kOfComplex)) op.complex();
    ops.push_back(
        op.summary(u.summary)
            .input("input: Tensor")
            .demands(u.demands)
            .infer(u.rule)
            .example(std::string(u.name) + "(x)", u.name == std::string("bitwise_not") ? "bool[B, 6]" : "float[B, 6]"));
  }
}

/// Of one tensor and static numbers.
void declare_numbered(std::vector<Op>& ops) {
  const auto function = [](const char* name, const char* summary) {
    OpBuilder op(name, false);
    op.summary(summary).traits(kElementwise).example(std::string(name) + "(x)", "float[B, 6]");
    return op;
  };
  ops.push_back(
      function("round", "nearest integer, or number of so many decimals; halves to the even one")
          .input("input: Tensor")
          .keyword("decimals: int = 0")
          .demands({kNumber})
          .infer([](InferContext& cx) { return cx.integer("decimals") == 0 ? keep_signed(cx) : keep_floating(cx); }));
  ops.push_back(function("logit", "log(x / (1 - x)), x held within eps and 1 - eps")
                    .input("input: Tensor")
                    .input("eps: float? = null")
                    .infer(to_floating));
  ops.push_back(function("nan_to_num", "numbers in the place of what is none, and of infinite ones the extreme ones")
                    .input("input: Tensor")
                    .input("nan: float? = null")
                    .input("posinf: float? = null")
                    .input("neginf: float? = null")
                    .infer(keep_type));
  ops.push_back(function("polygamma", "n-th derivative of digamma")
                    .input("n: int in 0..")
                    .input("input: Tensor")
                    .infer(to_floating)
                    .example("polygamma(1, x)", "float[B, 6]"));
  ops.push_back(function("mvlgamma", "logarithm of the gamma function of p dimensions")
                    .input("input: Tensor")
                    .input("p: int in 1..")
                    .infer(to_floating)
                    .example("mvlgamma(x, 2)", "float[B, 6]"));
}

void declare_conversions(std::vector<Op>& ops) {
  ops.push_back(function_op("to")
                    .summary("converted to a dtype: `x.to(float32)`")
                    .input("input: Tensor")
                    .input("dtype: dtype")
                    .traits(kConverting)
                    .complex()
                    .infer([](InferContext& cx) {
                      return Type::of({cx.arg("dtype").as_dtype(), cx.tensor("input").shape});
                    })
                    .example("x.to(float32)", "int[B, 6]"));
  const std::pair<const char*, DType> words[] = {
      {"float", DType::Float32},     {"double", DType::Float64},   {"half", DType::Float16},
      {"bfloat16", DType::BFloat16}, {"int", DType::Int32},        {"long", DType::Int64},
      {"short", DType::Int16},       {"char", DType::Int8},        {"byte", DType::UInt8},
      {"bool", DType::Bool},         {"cfloat", DType::Complex64}, {"cdouble", DType::Complex128}};
  for (const auto& [name, dtype] : words)
    ops.push_back(function_op(name)
                      .summary("converted to " + std::string(types::torch_word(dtype)))
                      .input("input: Tensor")
                      .traits(kConverting)
                      .complex()
                      .infer([dtype = dtype](InferContext& cx) {
                        return Type::of({dtype, cx.tensor("input").shape});
                      })
                      .example("x." + std::string(name) + "()", "int[B, 6]"));
  ops.push_back(function_op("type_as")
                    .summary("converted to the dtype of another")
                    .input("input: Tensor")
                    .input("other: Tensor")
                    .traits(kPure)
                    .complex()
                    .infer([](InferContext& cx) {
                      return Type::of({cx.tensor("other").dtype, cx.tensor("input").shape});
                    })
                    .example("x.type_as(y)", "int[B, 6], float[3]"));
  constexpr Traits kPassing{Trait::Pure, Trait::Elementwise, Trait::View};
  struct Passing {
    const char* name;
    const char* summary;
    Traits traits;
  };
  const Passing passing[] = {{"detach",
                              "its values, through which no gradient passes",
                              {Trait::Pure, Trait::Elementwise, Trait::View, Trait::StopsGradient}},
                             {"contiguous", "its values, laid out in order", kPassing},
                             {"clone", "a copy", kElementwise}};
  for (const auto& [name, summary, traits] : passing)
    ops.push_back(function_op(name)
                      .summary(summary)
                      .input("input: Tensor")
                      .traits(traits)
                      .complex()
                      .infer(keep_type)
                      .example("x." + std::string(name) + "()", "float[B, 6]"));
}

std::vector<Op> elementwise_family() {
  std::vector<Op> ops;
  declare_unary(ops);
  declare_numbered(ops);
  declare_binary(ops);
  declare_ternary(ops);
  declare_conversions(ops);
  declare_complex(ops);
  for (const auto& [name, function] : {std::pair{"absolute", "abs"},
                                       {"negative", "neg"},
                                       {"fix", "trunc"},
                                       {"arccos", "acos"},
                                       {"arccosh", "acosh"},
                                       {"arcsin", "asin"},
                                       {"arcsinh", "asinh"},
                                       {"arctan", "atan"},
                                       {"arctanh", "atanh"},
                                       {"arctan2", "atan2"},
                                       {"multiply", "mul"},
                                       {"subtract", "sub"},
                                       {"divide", "div"},
                                       {"less", "lt"},
                                       {"less_equal", "le"},
                                       {"greater", "gt"},
                                       {"greater_equal", "ge"},
                                       {"not_equal", "ne"}})
    ops.push_back(synonym(name, function));
  return ops;
}

}  // namespace modelc::ops
