// What std, var and their pairs with the mean subtract from the count.
#pragma once

#include "kernels/bind.h"

namespace modelc::kernels {

/// `correction` where one is given, else by `unbiased`.
inline c10::optional<std::int64_t> correction_of(const NodeView& n) {
  if (n.has("correction")) return n.integer("correction");
  return n.has("unbiased") && !n.flag("unbiased") ? 0 : 1;
}

}  // namespace modelc::kernels
