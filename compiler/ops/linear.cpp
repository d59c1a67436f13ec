// Linear maps: Linear, Bilinear, Identity and their functions; products, einsum and attention have files of their own.
#include "ops/parts.h"
#include "ops/rules.h"

namespace modelc::ops {
namespace {

Type with_last(InferContext& cx, std::string_view name, Dim last) {
  std::vector<Dim> shape = cx.tensor(name).shape;
  shape.back() = last;
  return result(cx, cx.tensor(name).dtype, std::move(shape));
}

bool prepare_linear(InferContext& cx) {
  if (!cx.require_rank_between("input", 1, kAnyRank) || !require_parameter_dtype(cx, "input")) return false;
  if (!cx.infer("in_features", cx.tensor("input").shape.back())) return false;
  const std::int64_t in = cx.integer("in_features");
  const Dim out = cx.dim("out_features");
  return own(cx, "weight", {out, in}, kaiming_uniform(in)) &&
         (!cx.flag("bias") || own(cx, "bias", {out}, inverse_sqrt(in)));
}

/// The leading dimensions of both inputs must agree; no broadcasting, as in PyTorch.
bool require_same_lead(InferContext& cx) {
  const TensorType& a = cx.tensor("input1");
  const TensorType& b = cx.tensor("input2");
  if (!cx.require_rank_between("input1", 1, kAnyRank) || !cx.require_rank("input2", a.rank())) return false;
  for (std::size_t i = 0; i + 1 < a.rank(); ++i)
    if (!cx.require_equal(a.shape[i], b.shape[i],
                          [&] { return a.str() + " and " + b.str() + " must agree in every dimension but the last"; }))
      return false;
  return true;
}

bool prepare_bilinear(InferContext& cx) {
  if (!require_same_lead(cx) || !require_parameter_dtype(cx, "input1") || !require_parameter_dtype(cx, "input2"))
    return false;
  const bool first = cx.infer("in1_features", cx.tensor("input1").shape.back());
  if (!cx.infer("in2_features", cx.tensor("input2").shape.back()) || !first) return false;
  const std::int64_t in1 = cx.integer("in1_features");
  const Dim out = cx.dim("out_features");
  return own(cx, "weight", {out, in1, cx.dim("in2_features")}, inverse_sqrt(in1)) &&
         (!cx.flag("bias") || own(cx, "bias", {out}, inverse_sqrt(in1)));
}

bool require_bias(InferContext& cx, Dim out, std::string_view input) {
  if (!cx.has("bias")) return true;
  return cx.require_rank("bias", 1) &&
         cx.require_equal(cx.tensor("bias").shape[0], out, "`bias` has a value for each output feature") &&
         require_same_dtype(cx, input, "bias");
}

/// One value, or one for each output feature.
bool require_stretching_bias(InferContext& cx, Dim out) {
  if (!cx.has("bias")) return true;
  return cx.require_rank_between("bias", 0, 1) &&
         (cx.simplify(cx.tensor("bias").numel()) == Dim(1) || require_bias(cx, out, "input")) &&
         require_same_dtype(cx, "input", "bias");
}

constexpr Constraint kNumber{"linear.number", "the input is a number, no bool"};

Type infer_linear(InferContext& cx) {
  // Without a bias a vector serves as the weight: the last dimension goes.
  const std::size_t least = cx.has("bias") ? 2 : 1;
  if (!cx.require_rank_between("input", 1, kAnyRank) || !cx.require_rank_between("weight", least, 2) ||
      !require_same_dtype(cx, "input", "weight") || !require_number(cx, kNumber))
    return Type::poison();
  const std::vector<Dim>& weight = cx.tensor("weight").shape;
  if (weight.size() == 1) {
    const TensorType& input = cx.tensor("input");
    if (!cx.require_equal(input.shape.back(), weight[0],
                          [&] { return "`weight` has a value for each of the last size of " + input.str(); }))
      return Type::poison();
    return result(cx, input.dtype, without(input.shape, {input.rank() - 1}, false));
  }
  if (!cx.require_equal(cx.tensor("input").shape.back(), weight[1],
                        [&] {
                          return "`weight` of " + cx.tensor("weight").str() + " takes its second size as the last of " +
                                 cx.tensor("input").str();
                        }) ||
      !require_stretching_bias(cx, weight[0]))
    return Type::poison();
  return with_last(cx, "input", weight[0]);
}

Type infer_bilinear(InferContext& cx) {
  if (!require_same_lead(cx) || !cx.require_rank("weight", 3) || !require_same_dtype(cx, "input1", "input2") ||
      !require_same_dtype(cx, "input1", "weight") || !require_number(cx, kNumber, "input1"))
    return Type::poison();
  const std::vector<Dim>& weight = cx.tensor("weight").shape;
  if (!cx.require_equal(cx.tensor("input1").shape.back(), weight[1], "`weight` has a row for each of `input1`") ||
      !cx.require_equal(cx.tensor("input2").shape.back(), weight[2], "`weight` has a column for each of `input2`") ||
      !require_bias(cx, weight[0], "input1"))
    return Type::poison();
  return with_last(cx, "input1", weight[0]);
}

}  // namespace

std::vector<Op> linear_family() {
  std::vector<Op> ops;
  ops.push_back(module_op("Linear")
                    .summary("x @ weight.T + bias over the last dimension")
                    .inferred("in_features")
                    .arg("out_features: int in 1..")
                    .arg("bias: bool = true")
                    .input("input: Tensor")
                    .prepare(prepare_linear)
                    .becomes("linear")
                    .example("Linear(10)", "float[B, 4]"));
  ops.push_back(module_op("Bilinear")
                    .summary("x1 @ weight[k] @ x2 + bias for each output feature k")
                    .inferred("in1_features")
                    .inferred("in2_features")
                    .arg("out_features: int in 1..")
                    .arg("bias: bool = true")
                    .input("input1: Tensor")
                    .input("input2: Tensor")
                    .prepare(prepare_bilinear)
                    .becomes("bilinear")
                    .example("Bilinear(3)", "float[B, 4], float[B, 5]"));
  ops.push_back(module_op("Identity")
                    .summary("its input")
                    .input("input: Tensor")
                    .becomes("_identity")
                    .example("Identity()", "float[B, 4]"));
  ops.push_back(function_op("_identity")
                    .summary("its input")
                    .input("input: Tensor")
                    .traits({Trait::Pure, Trait::Elementwise, Trait::View, Trait::SameOrder})
                    .infer(keep_type)
                    .example("_identity(x)", "float[B, 4]"));
  ops.push_back(function_op("linear")
                    .summary("x @ weight.T + bias with given tensors")
                    .input("input: Tensor")
                    .input("weight: Tensor")
                    .input("bias: Tensor? = null")
                    .traits(kPure)
                    .demands({kNumber})
                    .infer(infer_linear)
                    .flops([](InferContext& cx, const Type& out) {
                      return multiply_adds({out.tensor.numel(), cx.tensor("input").shape.back()});
                    })
                    .example("linear(x, y)", "float[B, 4], float[10, 4]"));
  ops.push_back(function_op("bilinear")
                    .summary("x1 @ weight[k] @ x2 + bias with given tensors")
                    .input("input1: Tensor")
                    .input("input2: Tensor")
                    .input("weight: Tensor")
                    .input("bias: Tensor? = null")
                    .traits(kPure)
                    .demands({kNumber})
                    .infer(infer_bilinear)
                    .flops([](InferContext& cx, const Type& out) {
                      return multiply_adds(
                          {out.tensor.numel(), cx.tensor("input1").shape.back(), cx.tensor("input2").shape.back()});
                    })
                    .example("bilinear(x, y, z)", "float[B, 4], float[B, 5], float[3, 4, 5]"));
  declare_products(ops);
  declare_einsum(ops);
  declare_attention(ops);
  declare_transformer(ops);
  return ops;
}

}  // namespace modelc::ops
