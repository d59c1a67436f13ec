// A component's own modules and tensors are made at its first call, when its symbols are bound.
#pragma once

#include "trace/tracer.h"

namespace modelc::trace {

void build_component(Tracer& tracer, InstanceId id, Frame& frame);
/// The part of it that makes tensors and modules, once symbols are bound.
void make_parts(Tracer& tracer, InstanceId id, Frame& frame);

}  // namespace modelc::trace
