// Trainable parameters that the loss does not reach in training: M4060, or M4061 where it reaches none at all.
#pragma once

#include "diagnostics/sink.h"
#include "ir/program.h"

namespace modelc::passes {

/// False where it is an error.
bool unreached_parameters(const ir::Program& program, diagnostics::Sink& sink);

}  // namespace modelc::passes
