#include "kernels/bind.h"

#include <ATen/core/Reduction.h>

#include "ops/modes.h"

namespace modelc::kernels {

FetchScalar scalar_of(const NodeView& n, std::string_view name) {
  const plan::Attribute& value = n.arg(name);
  if (value.is_size() && !value.is_int())
    return [sizes = n.sizes(name)](const Frame& f) { return at::Scalar(sizes(f).at(0)); };
  if (value.is_null()) return [](const Frame&) { return at::Scalar(); };
  return [s = scalar(value)](const Frame&) { return s; };
}

at::Scalar scalar(const plan::Attribute& constant) {
  if (constant.is_bool()) return at::Scalar(constant.as_bool());
  if (constant.is_int()) return at::Scalar(constant.as_int());
  return at::Scalar(constant.as_double());
}

c10::optional<std::int64_t> maybe_integer(const NodeView& n, std::string_view name) {
  return n.has(name) ? c10::optional<std::int64_t>(n.integer(name)) : c10::nullopt;
}

c10::optional<double> maybe_number(const NodeView& n, std::string_view name) {
  return n.has(name) ? c10::optional<double>(n.number(name)) : c10::nullopt;
}

c10::optional<at::Scalar> maybe_scalar(const NodeView& n, std::string_view name) {
  return n.has(name) ? c10::optional<at::Scalar>(scalar(n.arg(name))) : c10::nullopt;
}

Integers integers_or_none(const NodeView& n, std::string_view name) {
  return n.has(name) ? n.integers(name) : Integers{};
}

std::vector<double> numbers(const NodeView& n, std::string_view name) {
  if (!n.has(name)) return {};
  const plan::Attribute& value = n.arg(name);
  if (!value.is_list()) return {value.as_double()};
  std::vector<double> out;
  for (const plan::Attribute& element : value.as_list()) out.push_back(element.as_double());
  return out;
}

bool is_set(const NodeView& n, std::string_view name) { return n.has(name) && n.flag(name); }

FetchSizes result_sizes(const NodeView& n, std::size_t i) { return {n.plan(), n.result_type(i).shape}; }

std::int64_t reduction_of(const NodeView& n) {
  const ops::Reduce how = ops::reduction(n.arg("reduction").as_string());
  if (how == ops::Reduce::None) return at::Reduction::None;
  return how == ops::Reduce::Sum ? at::Reduction::Sum : at::Reduction::Mean;
}

}  // namespace modelc::kernels
