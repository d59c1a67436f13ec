#include "ops/constraint.h"

namespace modelc::ops {

const std::vector<Constraint>& common_constraints() {
  using namespace common;
  static const std::vector<Constraint> all = {kRank,     kAxis,      kAxisOnce,       kFloating,
                                              kReal,     kSameDtype, kParameterDtype, kSameShape,
                                              kPositive, kOverflow,  kWindow,         kPositionSign};
  return all;
}

}  // namespace modelc::ops
