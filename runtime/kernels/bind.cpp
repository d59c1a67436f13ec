#include "kernels/bind.h"

#include <ATen/core/Reduction.h>

#include <stdexcept>

namespace modelc::kernels {

namespace {

const types::Constant& known(const types::Constant& value) {
  if (value.is_dim() && !value.is_int())
    throw std::logic_error("the size " + value.str() + " is read before it is known");
  return value;
}

}  // namespace

std::int64_t NodeView::integer(std::string_view name) const { return known(arg(name)).as_int(); }
double NodeView::number(std::string_view name) const { return known(arg(name)).as_double(); }

std::vector<std::int64_t> NodeView::integers(std::string_view name) const {
  const types::Constant& value = arg(name);
  if (!value.is_list()) return {known(value).as_int()};
  std::vector<std::int64_t> out;
  for (const types::Constant& element : value.as_list()) out.push_back(known(element).as_int());
  return out;
}

FetchScalar scalar_of(const NodeView& n, std::string_view name) {
  const types::Constant& value = n.arg(name);
  if (value.is_dim() && !value.is_int())
    return [sizes = n.sizes(name)](const Frame& f) { return at::Scalar(sizes(f).at(0)); };
  if (value.is_null()) return [](const Frame&) { return at::Scalar(); };
  return [s = scalar(value)](const Frame&) { return s; };
}

at::Scalar scalar(const types::Constant& constant) {
  known(constant);
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
  const types::Constant& value = n.arg(name);
  if (!value.is_list()) return {value.as_double()};
  std::vector<double> out;
  for (const types::Constant& element : value.as_list()) out.push_back(element.as_double());
  return out;
}

bool is_set(const NodeView& n, std::string_view name) { return n.has(name) && n.flag(name); }

FetchSizes sizes_of(std::vector<types::Dim> dims) {
  Integers plain;
  for (const types::Dim& dim : dims) {
    if (dim.is_constant()) plain.push_back(dim.constant());
  }
  if (plain.size() == dims.size()) return [plain](const Frame&) { return plain; };
  return [dims = std::move(dims)](const Frame& f) {
    Integers out;
    out.reserve(dims.size());
    for (const types::Dim& dim : dims) {
      auto value = dim.evaluate(f.sizes);
      TORCH_CHECK(value.has_value(), "the size ", dim.str(), " is not fixed by the inputs that were given");
      out.push_back(*value);
    }
    return out;
  };
}

FetchSizes result_sizes(const NodeView& n, std::size_t i) { return sizes_of(n.result_type(i).shape); }

std::int64_t reduction_of(const NodeView& n) {
  const std::string& word = n.arg("reduction").as_string();
  if (word == "none") return at::Reduction::None;
  return word == "sum" ? at::Reduction::Sum : at::Reduction::Mean;
}

}  // namespace modelc::kernels
