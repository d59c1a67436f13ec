// `defined(x)`, `defined(block.gate)`: whether there is such a value, module or tensor, and it is not null (LANGUAGE
// §5).
#pragma once

#include "trace/tracer.h"

namespace modelc::trace {

/// What `defined` says of a name or member; nullopt for any other expression, whose value decides.
std::optional<Value> is_defined(Tracer& tracer, const ast::ExprPtr& expr, const Scope& scope);

}  // namespace modelc::trace
