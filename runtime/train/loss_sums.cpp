#include "train/loss_sums.h"

#include <ATen/Functions.h>

#include <limits>

namespace modelc::train {

double LossSums::Sum::whole() const {
  if (sums != 0) return factor * value;
  return counted > 0 ? factor * value / counted : std::numeric_limits<double>::quiet_NaN();
}

void LossSums::add(const std::vector<ShareValue>& shares) {
  std::size_t place = 0;
  for (std::size_t i = 0; i < shares.size(); ++i) {
    const ShareValue& share = shares[i];
    place = i > 0 && shares[i - 1].term == share.term ? place + 1 : 0;
    if (terms_.size() <= share.term) terms_.resize(share.term + 1);
    std::vector<Sum>& term = terms_[share.term];
    if (term.size() <= place) term.resize(place + 1);
    Sum& sum = term[place];
    sum.factor = share.factor;
    sum.sums = share.sums ? 1 : 0;
    if (!share.counts()) continue;
    sum.value += share.value.item<double>() * (share.sums ? 1 : share.counted);
    sum.counted += share.counted;
  }
}

double LossSums::loss() const {
  double loss = 0;
  for (const std::vector<Sum>& term : terms_)
    for (const Sum& sum : term) loss += sum.whole();
  return loss;
}

std::vector<double> LossSums::terms() const {
  std::vector<double> out;
  for (const std::vector<Sum>& term : terms_) {
    double& whole = out.emplace_back(term.empty() ? std::numeric_limits<double>::quiet_NaN() : 0);
    for (const Sum& sum : term) whole += sum.whole();
  }
  return out;
}

std::vector<double> LossSums::state() const {
  std::vector<double> out;
  for (std::size_t term = 0; term < terms_.size(); ++term)
    for (const Sum& sum : terms_[term])
      out.insert(out.end(), {static_cast<double>(term), sum.factor, sum.value, sum.counted, sum.sums});
  return out;
}

void LossSums::restore(const double* begin, const double* end) {
  terms_.clear();
  for (; end - begin >= 5; begin += 5) {
    const auto term = static_cast<std::size_t>(begin[0]);
    if (terms_.size() <= term) terms_.resize(term + 1);
    terms_[term].push_back({begin[1], begin[2], begin[3], begin[4]});
  }
}

}  // namespace modelc::train
