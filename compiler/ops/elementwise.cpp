// Elementwise operators of one tensor, and conversions.
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
      {"abs", "|x|", keep_signed, {kNumber}},
      {"sign", "-1, 0 or 1", keep_type},
      {"floor", "greatest integer not above", keep_signed, {kNumber}},
      {"ceil", "least integer not below", keep_signed, {kNumber}},
      {"round", "nearest integer, halves to the even one", keep_signed, {kNumber}},
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
      {"isnan", "true where not a number", to_bool},
      {"isinf", "true where infinite", to_bool},
      {"isfinite", "true where neither infinite nor not a number", to_bool},
      {"logical_not", "true where 0 or false", to_bool},
      {"bitwise_not", "turns every bit round; also `~x`", infer_bitwise_not, {kBits}},
  };
  for (const Unary& u : unary)
    ops.push_back(
        function_op(u.name)
            .summary(u.summary)
            .input("input: Tensor")
            .traits(kElementwise)
            .demands(u.demands)
            .infer(u.rule)
            .example(std::string(u.name) + "(x)", u.name == std::string("bitwise_not") ? "bool[B, 6]" : "float[B, 6]"));
}

void declare_conversions(std::vector<Op>& ops) {
  ops.push_back(function_op("to")
                    .summary("converted to a dtype: `x.to(float32)`")
                    .input("input: Tensor")
                    .input("dtype: dtype")
                    .traits(kConverting)
                    .infer([](InferContext& cx) {
                      return Type::of({cx.arg("dtype").as_dtype(), cx.tensor("input").shape});
                    })
                    .example("x.to(float32)", "int[B, 6]"));
  const std::pair<const char*, DType> words[] = {{"float", DType::Float32}, {"double", DType::Float64},
                                                 {"half", DType::Float16},  {"int", DType::Int32},
                                                 {"long", DType::Int64},    {"bool", DType::Bool}};
  for (const auto& [name, dtype] : words)
    ops.push_back(function_op(name)
                      .summary("converted to " + std::string(types::torch_word(dtype)))
                      .input("input: Tensor")
                      .traits(kConverting)
                      .infer([dtype = dtype](InferContext& cx) {
                        return Type::of({dtype, cx.tensor("input").shape});
                      })
                      .example("x." + std::string(name) + "()", "int[B, 6]"));
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
                      .infer(keep_type)
                      .example("x." + std::string(name) + "()", "float[B, 6]"));
}

std::vector<Op> elementwise_family() {
  std::vector<Op> ops;
  declare_unary(ops);
  declare_binary(ops);
  declare_conversions(ops);
  return ops;
}

}  // namespace modelc::ops
