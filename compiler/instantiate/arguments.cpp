#include "instantiate/arguments.h"

#include "eval/actual.h"

namespace modelc::instantiate {

namespace {

/// What the arguments `used` give to one parameter, whose declared form is `fitted` where they are static.
Value value_of(const Arguments& args, const std::vector<std::size_t>& used, const types::Constant& fitted) {
  const Value& first = args[used[0]].value;
  if (used.size() == 1) {
    const auto constant = to_constant(first);
    if (!constant || *constant == fitted) return first;
  } else if (first.kind == Value::Tensor) {  // `einsum("bi,ij->bj", x, w)`
    std::vector<Value> tensors;
    for (const std::size_t k : used) tensors.push_back(args[k].value);
    return Value::of_list(std::move(tensors));
  }
  Value value = from_constant(fitted);
  value.span = first.span;
  return value;
}

}  // namespace

Bound bind_parameters(diagnostics::Sink& sink, const ops::Op& op, const std::vector<ops::Param>& params,
                      const Arguments& args, Span span, bool constructor) {
  const catalogue::Signature signature{op.name, &params, nullptr, nullptr, op.variadic && !constructor};
  const catalogue::Bound matched = catalogue::bind(signature, eval::actuals_of(args), span, sink);
  Bound bound;
  bound.ok = matched.ok;
  bound.poisoned = matched.poisoned;
  for (std::size_t i = 0; i < params.size(); ++i) {
    const std::vector<std::size_t>& used = matched.from[i];
    bound.given.push_back(!used.empty());
    bound.spans.push_back(used.empty() ? Span{} : args[used[0]].span);
    bound.values.push_back(used.empty() ? from_constant(matched.values[i]) : value_of(args, used, matched.values[i]));
  }
  return bound;
}

}  // namespace modelc::instantiate
