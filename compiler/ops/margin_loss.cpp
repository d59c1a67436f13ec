// Losses of margins: rankings, embeddings, triplets, several labels at once.
#include "ops/loss_rules.h"
#include "ops/parts.h"

namespace modelc::ops {
namespace {

constexpr Constraint kTargetRank{"margin_loss.target_rank", "`target` has one value for each row of the inputs"};
constexpr Constraint kClassNumbers{"margin_loss.class_numbers", "class numbers are int"};

/// Of three tensors of as many dimensions, stretched to one shape.
std::optional<std::vector<Dim>> joint_shape(InferContext& cx, std::initializer_list<std::string_view> names) {
  std::optional<std::vector<Dim>> shape;
  const std::string_view first = *names.begin();
  for (std::string_view name : names) {
    const TensorType& type = cx.tensor(name);
    if (!cx.require_rank(name, cx.tensor(first).rank())) return std::nullopt;
    shape = cx.broadcast(shape.value_or(std::vector<Dim>{}), type.shape,
                         received(cx, name) + ", which is taken elementwise, and only a size of 1 stretches");
    if (!shape) return std::nullopt;
  }
  return shape;
}

Type infer_margin_ranking(InferContext& cx) {
  const DType dtype = promoted(cx, {"input1", "input2", "target"});
  if (!types::is_floating(dtype) && !cx.require_floating("input1")) return Type::poison();
  auto shape = joint_shape(cx, {"input1", "input2", "target"});
  return shape ? reduced_loss(cx, dtype, std::move(*shape)) : Type::poison();
}

Type infer_hinge_embedding(InferContext& cx) {
  if (!cx.require_floating("input") || !require_same_shape(cx, "input", "target")) return Type::poison();
  return reduced_loss(cx, cx.tensor("input").dtype, cx.tensor("input").shape);
}

Type infer_soft_margin(InferContext& cx) {
  if (!cx.require_floating("input") || !require_same_shape(cx, "input", "target")) return Type::poison();
  return reduced_loss(cx, promoted(cx, {"input", "target"}), cx.tensor("input").shape);
}

bool require_class_numbers(InferContext& cx) {
  if (cx.tensor("target").dtype == DType::Int64) return true;
  cx.fault(kClassNumbers, received(cx, "target") + ", expected int", "class numbers are int: `y.long()`", "target");
  return false;
}

std::vector<Dim> rows(const TensorType& input) {
  return {input.shape.begin(), input.shape.end() - (input.rank() ? 1 : 0)};
}

Type infer_multilabel_margin(InferContext& cx) {
  if (!cx.require_floating("input") || !cx.require_rank_between("input", 1, 2) || !require_class_numbers(cx) ||
      !require_same_shape(cx, "input", "target"))
    return Type::poison();
  return reduced_loss(cx, cx.tensor("input").dtype, rows(cx.tensor("input")));
}

bool require_class_weight(InferContext& cx) {
  if (!cx.has("weight")) return true;
  return cx.require_rank("weight", 1) && cx.require_equal(cx.tensor("weight").shape[0], cx.tensor("input").shape.back(),
                                                          "`weight` has a value for each class");
}

Type infer_multilabel_soft_margin(InferContext& cx) {
  if (!cx.require_floating("input") || !cx.require_rank_between("input", 1, kAnyRank) ||
      !require_same_shape(cx, "input", "target") || !require_class_weight(cx))
    return Type::poison();
  // Everything is multiplied elementwise, and promotes.
  const DType dtype = promoted(cx, {"input", "target"});
  return reduced_loss(cx, cx.has("weight") ? promoted(cx, {"input", "target", "weight"}) : dtype,
                      rows(cx.tensor("input")));
}

Type infer_multi_margin(InferContext& cx) {
  if (!cx.require_floating("input") || !cx.require_rank_between("input", 1, 2) || !require_class_numbers(cx) ||
      !require_class_weight(cx) || (cx.has("weight") && !require_same_dtype(cx, "input", "weight")))
    return Type::poison();
  const TensorType& input = cx.tensor("input");
  const TensorType& target = cx.tensor("target");
  if (target.rank() + 1 != input.rank())
    return cx.fault(kTargetRank, received(cx, "target") + " for " + input.str() + ", expected a class for each row", {},
                    "target");
  if (target.rank() && !cx.require_equal(target.shape[0], input.shape[0], "`target` has a class for each row"))
    return Type::poison();
  return reduced_loss(cx, input.dtype, rows(input));
}

Type infer_cosine_embedding(InferContext& cx) {
  if (!cx.require_rank_between("input1", 1, 2) || !require_same_shape(cx, "input1", "input2")) return Type::poison();
  const TensorType& input = cx.tensor("input1");
  const TensorType& target = cx.tensor("target");
  if (target.rank() + 1 != input.rank())
    return cx.fault(kTargetRank, received(cx, "target") + " for " + input.str() + ", expected 1 or -1 for each row", {},
                    "target");
  if (target.rank() && !cx.require_equal(target.shape[0], input.shape[0], "`target` has a value for each row"))
    return Type::poison();
  return reduced_loss(cx, float_of(promoted(cx, {"input1", "input2"})), rows(input));
}

Type infer_triplet(InferContext& cx) {
  for (std::string_view name : {"anchor", "positive", "negative"})
    if (!cx.require_floating(name) || !cx.require_rank_between(name, 1, kAnyRank)) return Type::poison();
  auto shape = joint_shape(cx, {"anchor", "positive", "negative"});
  if (!shape) return Type::poison();
  shape->pop_back();
  return reduced_loss(cx, promoted(cx, {"anchor", "positive", "negative"}), std::move(*shape));
}

OpBuilder loss(const char* name, const char* summary, std::initializer_list<const char*> tensors) {
  OpBuilder op(name, false);
  op.summary(summary).traits(kPure);
  for (const char* tensor : tensors) op.input(tensor + std::string(": Tensor"));
  return op;
}

void declare_pairs(std::vector<Op>& ops) {
  ops.push_back(
      loss("margin_ranking_loss", "max(0, -target * (input1 - input2) + margin)", {"input1", "input2", "target"})
          .input("margin: float = 0")
          .keyword(kReduction)
          .infer(infer_margin_ranking)
          .example("margin_ranking_loss(x, y, z)", "float[B], float[B], float[B]"));
  ops.push_back(loss("cosine_embedding_loss", "1 - cosine where the target is 1, the cosine above the margin where -1",
                     {"input1", "input2", "target"})
                    .input("margin: float = 0")
                    .keyword(kReduction)
                    .demands({kTargetRank})
                    .infer(infer_cosine_embedding)
                    .example("cosine_embedding_loss(x, y, z)", "float[B, 6], float[B, 6], int[B]"));
  ops.push_back(
      loss("hinge_embedding_loss", "x where the target is 1, max(0, margin - x) where -1", {"input", "target"})
          .input("margin: float = 1")
          .keyword(kReduction)
          .infer(infer_hinge_embedding)
          .example("hinge_embedding_loss(x, y)", "float[B], float[B]"));
  ops.push_back(loss("soft_margin_loss", "log(1 + exp(-target * x))", {"input", "target"})
                    .keyword(kReduction)
                    .infer(infer_soft_margin)
                    .example("soft_margin_loss(x, y)", "float[B], float[B]"));
  for (const auto& [name, with_distance] :
       {std::pair{"triplet_margin_loss", false}, std::pair{"triplet_margin_with_distance_loss", true}}) {
    OpBuilder op =
        loss(name, "max(0, d(anchor, positive) - d(anchor, negative) + margin)", {"anchor", "positive", "negative"});
    if (with_distance) op.keyword("margin: float = 1").keyword("swap: bool = false");
    else op.input("margin: float = 1").input("p: float = 2").input("eps: float = 1e-6").input("swap: bool = false");
    ops.push_back(op.keyword(kReduction)
                      .infer(infer_triplet)
                      .example(name + std::string("(x, y, z)"), "float[B, 6], float[B, 6], float[B, 6]"));
  }
}

}  // namespace

void declare_margin_losses(std::vector<Op>& ops) {
  declare_pairs(ops);
  ops.push_back(loss("multilabel_margin_loss", "margins between the classes that are listed, up to -1, and the others",
                     {"input", "target"})
                    .keyword(kReduction)
                    .demands({kClassNumbers})
                    .infer(infer_multilabel_margin)
                    .example("multilabel_margin_loss(x, y)", "float[B, 5], int[B, 5]"));
  ops.push_back(loss("multilabel_soft_margin_loss", "cross entropy of each class by itself, over the classes",
                     {"input", "target"})
                    .input("weight: Tensor? = null")
                    .keyword(kReduction)
                    .infer(infer_multilabel_soft_margin)
                    .example("multilabel_soft_margin_loss(x, y)", "float[B, 5], float[B, 5]"));
  ops.push_back(loss("multi_margin_loss", "margins between the right class and the others", {"input", "target"})
                    .input("p: int in 1..2 = 1")
                    .input("margin: float = 1")
                    .input("weight: Tensor? = null")
                    .keyword(kReduction)
                    .demands({kClassNumbers, kTargetRank})
                    .infer(infer_multi_margin)
                    .example("multi_margin_loss(x, y)", "float[B, 5], int[B]"));
}

}  // namespace modelc::ops
