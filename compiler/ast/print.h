// Expressions and types as text that reads back as the same.
#pragma once

#include <string>

#include "ast/expr.h"

namespace modelc::ast {

/// Of a Raw its text as written, without YAML's quotes; of a Hole nothing.
std::string text_of(const ExprPtr& expression);
std::string text_of(const TypePtr& type);
/// `k, (a, b)`.
std::string text_of(const LoopVariables& variables);

}  // namespace modelc::ast
