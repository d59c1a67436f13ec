// Python's indexing (`_index`) and einops' rearrange (`_rearrange`), of the family `shape`.
#pragma once

#include "kernels/lowering.h"

namespace modelc::kernels {

void lower_scattering(Lowerings& lowerings);
void lower_indexing(Lowerings& lowerings);
void lower_rearrange(Lowerings& lowerings);

}  // namespace modelc::kernels
