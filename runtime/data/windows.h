// Windows of a source's rows as the rows of a dataset: which steps each has, and which of them lie over each other.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "data/rows.h"
#include "ir/recipe.h"

namespace modelc::data {

/// How many there are of so many steps.
std::int64_t window_count(const ir::Windows& windows, std::int64_t steps);
/// The steps of some windows, one behind the other; rows themselves where there are no windows.
std::vector<std::int64_t> steps_of(const ir::Windows& windows, const std::vector<std::int64_t>& rows);
/// `visit(first, last)` for the stretches of steps that some windows cover, in order and none over another; the rows
/// are in ascending order.
void for_stretches(const ir::Windows& windows, const Rows& rows,
                   const std::function<void(std::int64_t first, std::int64_t last)>& visit);
/// Each of these steps.
Rows covered_steps(const ir::Windows& windows, const Rows& rows);
/// The step that each of so many windows begins at.
std::vector<std::int64_t> first_steps(const ir::Windows& windows, std::int64_t rows);
inline bool overlap(const ir::Windows& windows) { return windows.n > windows.stride; }
/// Windows that train and have steps of one that validates: `validates` says which do, the result which must train
/// nothing.
std::vector<char> reaching_over(const ir::Windows& windows, const std::vector<char>& validates);

}  // namespace modelc::data
