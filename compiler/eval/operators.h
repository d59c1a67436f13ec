// Operators between values: Python's over static ones, torch's where a tensor takes part.
#pragma once

#include "ast/operator.h"
#include "eval/environment.h"

namespace modelc::eval {

Value unary(Environment& env, ast::Operator op, const Value& operand, Span span);
Value binary(Environment& env, ast::Operator op, const Value& left, const Value& right, Span span);
Value compare(Environment& env, ast::Operator op, const Value& left, const Value& right, Span span);

}  // namespace modelc::eval
