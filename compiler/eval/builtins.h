// Functions of the language itself: Python's over static values, and those that look at values without computing
// (`len`, `defined`, `zip`, `map`). A call that involves tensors falls through to the operators.
#pragma once

#include "eval/environment.h"

namespace modelc::eval {

/// nullopt: `name` is no function for these arguments.
std::optional<Value> builtin(Environment& env, const std::string& name, Arguments& args, Span span, const Scope& scope);
bool is_builtin(const std::string& name);

}  // namespace modelc::eval
