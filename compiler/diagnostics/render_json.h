// Diagnostics as JSON for programs: the array that `--format json` prints. Lines and columns from 1, columns in
// characters.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "diagnostics/diagnostic.h"
#include "support/json.h"

namespace modelc::diagnostics {

/// Their array, for what holds more than that.
support::Json to_json(const std::vector<Diagnostic>& diagnostics, const support::SourceManager& sources);

/// An array of `{code, severity, message, file, line, column, endLine, endColumn, notes, help}`; `[]` for nothing. What
/// has no place has file "" and line 0. The result is valid UTF-8 whatever the messages hold.
std::string render_json(const std::vector<Diagnostic>& diagnostics, const support::SourceManager& sources);

}  // namespace modelc::diagnostics
