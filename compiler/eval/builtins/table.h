// A function of the language as it is declared: its name, how many arguments it takes, of which kind, and what it makes
// of them. Internal to eval.
#pragma once

#include <limits>
#include <span>

#include "eval/environment.h"

namespace modelc::eval {

/// One call, its arguments evaluated and none of them poison.
struct BuiltinCall {
  Environment& env;
  const std::string& name;
  Arguments& args;
  Span span;
  const Scope& scope;

  /// Both report and give poison.
  Value wrong_count(const char* expected) const;
  Value bad(const Value& value) const;
};

struct Builtin {
  std::string_view name;
  /// Static: where a tensor or a module takes part the call is one of torch's function of this name.
  enum Takes { Static, Anything } takes;
  std::size_t least, most;
  const char* expected;  // in the message where there are more or fewer
  std::optional<Value> (*make)(const BuiltinCall& call);
};

inline constexpr std::size_t kMany = std::numeric_limits<std::size_t>::max();

std::span<const Builtin> sequence_builtins();
std::span<const Builtin> number_builtins();

}  // namespace modelc::eval
