// What a diagnostic means, from its row: the text of `modelc explain CODE`.
#pragma once

#include <string>
#include <string_view>

#include "diagnostics/diagnostic.h"

namespace modelc::diagnostics {

/// The row with this code (`M1021`, in either case) or name; nullptr where there is none.
const Row* find_row(std::string_view code);

/// Code, name, text and explanation; for a number that was given up what took its place; for an unknown code a sentence
/// that says so, with the nearest ones.
std::string explain(std::string_view code);

}  // namespace modelc::diagnostics
