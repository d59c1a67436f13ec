// Expressions with other expressions in the place of names.
#pragma once

#include <map>
#include <string>

#include "ast/expr.h"

namespace modelc::ast {

/// `expr` with each name that is replaced, where no comprehension binds it anew. The text of a scalar whose declared
/// type decides later stays as it is written.
ExprPtr substituted(const ExprPtr& expr, const std::map<std::string, ExprPtr>& names);

/// `value` under conditions (no loops) as a conditional expression: the side that says nothing is null.
ExprPtr under(const std::vector<Guard>& conditions, ExprPtr value);

}  // namespace modelc::ast
