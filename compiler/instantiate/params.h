// Values of params against their declarations: types, ranges, words (LANGUAGE §4).
#pragma once

#include "instantiate/context.h"

namespace modelc::instantiate {

/// The value as its declared type has it; poison after reporting.
Value check_param(Context& context, const ast::Declaration& declaration, const std::string& name, const Value& value,
                  Span span, const Scope& scope);
/// A scalar as written (`raw`): the text itself or an expression, as the declared type says.
Value param_from_raw(Context& context, const ast::Declaration& declaration, const std::string& name,
                     const ast::ExprPtr& raw, const Scope& scope);

}  // namespace modelc::instantiate
