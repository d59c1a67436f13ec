// A component's own modules and tensors are made at its first call, when its symbols are bound.
#pragma once

#include "trace/tracer.h"

namespace modelc::trace {

void build_component(Tracer& tracer, InstanceId id, Frame& frame);

}  // namespace modelc::trace
