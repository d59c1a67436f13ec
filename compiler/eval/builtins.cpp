#include "eval/builtins.h"

#include <algorithm>

#include "eval/builtins/table.h"

namespace modelc::eval {

namespace {

const Builtin* find(std::string_view name) {
  for (const auto table : {sequence_builtins(), number_builtins()}) {
    for (const Builtin& one : table)
      if (one.name == name) return &one;
  }
  return nullptr;
}

bool all_static(const Arguments& args) {
  return std::all_of(args.begin(), args.end(), [](const GivenArgument& a) { return a.value.is_static(); });
}

}  // namespace

Value BuiltinCall::wrong_count(const char* expected) const {
  env.sink.report(span, diag::WrongArgumentCount, name, expected, args.size());
  return Value::poison();
}

Value BuiltinCall::bad(const Value& value) const {
  env.sink.report(span, diag::BadBuiltinArgument, name, value.describe());
  return Value::poison();
}

bool is_builtin(const std::string& name) { return find(name) != nullptr; }

std::optional<Value> builtin(Environment& env, const std::string& name, Arguments& args, Span span,
                             const Scope& scope) {
  const Builtin* found = find(name);
  if (!found) return std::nullopt;
  for (const GivenArgument& a : args) {
    if (a.value.is_poison()) return Value::poison();
  }
  if (found->takes == Builtin::Static && !all_static(args)) return std::nullopt;  // torch's
  const BuiltinCall call{env, name, args, span, scope};
  if (args.size() < found->least || args.size() > found->most) return call.wrong_count(found->expected);
  return found->make(call);
}

}  // namespace modelc::eval
