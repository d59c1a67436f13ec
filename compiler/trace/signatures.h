// Symbols of a module param's signature: `O` of `inner: (float[..., I]) -> float[..., O]` is known once the module that
// was injected has been called. What stands under `modules` may use it before, so the module is tried on its declared
// inputs, in a tree and a graph that are thrown away.
#pragma once

#include "trace/tracer.h"

namespace modelc::trace {

void bind_signature_symbols(Tracer& tracer, InstanceId id, Frame& frame);

}  // namespace modelc::trace
