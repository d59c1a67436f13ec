// What std, var and their pairs with the mean share.
#pragma once

#include "ops/rules.h"

namespace modelc::ops {

/// PyTorch's older word for it, `unbiased`, is not given beside `correction`.
inline bool require_one_correction(InferContext& cx, const Constraint& constraint) {
  if (cx.is_null("correction") || cx.flag("unbiased")) return true;
  cx.fault(constraint, cx.op() + " is given `correction` and `unbiased=false`, expected one of them", {}, "correction");
  return false;
}

}  // namespace modelc::ops
