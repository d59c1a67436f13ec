// Whether tensors are computed in mixed precision, as torch.autocast does it on the processor. The names of it differ
// between LibTorch 1.13 and 2.4; they stand here alone.
#pragma once

namespace modelc::exec {

/// On this thread. Floating results have then whichever of the two precisions their operator computes in.
bool autocast_enabled();
/// In bfloat16; copies of weights that were made are dropped when the outermost is left.
void begin_autocast();
void end_autocast();

}  // namespace modelc::exec
