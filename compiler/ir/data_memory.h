// What a checkpoint remembers of the data it was trained on, as the JSON of its metadata.
#pragma once

#include "ir/recipe.h"

namespace modelc::ir {

/// Under which a checkpoint keeps it.
inline constexpr const char* kDataMemoryKey = "modelc.data";

/// Empty where there is nothing to remember.
std::string to_json(const DataMemory& memory);
/// nullopt where the text is none of the above.
std::optional<DataMemory> data_memory_from_json(const std::string& text);

}  // namespace modelc::ir
