// Attention: MultiheadAttention and scaled_dot_product_attention, of the family `linear`.
#pragma once

#include "kernels/lowering.h"

namespace modelc::kernels {

void lower_attention(Lowerings& lowerings);

}  // namespace modelc::kernels
