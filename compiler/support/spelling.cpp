#include "support/spelling.h"

#include <algorithm>
#include <cctype>

namespace modelc::support {
namespace {

/// Words of Keras, Lightning and others, and ours.
constexpr std::pair<std::string_view, std::string_view> kElsewhere[] = {
    {"accumulate_grad_batches", "accumulate"},
    {"batch_size", "batch"},
    {"binary_crossentropy", "binary_cross_entropy"},
    {"categorical_crossentropy", "cross_entropy"},
    {"concatenate", "cat"},
    {"ConstantLR", "constant"},
    {"CosineAnnealingLR", "cosine"},
    {"criterion", "loss"},
    {"Dense", "Linear"},
    {"early_stopping", "stop"},
    {"ExponentialLR", "exponential"},
    {"filters", "out_channels"},
    {"gradient_accumulation_steps", "accumulate"},
    {"gradient_clipping", "clip"},
    {"gpu", "cuda"},
    {"grad_clip", "clip"},
    {"learning_rate", "lr"},
    {"LinearLR", "linear"},
    {"lr_scheduler", "schedule"},
    {"max_epochs", "epochs"},
    {"max_steps", "steps"},
    {"mean_absolute_error", "l1_loss"},
    {"mean_squared_error", "mse_loss"},
    {"num_epochs", "epochs"},
    {"OneCycleLR", "onecycle"},
    {"PolynomialLR", "polynomial"},
    {"ReduceLROnPlateau", "plateau"},
    {"sparse_categorical_crossentropy", "cross_entropy"},
    {"StepLR", "step"},
    {"strides", "stride"},
    {"units", "out_features"},
    {"val", "valid"},
    {"validation", "valid"},
    {"validation_split", "split"},
};

}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); };
  std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = lower(a[i - 1]) == lower(b[j - 1]) ? 0 : 1;
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + change});
      if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) && lower(a[i - 2]) == lower(b[j - 1])) {
        row[j] = std::min(row[j], before[j - 2] + 1);
      }
    }
    before.swap(last);
    last.swap(row);
  }
  return last[b.size()];
}

std::optional<std::string> nearest(std::string_view word, const std::vector<std::string>& known) {
  for (const auto& [theirs, ours] : kElsewhere)
    if (word == theirs && std::find(known.begin(), known.end(), ours) != known.end()) return std::string(ours);
  const std::size_t limit = std::max<std::size_t>(1, word.size() / 3);
  std::optional<std::string> best;
  std::size_t best_distance = limit + 1;
  for (const std::string& candidate : known) {
    if (candidate.size() > word.size() + limit || word.size() > candidate.size() + limit) continue;
    const std::size_t distance = edit_distance(word, candidate);
    // Where nothing of the word would stay it was no slip of the fingers.
    if (distance < best_distance && (distance == 0 || distance < word.size())) {
      best_distance = distance;
      best = candidate;
    }
  }
  return best;
}

}  // namespace modelc::support
