// Parameters of a module before its first call: where all their sizes are stated, they are there (LANGUAGE §6).
#pragma once

#include "trace/op_call.h"

namespace modelc::trace {

/// Declares the tensors of an operator that was not called yet, if every size of them is a number already. What is not
/// is left to the first call; nothing is reported.
void declare_stated(Tracer& tracer, InstanceId id);

/// What is settled once the tensors of an operator are declared: its arguments, and what stands in the place of
/// reparametrised ones. False where that is faulty.
bool settle_tensors(Tracer& tracer, InstanceId id);

}  // namespace modelc::trace
