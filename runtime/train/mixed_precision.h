// Steps in mixed precision, as torch.autocast computes them.
#pragma once

#include "ir/recipe.h"

namespace modelc::train {

/// Autocast on the processor for as long as it lives; nothing in full precision.
class MixedPrecision {
 public:
  explicit MixedPrecision(ir::Precision precision);
  ~MixedPrecision();
  MixedPrecision(const MixedPrecision&) = delete;
  MixedPrecision& operator=(const MixedPrecision&) = delete;

 private:
  bool on_;
};

/// Whether this processor computes in bfloat16; where it does not, single precision is faster.
bool computes_in_bfloat16();

}  // namespace modelc::train
