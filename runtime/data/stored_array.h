// Arrays larger than memory, whose rows are read where they lie in their file.
#pragma once

#include "data/dataset.h"
#include "formats/arrays.h"

namespace modelc::data {

/// The rows of an array, its first dimension.
std::shared_ptr<const StoredRows> rows_in_file(formats::PlacedArray array);

}  // namespace modelc::data
