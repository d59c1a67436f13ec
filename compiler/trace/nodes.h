// Nodes of the graph: an operator with its operands, and the value that its results make.
#pragma once

#include "instantiate/arguments.h"
#include "trace/tracer.h"

namespace modelc::trace {

using instantiate::Bound;

/// A value as an operand: the id of a tensor, a constant, a list of such.
ir::Operand operand(const Value& value);
/// A new node; `result` is what the operator's rule says of it. A tuple is several results. A call of a module is one
/// of the function that it becomes, over its tensors as they are at this point of the graph.
Value add_module_call(Tracer& tracer, InstanceId id, const Bound& bound, const Type& result, Span span);
Value add_function_call(Tracer& tracer, const ops::Op& op, const Bound& bound, const Type& result, Span span);

}  // namespace modelc::trace
