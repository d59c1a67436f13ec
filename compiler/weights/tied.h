// Two names of one tied parameter that both stand in a weight file: they must hold the same values, or one of them
// would be lost without a word.
#pragma once

#include "formats/safetensors.h"

namespace modelc::weights {

/// True where the two tensors hold the same values, bit for bit; also where the file cannot be read any more, which
/// whoever loads the tensors reports.
bool same_values(const formats::WeightFile& file, const formats::TensorEntry& a, const formats::TensorEntry& b);

}  // namespace modelc::weights
