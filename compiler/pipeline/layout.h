// The canonical layout of a description: two spaces a level, list items one level below their key, one space behind a
// colon, at most one blank line, Python's `True`, `False`, `None` as the language writes them. Comments stay where they
// are. What the text says does not change, which is made sure of.
#pragma once

#include <optional>
#include <string>

#include "diagnostics/sink.h"

namespace modelc::pipeline {

/// nullopt after reporting where the file is no sound YAML.
std::optional<std::string> laid_out(const support::SourceManager& sources, support::FileId file,
                                    diagnostics::Sink& sink);

}  // namespace modelc::pipeline
