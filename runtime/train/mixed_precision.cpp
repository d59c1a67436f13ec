#include "train/mixed_precision.h"

#include "exec/autocast.h"

namespace modelc::train {

MixedPrecision::MixedPrecision(ir::Precision precision) : on_(precision == ir::Precision::Bfloat16) {
  if (on_) exec::begin_autocast();
}

MixedPrecision::~MixedPrecision() {
  if (on_) exec::end_autocast();
}

bool computes_in_bfloat16() {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx512bf16") != 0;
#else
  return true;
#endif
}

}  // namespace modelc::train
