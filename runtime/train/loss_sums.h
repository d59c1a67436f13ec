// The loss of many batches from what each of them gave: sums, and averages by what was counted (passes/loss_shares.h).
#pragma once

#include <ATen/core/Tensor.h>

#include <string_view>
#include <vector>

#include "passes/loss_shares.h"

namespace modelc::train {

/// What a share of the loss came to in one batch.
struct ShareValue {
  at::Tensor value;          // with its gradient
  double counted = 0;        // by it, where it is an average; 0: nothing counts
  std::string_view measure;  // shares of the same words count in proportion
  std::size_t term = 0;
  double factor = 1;
  bool sums = false;

  bool counts() const { return sums || counted > 0; }
};

class LossSums {
 public:
  void add(const std::vector<ShareValue>& shares);
  /// NaN where nothing was counted.
  double loss() const;
  /// One number for each term; with the loss alone there is one.
  std::vector<double> terms() const;
  bool empty() const { return terms_.empty(); }

  std::vector<double> state() const;
  void restore(const double* begin, const double* end);

 private:
  struct Sum {
    double factor = 1, value = 0, counted = 0, sums = 0;
    double whole() const;
  };
  std::vector<std::vector<Sum>> terms_;  // the shares of each
};

}  // namespace modelc::train
