// A static list of numbers serves where a tensor is due (LANGUAGE §3): `weight=[2.0, 1.0]`.
#pragma once

#include "trace/tracer.h"

namespace modelc::trace {

/// Lists among the arguments of a call become the tensors that they stand for, where a parameter takes nothing else.
void lists_as_tensors(Tracer& tracer, const ops::Op& op, Arguments& args);

}  // namespace modelc::trace
