// `modelc check --fix`: edits of diagnostics written back to the files they belong to.
#pragma once

#include "diagnostics/sink.h"

namespace modelc::cli {

struct Fixed {
  std::size_t edits = 0;
  std::vector<std::string> files;
  std::string fault;  // why a file could not be written
};

/// Applies what does not overlap. A file is replaced as a whole or not at all, and only where it still holds the text
/// that was compiled.
Fixed apply_fixes(const std::vector<diagnostics::Diagnostic>& found, const support::SourceManager& sources);

/// Puts `text` in the place of a file that still holds `before`; what went wrong, or empty. A link stays a link.
std::string rewrite_file(const std::string& path, const std::string& before, const std::string& text);

}  // namespace modelc::cli
