// A model in several weight files, and the index that says which tensor stands where: `model.safetensors.index.json`,
// `pytorch_model.bin.index.json`.
#pragma once

#include "formats/weight_file.h"

namespace modelc::formats {

/// The tensors of all files of an index, as one. The files stand beside the index; each must hold exactly the tensors
/// that the index says.
Result<WeightFile> read_shard_index(const OpenFile& index);

}  // namespace modelc::formats
