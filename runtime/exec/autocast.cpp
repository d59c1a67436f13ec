#include "exec/autocast.h"

#include <ATen/autocast_mode.h>
#include <torch/version.h>

namespace modelc::exec {

#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 4)

bool autocast_enabled() { return at::autocast::is_autocast_enabled(at::kCPU); }

namespace {
void enable(bool on) { at::autocast::set_autocast_enabled(at::kCPU, on); }
void compute_in_bfloat16() { at::autocast::set_autocast_dtype(at::kCPU, at::kBFloat16); }
}  // namespace

#else

bool autocast_enabled() { return at::autocast::is_cpu_enabled(); }

namespace {
void enable(bool on) { at::autocast::set_cpu_enabled(on); }
void compute_in_bfloat16() { at::autocast::set_autocast_cpu_dtype(at::kBFloat16); }
}  // namespace

#endif

void begin_autocast() {
  enable(true);
  compute_in_bfloat16();
  at::autocast::increment_nesting();
}

void end_autocast() {
  if (at::autocast::decrement_nesting() == 0) at::autocast::clear_cache();
  enable(false);
}

}  // namespace modelc::exec
