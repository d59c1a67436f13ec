// Losses. Input and target must fit exactly: PyTorch stretches [N] against [N, 1] to [N, N] and trains on nonsense.
#include "ops/loss_rules.h"
#include "ops/parts.h"

namespace modelc::ops {
namespace {

constexpr Constraint kWeightRank{"loss.weight_rank", "a weight has no more dimensions than the input"};
constexpr Constraint kNumber{"loss.number", "what is subtracted are numbers, no bools"};
constexpr Constraint kProbabilities{"loss.probabilities", "`target` is floating-point"};
constexpr Constraint kClassNumbers{"loss.class_numbers", "class numbers are int"};
constexpr Constraint kClassRank{"loss.class_rank",
                                "`target` has the dimensions of `input` without that of the classes"};
constexpr Constraint kIgnoreIndex{"loss.ignore_index", "with probabilities, `ignore_index` leaves no class out"};

/// One of the two is floating-point, so that the result is.
Type infer_regression(InferContext& cx) {
  const DType dtype = promoted(cx, {"input", "target"});
  if ((!types::is_floating(dtype) && !cx.require_floating("input")) || !require_same_shape(cx, "input", "target"))
    return Type::poison();
  return reduced_loss(cx, dtype, cx.tensor("input").shape);
}

/// Differences of integers are integers, and add up in int64; a mean of them is none.
Type infer_l1(InferContext& cx) {
  if (!require_number(cx, kNumber) || !require_number(cx, kNumber, "target")) return Type::poison();
  const DType dtype = promoted(cx, {"input", "target"});
  if (types::is_floating(dtype) || cx.word("reduction") == "mean") return infer_regression(cx);
  if (!require_same_shape(cx, "input", "target")) return Type::poison();
  return reduced_loss(cx, cx.word("reduction") == "sum" ? DType::Int64 : dtype, cx.tensor("input").shape);
}

/// ATen's huber_loss writes into a tensor of the input's dtype.
Type infer_huber(InferContext& cx) {
  if (!cx.require_floating("input") || !require_same_shape(cx, "input", "target")) return Type::poison();
  return reduced_loss(cx, cx.tensor("input").dtype, cx.tensor("input").shape);
}

/// Neither may be integers, and the divergence is taken elementwise of equal shapes.
Type infer_kl_div(InferContext& cx) {
  return cx.require_floating("input") && cx.require_floating("target") ? infer_regression(cx) : Type::poison();
}

/// `weight` must stretch to the input's shape.
bool require_weight(InferContext& cx, std::string_view name) {
  if (!cx.has(name)) return true;
  const TensorType& weight = cx.tensor(name);
  const TensorType& input = cx.tensor("input");
  const std::string what = tick(std::string(name)) + " of " + weight.str() + " stretches to " + input.str();
  if (weight.rank() > input.rank()) {
    cx.fault(kWeightRank,
             received(cx, name) + " for " + input.str() + ", expected at most " + std::to_string(input.rank()) +
                 " dimensions",
             {}, name);
    return false;
  }
  for (std::size_t i = 1; i <= weight.rank(); ++i) {
    const Dim size = cx.simplify(weight.shape[weight.rank() - i]);
    if (size != Dim(1) && !cx.require_equal(size, input.shape[input.rank() - i], what)) return false;
  }
  return true;
}

Type infer_binary(InferContext& cx, bool logits) {
  if (!cx.require_floating("input")) return Type::poison();
  if (!types::is_floating(cx.tensor("target").dtype))
    return cx.fault(kProbabilities, received(cx, "target") + ", expected floating point: probabilities",
                    "convert it: `y.float()`", "target");
  if (!require_same_shape(cx, "input", "target") || !require_weight(cx, "weight")) return Type::poison();
  if (logits && !require_weight(cx, "pos_weight")) return Type::poison();
  if (!logits && !require_same_dtype(cx, "input", "target")) return Type::poison();
  // ATen's kernel multiplies into 1 - target.
  return reduced_loss(cx, cx.tensor("target").dtype, cx.tensor("input").shape);
}

bool require_class_weight(InferContext& cx, Dim classes) {
  if (!cx.has("weight")) return true;
  return cx.require_rank("weight", 1) &&
         cx.require_equal(cx.tensor("weight").shape[0], classes, "`weight` has a value for each class");
}

/// Class numbers for the input without its class dimension, the second (the first of a single item).
Type infer_classes(InferContext& cx, const std::string& alternative) {
  const TensorType& input = cx.tensor("input");
  const TensorType& target = cx.tensor("target");
  const std::size_t dim = input.rank() == 1 ? 0 : 1;
  std::vector<Dim> shape = without(input.shape, {dim}, false);
  if (target.dtype != DType::Int64)
    return cx.fault(kClassNumbers,
                    received(cx, "target") + " for " + input.str() + ", expected int" + shape_text(shape) + alternative,
                    "class numbers are int: `y.long()`", "target");
  if (target.rank() != shape.size())
    return cx.fault(
        kClassRank, received(cx, "target") + " for " + input.str() + ", expected int" + shape_text(shape) + alternative,
        target.rank() == shape.size() + 1 ? "`y.squeeze(-1)` drops a last dimension of 1; the classes stand "
                                            "in dimension 1 of the input"
                                          : "the classes stand in dimension 1 of the input",
        "target");
  for (std::size_t i = 0; i < shape.size(); ++i)
    if (!cx.require_equal(target.shape[i], shape[i], [&] {
          return "`target` of " + target.str() + " has a class for each item of " + input.str();
        }))
      return Type::poison();
  if (!require_class_weight(cx, input.shape[dim]) || (cx.has("weight") && !require_same_dtype(cx, "input", "weight")))
    return Type::poison();
  return reduced_loss(cx, input.dtype, std::move(shape));
}

Type infer_nll(InferContext& cx) {
  if (!cx.require_floating("input") || !cx.require_rank_between("input", 1, kAnyRank)) return Type::poison();
  return infer_classes(cx, "");
}

Type infer_cross_entropy(InferContext& cx) {
  if (!cx.require_floating("input") || !cx.require_rank_between("input", 1, kAnyRank)) return Type::poison();
  const TensorType& input = cx.tensor("input");
  const TensorType& target = cx.tensor("target");
  if (!types::is_floating(target.dtype) || target.rank() != input.rank())
    return infer_classes(cx, " or probabilities of " + input.str());
  if (!require_same_shape(cx, "input", "target")) return Type::poison();
  const std::size_t dim = input.rank() == 1 ? 0 : 1;
  if (!require_class_weight(cx, input.shape[dim])) return Type::poison();
  if (cx.integer("ignore_index") >= 0)
    return cx.fault(kIgnoreIndex,
                    cx.op() + " is given " + tick("ignore_index=" + cx.arg("ignore_index").str()) +
                        " for probabilities, expected none: no class is left out",
                    {}, "ignore_index");
  const DType dtype =
      cx.has("weight") ? promoted(cx, {"input", "target", "weight"}) : promoted(cx, {"input", "target"});
  return reduced_loss(cx, dtype, without(input.shape, {dim}, false));
}

OpBuilder loss(const char* name, const char* summary) {
  OpBuilder op(name, false);
  op.summary(summary).input("input: Tensor").input("target: Tensor").traits(kPure);
  return op;
}

}  // namespace

// What stands after PyTorch's deprecated size_average and reduce is given by name.
std::vector<Op> loss_family() {
  std::vector<Op> ops;
  ops.push_back(
      loss("cross_entropy", "cross entropy of logits and class numbers (or probabilities)")
          .input("weight: Tensor? = null")
          .keyword("ignore_index: int = -100")
          .keyword(kReduction)
          .keyword("label_smoothing: float in 0..1 = 0")
          .demands({kClassNumbers, kClassRank, kIgnoreIndex})
          .indexes({.input = "target", .of = "input", .counted = "classes", .dimension = 1, .spare = "ignore_index"})
          .infer(infer_cross_entropy)
          .note("the classes stand in dimension 1: logits float[B, C, ...], target int[B, ...]")
          .example("cross_entropy(x, y)", "float[B, 5], int[B]"));
  ops.push_back(
      loss("nll_loss", "negative log likelihood of log-probabilities and class numbers")
          .input("weight: Tensor? = null")
          .keyword("ignore_index: int = -100")
          .keyword(kReduction)
          .demands({kClassNumbers, kClassRank})
          .indexes({.input = "target", .of = "input", .counted = "classes", .dimension = 1, .spare = "ignore_index"})
          .infer(infer_nll)
          .example("nll_loss(x, y)", "float[B, 5], int[B]"));
  ops.push_back(loss("mse_loss", "mean of the squared differences")
                    .keyword(kReduction)
                    .infer(infer_regression)
                    .note("input and target have one shape; nothing stretches")
                    .example("mse_loss(x, y)", "float[B, 5], float[B, 5]"));
  ops.push_back(loss("l1_loss", "mean of the absolute differences")
                    .keyword(kReduction)
                    .demands({kNumber})
                    .infer(infer_l1)
                    .example("l1_loss(x, y)", "float[B, 5], float[B, 5]"));
  ops.push_back(loss("smooth_l1_loss", "squared below beta, absolute above")
                    .keyword(kReduction)
                    .keyword("beta: float in 0.. = 1")
                    .infer(infer_regression)
                    .example("smooth_l1_loss(x, y)", "float[B, 5], float[B, 5]"));
  ops.push_back(loss("huber_loss", "squared below delta, delta times absolute above")
                    .input(kReduction)
                    .input("delta: float in 0<.. = 1")
                    .infer(infer_huber)
                    .example("huber_loss(x, y)", "float[B, 5], float[B, 5]"));
  ops.push_back(loss("binary_cross_entropy", "cross entropy of probabilities and targets within 0 and 1")
                    .input("weight: Tensor? = null")
                    .keyword(kReduction)
                    .demands({kProbabilities, kWeightRank})
                    .infer([](InferContext& cx) { return infer_binary(cx, false); })
                    .example("binary_cross_entropy(x, y)", "float[B, 5], float[B, 5]"));
  ops.push_back(loss("binary_cross_entropy_with_logits", "cross entropy of sigmoid(x) and targets within 0 and 1")
                    .input("weight: Tensor? = null")
                    .keyword(kReduction)
                    .keyword("pos_weight: Tensor? = null")
                    .demands({kProbabilities, kWeightRank})
                    .infer([](InferContext& cx) { return infer_binary(cx, true); })
                    .example("binary_cross_entropy_with_logits(x, y)", "float[B, 5], float[B, 5]"));
  ops.push_back(loss("kl_div", "divergence of log-probabilities from a target distribution")
                    .keyword("reduction: {none|mean|sum|batchmean} = mean")
                    .keyword("log_target: bool = false")
                    .infer(infer_kl_div)
                    .example("kl_div(x, y)", "float[B, 5], float[B, 5]"));
  declare_margin_losses(ops);
  declare_likelihoods(ops);
  declare_loss_modules(ops);
  declare_adaptive_log_softmax(ops);
  return ops;
}

}  // namespace modelc::ops
