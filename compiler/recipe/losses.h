// Loss and metrics: what the recipe makes of outputs, targets and bindings (LANGUAGE §11).
#pragma once

#include "trace/tracer.h"

namespace modelc::recipe {

void trace_losses(trace::Tracer& tracer, trace::Frame& frame, const trace::Scope& scope, ir::Graph& graph);

}  // namespace modelc::recipe
