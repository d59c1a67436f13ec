// Diagnostics as text for people: place, severity, code, message, the line with a caret under the span, notes, help.
#pragma once

#include <string>
#include <vector>

#include "diagnostics/diagnostic.h"

namespace modelc::diagnostics {

/// The form is a contract (`modelc --help`, docs): tabs are expanded, lines are windowed to about 160 columns, bytes
/// that a terminal cannot show are replaced. A note on the very span of the diagnostic becomes the label of its caret
/// line.
std::string render_text(const std::vector<Diagnostic>& diagnostics, const support::SourceManager& sources,
                        bool colour = false);

}  // namespace modelc::diagnostics
