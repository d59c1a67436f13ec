// Two files of tensors held against each other: names, types, and values within a tolerance.
#pragma once

#include <optional>
#include <string>

#include "formats/weight_file.h"

namespace modelc::weights {

/// What differs first between what was found and what is expected; nullopt where nothing does. Two values are near
/// where they differ by at most `tolerance`, or by that share of the expected one.
std::optional<std::string> difference(const formats::WeightFile& found, const formats::WeightFile& expected,
                                      double tolerance);

}  // namespace modelc::weights
