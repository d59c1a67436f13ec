// What a call brings, bound to the inputs of a component: names to values, symbols to sizes.
#pragma once

#include "trace/tracer.h"

namespace modelc::trace {

/// False after reporting (or where an argument is poison); `who` is called, at `call`.
bool bind_inputs(Tracer& tracer, const ast::Component& component, const LevelPtr& level, Arguments& args, Frame& frame,
                 Span call, const std::string& who);

}  // namespace modelc::trace
