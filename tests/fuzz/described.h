// Diagnostics under a fuzzer: each stands in its file, and all of them can be shown.
#pragma once

#include "diagnostics/sink.h"

namespace modelc::fuzz {

void check_reports(const diagnostics::Sink& sink, const support::SourceManager& sources);

}  // namespace modelc::fuzz
