// Losses as modules: the functions with their static arguments stated once. Weights of classes are buffers, as PyTorch
// keeps them.
#include "ops/loss_rules.h"
#include "ops/parts.h"

namespace modelc::ops {
namespace {

/// The listed weights, in the order of the state_dict.
bool own_weights(InferContext& cx, std::initializer_list<std::string_view> names) {
  for (std::string_view name : names) {
    if (cx.is_null(name)) continue;
    Init init;
    init.kind = Init::Values;
    for (const Constant& weight : cx.arg(name).as_list()) init.values.push_back(weight.as_double());
    const auto count = static_cast<std::int64_t>(init.values.size());
    if (!own_buffer(cx, std::string(name), DType::Float32, {count}, std::move(init))) return false;
  }
  return true;
}

OpBuilder loss(const char* name, const char* function, const char* summary,
               std::initializer_list<const char*> tensors = {"input", "target"}) {
  OpBuilder op(name, true);
  op.summary(summary).becomes(function);
  for (const char* tensor : tensors) op.input(tensor + std::string(": Tensor"));
  return op;
}

OpBuilder weighted(const char* name, const char* function, const char* summary) {
  OpBuilder op = loss(name, function, summary);
  op.arg("weight: float[]? = null").prepare([](InferContext& cx) { return own_weights(cx, {"weight"}); });
  return op;
}

void declare_of_classes(std::vector<Op>& ops) {
  ops.push_back(weighted("CrossEntropyLoss", "cross_entropy", "cross entropy of logits and class numbers")
                    .named_arg("ignore_index: int = -100")
                    .named_arg(kReduction)
                    .named_arg("label_smoothing: float in 0..1 = 0")
                    .example("CrossEntropyLoss()", "float[B, 5], int[B]"));
  ops.push_back(weighted("NLLLoss", "nll_loss", "negative log likelihood of log-probabilities and class numbers")
                    .named_arg("ignore_index: int = -100")
                    .named_arg(kReduction)
                    .example("NLLLoss()", "float[B, 5], int[B]"));
  ops.push_back(weighted("BCELoss", "binary_cross_entropy", "cross entropy of probabilities and targets")
                    .named_arg(kReduction)
                    .example("BCELoss()", "float[B, 5], float[B, 5]"));
  ops.push_back(loss("BCEWithLogitsLoss", "binary_cross_entropy_with_logits", "cross entropy of sigmoid(x) and targets")
                    .arg("weight: float[]? = null")
                    .named_arg(kReduction)
                    .named_arg("pos_weight: float[]? = null")
                    .prepare([](InferContext& cx) {
                      return own_weights(cx, {"weight", "pos_weight"});
                    })
                    .example("BCEWithLogitsLoss()", "float[B, 5], float[B, 5]"));
  ops.push_back(weighted("MultiLabelSoftMarginLoss", "multilabel_soft_margin_loss",
                         "cross entropy of each class by itself, over the classes")
                    .named_arg(kReduction)
                    .example("MultiLabelSoftMarginLoss()", "float[B, 5], float[B, 5]"));
  ops.push_back(loss("MultiLabelMarginLoss", "multilabel_margin_loss", "margins between the classes that are listed")
                    .named_arg(kReduction)
                    .example("MultiLabelMarginLoss()", "float[B, 5], int[B, 5]"));
  ops.push_back(loss("MultiMarginLoss", "multi_margin_loss", "margins between the right class and the others")
                    .arg("p: int in 1..2 = 1")
                    .arg("margin: float = 1")
                    .arg("weight: float[]? = null")
                    .named_arg(kReduction)
                    .prepare([](InferContext& cx) { return own_weights(cx, {"weight"}); })
                    .example("MultiMarginLoss()", "float[B, 5], int[B]"));
}

void declare_of_values(std::vector<Op>& ops) {
  const char* const pair = "float[B, 5], float[B, 5]";
  ops.push_back(
      loss("MSELoss", "mse_loss", "mean of the squared differences").named_arg(kReduction).example("MSELoss()", pair));
  ops.push_back(
      loss("L1Loss", "l1_loss", "mean of the absolute differences").named_arg(kReduction).example("L1Loss()", pair));
  ops.push_back(loss("SmoothL1Loss", "smooth_l1_loss", "squared below beta, absolute above")
                    .named_arg(kReduction)
                    .named_arg("beta: float in 0.. = 1")
                    .example("SmoothL1Loss()", pair));
  ops.push_back(loss("HuberLoss", "huber_loss", "squared below delta, delta times absolute above")
                    .arg(kReduction)
                    .arg("delta: float in 0<.. = 1")
                    .example("HuberLoss()", pair));
  ops.push_back(loss("KLDivLoss", "kl_div", "divergence of log-probabilities from a target distribution")
                    .named_arg("reduction: {none|mean|sum|batchmean} = mean")
                    .named_arg("log_target: bool = false")
                    .example("KLDivLoss()", pair));
  ops.push_back(loss("SoftMarginLoss", "soft_margin_loss", "log(1 + exp(-target * x))")
                    .named_arg(kReduction)
                    .example("SoftMarginLoss()", pair));
  ops.push_back(
      loss("HingeEmbeddingLoss", "hinge_embedding_loss", "x where the target is 1, max(0, margin - x) where -1")
          .arg("margin: float = 1")
          .named_arg(kReduction)
          .example("HingeEmbeddingLoss()", pair));
  ops.push_back(OpBuilder("PoissonNLLLoss", true)
                    .summary("negative log likelihood of counts under a Poisson distribution")
                    .arg("log_input: bool = true")
                    .arg("full: bool = false")
                    .named_arg("eps: float = 1e-8")
                    .named_arg(kReduction)
                    .input("input: Tensor")
                    .input("target: Tensor")
                    .becomes("poisson_nll_loss")
                    .example("PoissonNLLLoss()", pair));
  ops.push_back(loss("GaussianNLLLoss", "gaussian_nll_loss", "negative log likelihood under normal distributions",
                     {"input", "target", "var"})
                    .named_arg("full: bool = false")
                    .named_arg("eps: float in 0<.. = 1e-6")
                    .named_arg(kReduction)
                    .note("the third input are variances, which are not below 0")
                    .example("GaussianNLLLoss()", "float[B, 5], float[B, 5], float[B, 5]"));
}

void declare_of_several(std::vector<Op>& ops) {
  ops.push_back(loss("MarginRankingLoss", "margin_ranking_loss", "max(0, -target * (input1 - input2) + margin)",
                     {"input1", "input2", "target"})
                    .arg("margin: float = 0")
                    .named_arg(kReduction)
                    .example("MarginRankingLoss()", "float[B], float[B], float[B]"));
  ops.push_back(loss("CosineEmbeddingLoss", "cosine_embedding_loss", "1 - cosine, or the cosine above the margin",
                     {"input1", "input2", "target"})
                    .arg("margin: float = 0")
                    .named_arg(kReduction)
                    .example("CosineEmbeddingLoss()", "float[B, 6], float[B, 6], int[B]"));
  const char* const triplet = "float[B, 6], float[B, 6], float[B, 6]";
  ops.push_back(loss("TripletMarginLoss", "triplet_margin_loss",
                     "max(0, d(anchor, positive) - d(anchor, negative) + margin)", {"anchor", "positive", "negative"})
                    .arg("margin: float = 1")
                    .arg("p: float = 2")
                    .arg("eps: float = 1e-6")
                    .arg("swap: bool = false")
                    .named_arg(kReduction)
                    .example("TripletMarginLoss()", triplet));
  ops.push_back(loss("TripletMarginWithDistanceLoss", "triplet_margin_with_distance_loss",
                     "the triplet loss of Euclid's distance", {"anchor", "positive", "negative"})
                    .named_arg("margin: float = 1")
                    .named_arg("swap: bool = false")
                    .named_arg(kReduction)
                    .example("TripletMarginWithDistanceLoss()", triplet));
  ops.push_back(loss("CTCLoss", "ctc_loss", "negative log likelihood of unaligned sequences",
                     {"log_probs", "targets", "input_lengths", "target_lengths"})
                    .arg("blank: int in 0.. = 0")
                    .arg(kReduction)
                    .arg("zero_infinity: bool = false")
                    .example("CTCLoss()", "float[7, 2, 9], int[2, 3], int[2], int[2]"));
}

}  // namespace

void declare_loss_modules(std::vector<Op>& ops) {
  declare_of_classes(ops);
  declare_of_values(ops);
  declare_of_several(ops);
}

}  // namespace modelc::ops
