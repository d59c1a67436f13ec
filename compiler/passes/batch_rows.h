// Rows of a batch stand for themselves: a recurrent layer that takes the batch for time, a join or flatten over it.
#pragma once

#include "diagnostics/sink.h"
#include "ir/program.h"

namespace modelc::passes {

/// Warns (M4072, M4073). True: the program may be used all the same.
bool batch_rows(const ir::Program& program, diagnostics::Sink& sink);

}  // namespace modelc::passes
