// Parts of the families `pooling` and `shape` that sample and gather blocks.
#pragma once

#include "kernels/lowering.h"

namespace modelc::kernels {

void lower_unpooling(Lowerings& lowerings);
void lower_folding(Lowerings& lowerings);

}  // namespace modelc::kernels
