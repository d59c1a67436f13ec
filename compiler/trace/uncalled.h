// A component that nothing calls is elaborated with its symbols open (LANGUAGE §6): as if it were called with inputs of
// the types that it declares. Only a size in it that needs a call is a fault.
#pragma once

#include "trace/tracer.h"

namespace modelc::trace {

/// Makes the parts of the component and declares their tensors, where no size in it follows from a call; it stays one
/// that is not called. Nothing is reported.
void elaborate_uncalled(Tracer& tracer, InstanceId id);

}  // namespace modelc::trace
