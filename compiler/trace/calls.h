// Calls as they are written: what the callee means decides whether a module, a function or a definition is called.
#pragma once

#include "trace/tracer.h"

namespace modelc::trace {

Value call(Tracer& tracer, const ast::Expr& call, const Scope& scope);
Value call_value(Tracer& tracer, const Value& callee, Arguments args, Span span, const Scope& scope);
/// `a -> f(y)`: a call in `forward`, a Sequential where definitions are piped.
Value pipe(Tracer& tracer, const ast::Expr& pipe, const Scope& scope);
/// In the long form of a module the declared type of an argument decides whether its scalar is text or an expression.
Value long_form_value(Tracer& tracer, const ast::Expr& call, const ast::Argument& argument, const Scope& scope);

}  // namespace modelc::trace
