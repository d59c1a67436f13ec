// Dropout that acts nowhere: between the layers of a recurrent module that has one.
#pragma once

#include "diagnostics/sink.h"
#include "ir/program.h"

namespace modelc::passes {

/// Warns (M4074) at the module. True: the program may be used all the same.
bool idle_dropout(const ir::Program& program, diagnostics::Sink& sink);

}  // namespace modelc::passes
