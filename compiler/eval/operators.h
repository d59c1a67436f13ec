// Operators between values: Python's over static ones, torch's where a tensor takes part.
#pragma once

#include "eval/environment.h"

namespace modelc::eval {

Value unary(Environment& env, const std::string& op, const Value& operand, Span span);
Value binary(Environment& env, const std::string& op, const Value& left, const Value& right, Span span);
Value compare(Environment& env, const std::string& op, const Value& left, const Value& right, Span span);

}  // namespace modelc::eval
