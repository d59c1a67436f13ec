// What a diagnostic means, from its row and its example: what `modelc explain CODE` prints.
#pragma once

#include <string>
#include <string_view>

#include "diagnostics/diagnostic.h"

namespace modelc::diagnostics {

/// The row with this code (`M1021`) or name, in either case; nullptr where there is none.
const Row* find_row(std::string_view code);
const RetiredRow* find_retired(std::string_view code);

/// Code, name, text, explanation and example; for a number that was given up what took its place; for an unknown code a
/// sentence that says so, with the nearest ones.
std::string explain(std::string_view code);

/// {code, severity, name, message, explanation, remark, files: [{name, wrong, mended}], commands: {wrong, mended},
/// shown}.
std::string explain_json(const Row& row);
/// {code, severity: null, name, message: null, explanation}.
std::string explain_json(const RetiredRow& row);

}  // namespace modelc::diagnostics
