// `tap(path)`: the value that a place of the tree produced in this evaluation (LANGUAGE §8).
#pragma once

#include "trace/tracer.h"

namespace modelc::trace {

/// The path is read from the level it stands in, not evaluated as a value.
Value tap(Tracer& tracer, const ast::Expr& call, const Scope& scope);

}  // namespace modelc::trace
