// Inputs and params of the outermost file that nothing reads.
#pragma once

#include "compose/compose.h"
#include "diagnostics/sink.h"
#include "ir/program.h"

namespace modelc::pipeline {

/// Warns (M4075, M4076) at their declarations.
void check_unused(const compose::Composition& composition, const ir::Program& program, diagnostics::Sink& sink);

}  // namespace modelc::pipeline
