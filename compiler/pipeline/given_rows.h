// The text of `predict --data SOURCE`.
#pragma once

#include "elaborate/elaborate.h"

namespace modelc::pipeline {

/// What it means: a file or folder that is there, else a call, else a file. nullopt after reporting.
std::optional<recipe::GivenRows> given_rows(support::SourceManager& sources, const std::string& text,
                                            diagnostics::Sink& sink);

}  // namespace modelc::pipeline
