// A scalar whose declared type decides what it is, where an expression is due.
#pragma once

#include "ast/expr.h"
#include "diagnostics/sink.h"

namespace modelc::ast {

/// The expression of a Raw, its quotes notwithstanding; anything else is what it is. Reports the fault of a text that
/// is no expression, and gives a Hole.
ExprPtr expression_in(const ExprPtr& raw, diagnostics::Sink& sink);

}  // namespace modelc::ast
