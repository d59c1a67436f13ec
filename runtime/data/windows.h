// Windows of a source's rows as the rows of a dataset: which steps each has, and which of them lie over each other.
#pragma once

#include <cstdint>
#include <vector>

#include "ir/recipe.h"

namespace modelc::data {

/// How many there are of so many steps.
std::int64_t window_count(const ir::Windows& windows, std::int64_t steps);
/// The steps of some windows, one behind the other; rows themselves where there are no windows.
std::vector<std::int64_t> steps_of(const ir::Windows& windows, const std::vector<std::int64_t>& rows);
/// Each step of some windows once, in order.
std::vector<std::int64_t> covered_steps(const ir::Windows& windows, const std::vector<std::int64_t>& rows);
/// The step that each of so many windows begins at.
std::vector<std::int64_t> first_steps(const ir::Windows& windows, std::int64_t rows);
inline bool overlap(const ir::Windows& windows) { return windows.n > windows.stride; }
/// Windows that train and have steps of one that validates: `validates` says which do, the result which must train
/// nothing.
std::vector<char> reaching_over(const ir::Windows& windows, const std::vector<char>& validates);

}  // namespace modelc::data
