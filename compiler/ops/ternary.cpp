// Elementwise operators of three operands: weighted means, products added up, one bound.
#include <cmath>

#include "ops/parts.h"
#include "ops/rules.h"

namespace modelc::ops {
namespace {

constexpr Constraint kNumbers{"ternary.numbers", "the operands are numbers, not bools"};
constexpr Constraint kQuotient{"ternary.quotient", "the quotient is of floating-point operands"};
constexpr Constraint kValue{"ternary.value", "`value` of integers is an integer"};

std::optional<std::vector<Dim>> joint_shape(InferContext& cx, std::initializer_list<std::string_view> names) {
  std::optional<std::vector<Dim>> shape = std::vector<Dim>{};
  for (std::string_view name : names) {
    if (!cx.has(name)) continue;
    shape = cx.broadcast(*shape, cx.tensor(name).shape,
                         received(cx, name) + ", which is taken elementwise, and only a size of 1 stretches");
    if (!shape) return std::nullopt;
  }
  return shape;
}

Type infer_lerp(InferContext& cx) {
  if (!cx.require_floating("input") || !require_same_dtype(cx, "input", "end") ||
      (cx.has("weight") && !require_same_dtype(cx, "input", "weight")))
    return Type::poison();
  auto shape = joint_shape(cx, {"input", "end", "weight"});
  return shape ? result(cx, cx.tensor("input").dtype, std::move(*shape)) : Type::poison();
}

Type infer_addc(InferContext& cx, bool quotient) {
  const DType dtype = promoted(cx, {"input", "tensor1", "tensor2"});
  if (quotient && !types::is_floating(promoted(cx, {"tensor1", "tensor2"})))
    return cx.fault(kQuotient,
                    received(cx, "tensor1") + " over " + cx.tensor("tensor2").str() + ", expected floating point",
                    "convert one: `x.float()`", "tensor1");
  if (dtype == DType::Bool && !require_number(cx, kNumbers)) return Type::poison();
  if (!types::is_floating(dtype) && cx.arg("value").is_float() && cx.number("value") != std::trunc(cx.number("value")))
    return cx.fault(kValue,
                    cx.op() + " is given " + tick("value=" + cx.arg("value").str()) + " for " +
                        cx.tensor("input").str() + ", expected an integer",
                    {}, "value");
  auto shape = joint_shape(cx, {"input", "tensor1", "tensor2"});
  return shape ? result(cx, dtype, std::move(*shape)) : Type::poison();
}

/// One side of a clamp.
Type infer_bound(InferContext& cx, std::string_view name) {
  const DType dtype = promoted(cx, {"input", name});
  if (dtype == DType::Bool && !require_number(cx, kNumbers)) return Type::poison();
  auto shape = joint_shape(cx, {"input", name});
  return shape ? result(cx, dtype, std::move(*shape)) : Type::poison();
}

}  // namespace

void declare_ternary(std::vector<Op>& ops) {
  ops.push_back(function_op("lerp")
                    .summary("input + weight * (end - input)")
                    .input("input: Tensor")
                    .input("end: Tensor")
                    .input("weight: Tensor|number")
                    .traits(kElementwise)
                    .infer(infer_lerp)
                    .example("lerp(x, y, 0.5)", "float[B, 6], float[6]"));
  for (const auto& [name, summary] : {std::pair{"addcmul", "input + value * tensor1 * tensor2"},
                                      std::pair{"addcdiv", "input + value * tensor1 / tensor2"}})
    ops.push_back(function_op(name)
                      .summary(summary)
                      .input("input: Tensor")
                      .input("tensor1: Tensor")
                      .input("tensor2: Tensor")
                      .keyword("value: float = 1")
                      .traits(kElementwise)
                      .demands({kNumbers, kQuotient, kValue})
                      .infer([quotient = name[4] == 'd'](InferContext& cx) { return infer_addc(cx, quotient); })
                      .example(std::string(name) + "(x, y, z)", "float[B, 6], float[6], float[6]"));
  for (const auto& [name, bound] : {std::pair{"clamp_min", "min"}, std::pair{"clamp_max", "max"}})
    ops.push_back(function_op(name)
                      .summary(bound[1] == 'i' ? "not less than `min`" : "not greater than `max`")
                      .input("input: Tensor")
                      .input(bound + std::string(": Tensor|number"))
                      .traits(kElementwise)
                      .demands({kNumbers})
                      .infer([bound = std::string(bound)](InferContext& cx) { return infer_bound(cx, bound); })
                      .example(std::string(name) + "(x, 0.0)", "float[B, 6]"));
}

}  // namespace modelc::ops
