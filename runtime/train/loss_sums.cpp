#include "train/loss_sums.h"

#include <ATen/Functions.h>

#include <limits>

namespace modelc::train {

double LossSums::Sum::whole() const {
  if (sums != 0) return factor * value;
  return counted > 0 ? factor * value / counted : std::numeric_limits<double>::quiet_NaN();
}

void LossSums::add(const std::vector<ShareValue>& shares) {
  if (shares_.size() < shares.size()) shares_.resize(shares.size());
  for (std::size_t i = 0; i < shares.size(); ++i) {
    const ShareValue& share = shares[i];
    Sum& sum = shares_[i];
    sum.term = static_cast<double>(share.term);
    sum.factor = share.factor;
    sum.sums = share.sums ? 1 : 0;
    if (!share.counts()) continue;
    sum.value += share.value.item<double>() * (share.sums ? 1 : share.counted);
    sum.counted += share.counted;
  }
}

double LossSums::loss() const {
  double loss = 0;
  for (const Sum& sum : shares_) loss += sum.whole();
  return loss;
}

std::vector<double> LossSums::terms() const {
  std::vector<double> terms;
  for (const Sum& sum : shares_) {
    const auto at = static_cast<std::size_t>(sum.term);
    if (terms.size() <= at) terms.resize(at + 1, 0);
    terms[at] += sum.whole();
  }
  return terms;
}

std::vector<double> LossSums::state() const {
  std::vector<double> out;
  for (const Sum& sum : shares_) out.insert(out.end(), {sum.term, sum.factor, sum.value, sum.counted, sum.sums});
  return out;
}

void LossSums::restore(const double* begin, const double* end) {
  shares_.clear();
  for (; end - begin >= 5; begin += 5) shares_.push_back({begin[0], begin[1], begin[2], begin[3], begin[4]});
}

}  // namespace modelc::train
