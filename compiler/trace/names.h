// What a name means where it is read, and where it is called: loop variables, bindings, tensors and modules of the
// level, params and `define`s, symbols, the levels around, definitions, torch's functions (LANGUAGE §3).
#pragma once

#include "resolve/scope_order.h"
#include "trace/tracer.h"

namespace modelc::trace {

Value lookup(Tracer& tracer, const std::string& name, Span span, const Scope& scope);

/// What a called name means; whatever cannot be called is skipped.
struct Callable {
  enum Kind { Nothing, Poisoned, Module, DefineFunction, Function } kind = Nothing;
  Value value;  // Module: an instance or a definition
  const Level::Define* define = nullptr;
  LevelPtr level;
  const ops::Op* op = nullptr;  // Function: torch's of this name, if there is one
};
Callable lookup_callable(Tracer& tracer, const std::string& name, Span span, const Scope& scope);

/// What a name means that cannot be called, for the message.
std::optional<Value> plain_value(Tracer& tracer, const std::string& name, const Scope& scope);
/// Something stands under the name, whatever it is.
bool is_known(Tracer& tracer, const std::string& name, const Scope& scope);

/// How the scopes are walked from here.
resolve::View view_of(const Scope& scope);
LevelPtr around(const LevelPtr& level);
}  // namespace modelc::trace
