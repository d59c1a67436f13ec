// Losses of margins and likelihoods, a part of the family `loss`.
#pragma once

#include "kernels/lowering.h"

namespace modelc::kernels {

void lower_margin_losses(Lowerings& lowerings);

}  // namespace modelc::kernels
