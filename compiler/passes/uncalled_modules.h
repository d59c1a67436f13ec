// Modules that nothing calls: M4026, or M4027 where a size was to follow from the call.
#pragma once

#include "diagnostics/sink.h"
#include "ir/program.h"

namespace modelc::passes {

/// False where it is an error.
bool uncalled_modules(const ir::Program& program, diagnostics::Sink& sink);

}  // namespace modelc::passes
