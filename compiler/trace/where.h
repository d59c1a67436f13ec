// The `where` of a level: of the outermost file it is assumed, of a component required of the call.
#pragma once

#include "trace/tracer.h"

namespace modelc::trace {

/// False after reporting.
bool check_where(Tracer& tracer, const ast::Component& component, const Scope& scope, Span call, bool assume);

}  // namespace modelc::trace
