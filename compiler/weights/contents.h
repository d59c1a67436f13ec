// What a weight file holds, as text and as JSON.
#pragma once

#include <string>

#include "formats/weight_file.h"

namespace modelc::weights {

/// A line for each tensor, the metadata (long values cut), the totals.
std::string contents_text(const formats::WeightFile& file);
/// `{"file", "format", "tensors": [{"name", "dtype", "shape", "bytes"}], "metadata": {…}, "totals": {…}}`.
std::string contents_json(const formats::WeightFile& file);

}  // namespace modelc::weights
