// `ys, state: scan(step, xs, state, dim=1, memory=m)`: a step that is traced once and runs for each position of a
// dimension (LANGUAGE §7, "Time").
#pragma once

#include "trace/tracer.h"

namespace modelc::trace {

Value scan(Tracer& tracer, Arguments args, Span span, const Scope& scope);

}  // namespace modelc::trace
