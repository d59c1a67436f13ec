// Metrics of sequences of tokens.
#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "train/meters.h"

namespace modelc::train {
namespace {

using Sequence = std::vector<std::int64_t>;
using Grams = std::map<Sequence, double>;

Grams grams_of(const Sequence& sequence, std::size_t length) {
  Grams out;
  for (std::size_t i = 0; i + length <= sequence.size(); ++i)
    ++out[Sequence(sequence.begin() + static_cast<std::ptrdiff_t>(i),
                   sequence.begin() + static_cast<std::ptrdiff_t>(i + length))];
  return out;
}

// BLEU of a corpus with one reference for each row (Papineni et al., 2002): clipped counts of n-grams and lengths are
// summed over all rows, without smoothing.
class BleuMeter : public Meter {
 public:
  explicit BleuMeter(const ir::Metric& metric)
      : axis_(class_axis(metric)),
        pad_(argument(metric, "pad")),
        counts_(static_cast<std::size_t>(argument(metric, "n").as_int())) {}

  void add(const std::vector<at::Tensor>& operands, std::int64_t) override {
    const at::Tensor said = axis_ >= 0 ? operands.at(0).argmax(axis_) : operands.at(0);
    const std::vector<Sequence> guesses = rows_of(said), targets = rows_of(operands.at(1));
    for (std::size_t row = 0; row < guesses.size() && row < targets.size(); ++row) {
      said_ += static_cast<double>(guesses[row].size());
      meant_ += static_cast<double>(targets[row].size());
      for (std::size_t n = 0; n < counts_.size(); ++n) count(counts_[n], guesses[row], targets[row], n + 1);
    }
  }

  double value() const override {
    if (said_ == 0 && meant_ == 0) return kNoFigure;
    double logarithms = 0;
    for (const Count& count : counts_) {
      if (count.right == 0) return 0;
      logarithms += std::log(count.right / count.all);
    }
    const double brevity = said_ < meant_ ? std::exp(1 - meant_ / said_) : 1;
    return brevity * std::exp(logarithms / static_cast<double>(counts_.size()));
  }

 private:
  struct Count {
    double right = 0, all = 0;
  };

  static void count(Count& count, const Sequence& guess, const Sequence& target, std::size_t length) {
    const Grams meant = grams_of(target, length);
    for (const auto& [gram, times] : grams_of(guess, length)) {
      const auto found = meant.find(gram);
      count.right += found == meant.end() ? 0 : std::min(times, found->second);
      count.all += times;
    }
  }

  /// Without what is padded, and what is ignored (negative).
  std::vector<Sequence> rows_of(const at::Tensor& tokens) const {
    const at::Tensor values = tokens.to(at::kLong).contiguous();
    const auto* value = values.data_ptr<std::int64_t>();
    std::vector<Sequence> out(static_cast<std::size_t>(values.size(0)));
    const std::int64_t length = values.dim() > 1 ? values.size(1) : 1;
    for (Sequence& row : out)
      for (std::int64_t i = 0; i < length; ++i, ++value)
        if (*value >= 0 && !(pad_.is_int() && *value == pad_.as_int())) row.push_back(*value);
    return out;
  }

  std::int64_t axis_;
  types::Constant pad_;
  std::vector<Count> counts_;
  double said_ = 0, meant_ = 0;
};

}  // namespace

std::unique_ptr<Meter> make_text_meter(const ir::Metric& metric) { return std::make_unique<BleuMeter>(metric); }

}  // namespace modelc::train
