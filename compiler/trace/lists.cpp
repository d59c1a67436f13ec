#include "trace/lists.h"

#include <algorithm>

#include "catalogue/bind.h"

namespace modelc::trace {

namespace {

/// Numbers, in lists of lists.
bool is_numbers(const Value& value) {
  if (value.kind != Value::List) return value.is_number();
  const auto& items = value.list->items;
  return !items.empty() && std::all_of(items.begin(), items.end(), is_numbers);
}

bool takes(const ops::Param& param, ops::Param::Kind kind) {
  return std::any_of(param.alternatives.begin(), param.alternatives.end(),
                     [&](const ops::Param::Alternative& a) { return a.kind == kind; });
}

/// The parameter that an argument is for; null where there is none.
const ops::Param* param_of(const ops::Op& op, const GivenArgument& argument, std::size_t position) {
  if (!argument.name.empty()) return op.find_input(argument.name);
  return position < op.inputs.size() && !op.inputs[position].keyword_only ? &op.inputs[position] : nullptr;
}

Value as_tensor(Tracer& t, const Value& list, Span span) { return t.operate("tensor", {{"", list, span, {}}}, span); }

}  // namespace

void lists_as_tensors(Tracer& t, const ops::Op& op, Arguments& args) {
  std::size_t position = 0;
  for (GivenArgument& argument : args) {
    const ops::Param* param = param_of(op, argument, position);
    position += argument.name.empty() ? 1 : 0;
    if (!param || argument.value.kind != Value::List || argument.value.list->items.empty()) continue;
    const auto constant = to_constant(argument.value);
    if (constant && catalogue::fitted(*param, *constant)) continue;
    if (takes(*param, ops::Param::Tensor) && is_numbers(argument.value)) {
      argument.value = as_tensor(t, argument.value, argument.span);
    } else if (takes(*param, ops::Param::TensorList)) {
      std::vector<Value> items = argument.value.list->items;
      for (Value& item : items)
        if (item.kind == Value::List && is_numbers(item)) item = as_tensor(t, item, argument.span);
      argument.value = Value::of_list(std::move(items), argument.value.list->tuple, argument.value.list->names);
    }
  }
}

}  // namespace modelc::trace
