#include "eval/actual.h"

#include <fmt/format.h>

#include <algorithm>

namespace modelc::eval {

catalogue::Actual actual_of(const GivenArgument& argument) {
  using catalogue::Actual;
  const Value& value = argument.value;
  Actual actual;
  actual.name = argument.name;
  actual.span = argument.span;
  actual.name_span = argument.name_span;
  if (value.is_poison()) {
    actual.kind = Actual::Poison;
    return actual;
  }
  actual.words = value.describe();
  if (auto constant = to_constant(value)) {
    actual.kind = Actual::Static;
    actual.constant = std::move(*constant);
  } else if (value.kind == Value::Tensor) {
    actual.kind = Actual::Tensor;
  } else if (value.kind == Value::List) {
    const auto& items = value.list->items;
    const bool tensors =
        std::all_of(items.begin(), items.end(), [](const Value& item) { return item.kind == Value::Tensor; });
    actual.kind = tensors ? Actual::Tensors : Actual::Other;
  } else if (value.kind == Value::Module) {
    actual.help = "call the module: its result is the tensor";
  }
  if (value.kind == Value::List && !value.list->names.empty())
    actual.help = fmt::format("take one of its parts: `.{}`", value.list->names[0]);
  else if (value.kind == Value::List && value.list->tuple)
    actual.help = "it is a tuple; take it apart: `a, b: f(x)`, or index it: `[0]`";
  return actual;
}

std::vector<catalogue::Actual> actuals_of(const std::vector<GivenArgument>& arguments) {
  std::vector<catalogue::Actual> all;
  for (const GivenArgument& argument : arguments) all.push_back(actual_of(argument));
  return all;
}

bool refused(Environment& env, const catalogue::Entry& entry, Span call) {
  const bool not_yet = catalogue::refuse_not_yet(entry, call, env.sink);
  env.whole &= !not_yet;
  return not_yet;
}

std::optional<catalogue::Bound> bound_to(Environment& env, const catalogue::Entry& entry,
                                         const std::vector<catalogue::Actual>& arguments, Span call) {
  catalogue::Bound bound = catalogue::bind(catalogue::signature_of(entry), arguments, call, env.sink);
  if (bound.usable()) return bound;
  env.whole = false;
  return std::nullopt;
}

}  // namespace modelc::eval
