// Nodes of the graph: an operator with its operands, and the value that its results make.
#pragma once

#include "instantiate/arguments.h"
#include "trace/tracer.h"

namespace modelc::trace {

using instantiate::Bound;

/// A value as an operand: the id of a tensor, a constant, a list of such.
ir::Operand operand(const Value& value);
/// A new node; `result` is what the operator's rule says of it. A tuple is several results.
Value add_node(Tracer& tracer, const ops::Op& op, ir::ModuleId module, const Bound& bound, const Type& result,
               Span span);

}  // namespace modelc::trace
