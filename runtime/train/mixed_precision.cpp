#include "train/mixed_precision.h"

#include <ATen/autocast_mode.h>

namespace modelc::train {

MixedPrecision::MixedPrecision(ir::Precision precision) : on_(precision == ir::Precision::Bfloat16) {
  if (!on_) return;
  at::autocast::set_cpu_enabled(true);
  at::autocast::set_autocast_cpu_dtype(at::kBFloat16);
  at::autocast::increment_nesting();
}

MixedPrecision::~MixedPrecision() {
  if (!on_) return;
  if (at::autocast::decrement_nesting() == 0) at::autocast::clear_cache();
  at::autocast::set_cpu_enabled(false);
}

bool computes_in_bfloat16() {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx512bf16") != 0;
#else
  return true;
#endif
}

}  // namespace modelc::train
