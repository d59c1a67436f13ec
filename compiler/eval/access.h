// Parts of values: elements, members, indices and slices.
#pragma once

#include "eval/environment.h"

namespace modelc::eval {

/// nullopt after reporting; `what` asks, for the message: "`for`", "`zip`".
std::optional<std::vector<Value>> elements(Environment& env, const Value& value, Span span, const std::string& what);
Value member(Environment& env, const Value& base, const std::string& name, Span span, Span name_span,
             const Scope& scope);
Value index(Environment& env, const Value& base, const std::vector<ast::ExprPtr>& indices, Span span,
            const Scope& scope);

}  // namespace modelc::eval
