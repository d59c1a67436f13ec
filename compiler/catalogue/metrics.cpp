// Metrics, taken over the whole split. A prediction is a score for each class ([B, C, …] or [B, …, C] against class
// numbers [B, …]), or of the target's own shape: class numbers (integers), truth values, or scores of class 1 (floats:
// logits, or probabilities where all lie within 0 to 1).
#include "catalogue/entry.h"

namespace modelc::catalogue {

namespace {

Declare metric(MetricId id, std::string name) {
  return Declare(Kind::Metric, id, std::move(name)).argument("prediction: Tensor").argument("target: Tensor");
}

constexpr const char* kAverage = "average: {binary|macro|micro|weighted}? = null";
constexpr const char* kAverageNote =
    "Without `average`, truth values and scores of one class are judged by class 1 (`binary`), several classes by the "
    "mean over the classes that occur (`macro`). Of several labels for each row ([B, L] against [B, L]) `macro` and "
    "`weighted` are means over the labels, `binary` and `micro` take all together.";

}  // namespace

std::vector<Entry> metrics() {
  using Id = MetricId;
  return {
      metric(Id::Accuracy, "accuracy").summary("The share of right predictions.").example("accuracy(logits, y)"),
      metric(Id::Topk, "topk")
          .summary("The share of targets among the `k` best scores.")
          .argument("k: int in 1.. = 5")
          .example("topk(logits, y, k=2)"),
      metric(Id::Precision, "precision")
          .summary("Of what was predicted to be a class, the share that is.")
          .argument(kAverage)
          .note(kAverageNote)
          .example("precision(logits, y)"),
      metric(Id::Recall, "recall")
          .summary("Of what is a class, the share that was predicted.")
          .argument(kAverage)
          .note(kAverageNote)
          .example("recall(logits, y, average=\"macro\")"),
      metric(Id::F1, "f1")
          .summary("The harmonic mean of precision and recall.")
          .argument(kAverage)
          .note(kAverageNote)
          .example("f1(logits, y, average=\"weighted\")"),
      metric(Id::Auc, "auc")
          .summary("Area under the ROC curve; several classes each against the rest, averaged.")
          .example("auc(logits, y)"),
      metric(Id::Mae, "mae").summary("Mean absolute error.").example("mae(out, t)"),
      metric(Id::Rmse, "rmse").summary("Root of the mean squared error.").example("rmse(out, t)"),
      metric(Id::R2, "r2")
          .summary("Share of the variance explained, for each output and averaged.")
          .example("r2(out, t)"),
      metric(Id::Perplexity, "perplexity")
          .summary("Exponential of the mean cross entropy.")
          .example("perplexity(logits, y)"),
      metric(Id::Iou, "iou")
          .summary("Intersection over union of predicted and actual.")
          .argument(kAverage)
          .note(kAverageNote)
          .example("iou(logits, y)"),
      metric(Id::Confusion, "confusion")
          .summary("The table of true classes against predicted ones.")
          .example("confusion(logits, y)"),
      metric(Id::BalancedAccuracy, "balanced_accuracy")
          .summary("The mean over the classes that occur of the share that was found.")
          .example("balanced_accuracy(logits, y)"),
      metric(Id::Specificity, "specificity")
          .summary("Of what is not a class, the share that was not predicted to be.")
          .argument(kAverage)
          .note(kAverageNote)
          .example("specificity(logits, y)"),
      metric(Id::Dice, "dice")
          .summary("Twice the intersection over the sum of predicted and actual, which is `f1` of each pixel.")
          .argument(kAverage)
          .note(kAverageNote)
          .example("dice(logits, y)"),
      metric(Id::AveragePrecision, "average_precision")
          .summary("Precision averaged over the recalls at which it is gained; several classes each against the rest, "
                   "averaged.")
          .example("average_precision(logits, y)"),
      metric(Id::Ece, "ece")
          .summary("Expected calibration error: by how much confidence and accuracy differ, in bins of equal width.")
          .argument("bins: int in 1.. = 15")
          .example("ece(logits, y, bins=10)"),
      metric(Id::Bleu, "bleu")
          .summary("BLEU of sequences of tokens, over the whole split, from 0 to 1.")
          .argument("n: int in 1.. = 4")
          .argument("pad: int? = null")
          .note("Scores of tokens stand for the best ones. Tokens that are `pad`, and negative ones, are left out; the "
                "lengths of prediction and target may differ. Counts of n-grams up to `n` are not smoothed.")
          .example("bleu(logits.argmax(-1)[:, null], y[:, null], n=1)"),
      metric(Id::Mse, "mse").summary("Mean squared error.").example("mse(out, t)"),
      metric(Id::Mape, "mape")
          .summary("Mean absolute error as a share of the target; targets that are 0 are left out.")
          .example("mape(out, t)"),
      metric(Id::Pearson, "pearson")
          .summary("Correlation, for each output and averaged over those that vary.")
          .example("pearson(out, t)"),
      metric(Id::Spearman, "spearman")
          .summary("Correlation of ranks, for each output and averaged over those that vary.")
          .example("spearman(out, t)"),
  };
}

}  // namespace modelc::catalogue
