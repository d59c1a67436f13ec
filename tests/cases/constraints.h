// The tables of tests/constraints: for each constraint of an operator a description that breaks it. A row is the id in
// the first column, and below it, indented, the description.
#pragma once

#include <optional>
#include <string>

namespace modelc::cases {

/// The description in tests/constraints under `id`.
std::optional<std::string> breaking(const std::string& id);

/// Whether an operator, or all of them, declare a constraint of this id.
bool is_declared(const std::string& id);

}  // namespace modelc::cases
