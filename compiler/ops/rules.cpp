#include "ops/rules.h"

#include <algorithm>
#include <cmath>

namespace modelc::ops {

std::string tick(const std::string& text) { return "`" + text + "`"; }

std::string shape_text(const std::vector<Dim>& shape) {
  std::string text = "[";
  for (std::size_t i = 0; i < shape.size(); ++i) text += (i ? ", " : "") + shape[i].str();
  return text + "]";
}

std::string received(const InferContext& cx, std::string_view name) {
  const std::string type = cx.tensor(name).str();
  if (name == "input") return cx.op() + " receives " + type;
  return cx.op() + " receives " + tick(std::string(name)) + " of " + type;
}

std::string side_name(std::size_t i, std::size_t n) {
  static const char* const kNames[] = {"depth", "height", "width"};
  if (n == 1) return "length";
  return i + 3 >= n ? kNames[i + 3 - n] : "size";
}

Type result(InferContext& cx, DType dtype, std::vector<Dim> shape) {
  for (Dim& size : shape) {
    if (size.is_poison()) return cx.fault(common::kOverflow, cx.op() + " gives a size that does not fit 64 bits");
    size = cx.simplify(size);
  }
  TensorType type{dtype, std::move(shape)};
  for (const Dim& size : type.shape)
    if (size.is_constant() && size.constant() < 1)
      return cx.fault(common::kPositive, cx.op() + " gives " + type.str() + ", expected every size to be at least 1");
  return Type::of(std::move(type));
}

Type result_like(InferContext& cx, std::string_view name) { return Type::of(cx.tensor(name)); }

Dim product(const std::vector<Dim>& shape, std::size_t begin, std::size_t end) {
  Dim total = 1;
  for (std::size_t i = begin; i < std::min(end, shape.size()); ++i) total = total * shape[i];
  return total;
}

bool require_same_shape(InferContext& cx, std::string_view a, std::string_view b) {
  const TensorType& x = cx.tensor(a);
  const TensorType& y = cx.tensor(b);
  if (x.rank() != y.rank()) {
    cx.fault(common::kSameShape,
             cx.op() + " receives " + tick(std::string(a)) + " of " + x.str() + " and " + tick(std::string(b)) +
                 " of " + y.str() + ", expected equal shapes",
             x.rank() > y.rank() ? "`" + std::string(a) + ".squeeze(-1)` drops a last dimension of 1"
                                 : "`" + std::string(b) + ".squeeze(-1)` drops a last dimension of 1",
             b);
    return false;
  }
  for (std::size_t i = 0; i < x.rank(); ++i)
    if (!cx.require_equal(x.shape[i], y.shape[i], [&] {
          return tick(std::string(a)) + " of " + x.str() + " and " + tick(std::string(b)) + " of " + y.str() +
                 " must have equal shapes";
        }))
      return false;
  return true;
}

std::vector<std::int64_t> repeated(const InferContext& cx, std::string_view name, std::size_t count) {
  std::vector<std::int64_t> values = cx.integers(name);
  if (values.size() == 1) values.resize(count, values[0]);
  values.resize(count, 0);
  return values;
}

std::optional<std::vector<std::size_t>> axes(InferContext& cx, std::string_view argument, std::size_t rank) {
  std::vector<std::size_t> dims;
  const Constant& value = cx.arg(argument);
  if (value.is_null() || (value.is_list() && value.as_list().empty())) {
    for (std::size_t i = 0; i < rank; ++i) dims.push_back(i);
    return dims;
  }
  for (std::int64_t wanted : cx.integers(argument)) {
    const auto dim = cx.axis_of(wanted, rank, argument);
    if (!dim) return std::nullopt;
    if (std::find(dims.begin(), dims.end(), *dim) != dims.end()) {
      cx.fault(common::kAxisOnce,
               cx.op() + " is given " + tick(std::string(argument) + "=" + value.str()) + ", which names dimension " +
                   std::to_string(*dim) + " twice",
               {}, argument);
      return std::nullopt;
    }
    dims.push_back(*dim);
  }
  return dims;
}

std::vector<Dim> without(const std::vector<Dim>& shape, const std::vector<std::size_t>& dims, bool keep) {
  std::vector<Dim> rest;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    const bool gone = std::find(dims.begin(), dims.end(), i) != dims.end();
    if (!gone) rest.push_back(shape[i]);
    else if (keep) rest.push_back(1);
  }
  return rest;
}

namespace {

/// c10's combine_categories: `low` counts only where it is of a higher category than `high`.
std::optional<DType> combine(std::optional<DType> high, std::optional<DType> low) {
  if (!high) return low;
  if (!low || types::is_complex(*high)) return high;
  if (types::is_complex(*low)) return types::is_floating(*high) ? types::complex_of(*high) : low;
  if (types::is_floating(*high)) return high;
  if (*high == DType::Bool || types::is_floating(*low)) return types::promote(*high, *low);
  return high;
}

void join(std::optional<DType>& all, DType one) { all = all ? types::promote(*all, one) : one; }

}  // namespace

DType promoted(const InferContext& cx, std::initializer_list<std::string_view> operands) {
  std::optional<DType> tensors, scalars, numbers;
  for (std::string_view name : operands) {
    if (cx.has(name)) {
      const TensorType& type = cx.tensor(name);
      join(type.rank() ? tensors : scalars, type.dtype);
      continue;
    }
    const Constant& value = cx.arg(name);
    if (value.is_bool()) join(numbers, DType::Bool);
    if (value.is_dim()) join(numbers, DType::Int64);
    if (value.is_float()) join(numbers, DType::Float32);
  }
  return combine(combine(tensors, scalars), numbers).value_or(DType::Float32);
}

DType promoted(const std::vector<TensorType>& all) {
  std::optional<DType> tensors, scalars;
  for (const TensorType& type : all) join(type.rank() ? tensors : scalars, type.dtype);
  return combine(tensors, scalars).value_or(DType::Float32);
}

DType float_of(DType dtype) { return types::is_floating(dtype) || types::is_complex(dtype) ? dtype : DType::Float32; }

DType dtype_or(const InferContext& cx, DType otherwise, std::string_view argument) {
  const Constant& value = cx.arg(argument);
  return value.is_dtype() ? value.as_dtype() : otherwise;
}

bool require_parameter_dtype(InferContext& cx, std::string_view name) {
  const DType wanted = cx.parameter_dtype();
  const DType found = cx.tensor(name).dtype;
  if (found == wanted) return true;
  const std::string word(types::dtype_word(wanted));
  cx.fault(common::kParameterDtype, received(cx, name) + ", expected " + word + ", the dtype of its parameters",
           "convert it: `x.to(" + std::string(types::torch_word(wanted)) + ")`", name);
  return false;
}

bool require_same_dtype(InferContext& cx, std::string_view a, std::string_view b) {
  const TensorType& x = cx.tensor(a);
  const TensorType& y = cx.tensor(b);
  if (x.dtype == y.dtype) return true;
  cx.fault(common::kSameDtype, cx.op() + " receives " + x.str() + " and " + y.str() + ", expected equal dtypes",
           "convert one: `x.to(" + std::string(types::torch_word(types::promote(x.dtype, y.dtype))) + ")`", b);
  return false;
}

bool has_number(DType dtype, const Constant& number) {
  if (types::is_floating(dtype) || types::is_complex(dtype) || dtype == DType::Bool ||
      !(number.is_float() || number.is_int()))
    return true;
  const double value = number.as_double();
  const double bits = 8.0 * static_cast<double>(types::byte_size(dtype));
  const bool is_signed = dtype != DType::UInt8;
  const double greatest = std::exp2(is_signed ? bits - 1 : bits) - 1;
  return std::isfinite(value) && value <= greatest && value >= (is_signed ? -greatest - 1 : -greatest);
}

Type keep_type(InferContext& cx) { return result_like(cx, "input"); }

Type keep_floating(InferContext& cx) {
  return cx.require_floating("input") ? result_like(cx, "input") : Type::poison();
}

Type to_floating(InferContext& cx) {
  TensorType type = cx.tensor("input");
  type.dtype = float_of(type.dtype);
  return Type::of(std::move(type));
}

Type to_bool(InferContext& cx) { return Type::of({DType::Bool, cx.tensor("input").shape}); }

std::optional<Dim> slide(InferContext& cx, const TensorType& input, std::size_t dim, const std::string& side,
                         std::int64_t kernel, std::int64_t stride, Dim padding, std::int64_t dilation) {
  const Dim n = input.shape[dim];
  const Dim reach = Dim(dilation) * (Dim(kernel) - 1) + 1;
  const Dim padded = n + padding;
  if (reach.is_poison() || padded.is_poison()) {
    cx.fault(common::kOverflow, cx.op() + " has a window that does not fit 64 bits");
    return std::nullopt;
  }
  const std::string window = dilation == 1 ? "the kernel's " : "the " + reach.str() + " of the dilated kernel";
  if (padded.is_constant() && padded.constant() < reach.constant()) {
    cx.fault(common::kWindow, cx.op() + " receives " + input.str() + " whose " + side + " " + n.str() +
                                  (padding == Dim(0) ? "" : ", with padding " + padded.str() + ",") + " is less than " +
                                  window + (dilation == 1 ? std::to_string(kernel) : ""));
    return std::nullopt;
  }
  if (!cx.require_at_least(padded, reach, [&] {
        return "the kernel of " + std::to_string(kernel) + " must fit into the " + side + " of " + input.str();
      }))
    return std::nullopt;
  return floor_div(padded - reach, stride) + 1;
}

bool require_number(InferContext& cx, const Constraint& constraint, std::string_view name) {
  if (!cx.has(name) || cx.tensor(name).dtype != DType::Bool) return true;
  cx.fault(constraint, received(cx, name) + ", expected a number", "`x.int()` makes a bool a number", name);
  return false;
}

bool require_int64(InferContext& cx, const Constraint& constraint, std::string_view name) {
  if (cx.tensor(name).dtype == DType::Int64) return true;
  cx.fault(constraint, received(cx, name) + ", expected int", "convert it: `i.long()`", name);
  return false;
}

Type with_positions(const Type& values) {
  if (values.is_poison()) return values;
  return Type::tuple({values, Type::of({DType::Int64, values.tensor.shape})}, {"values", "indices"});
}

Init kaiming_uniform(std::int64_t fan_in) {
  const double a = std::sqrt(5.0);
  const double gain = std::sqrt(2.0 / (1.0 + a * a));
  const double std = gain / std::sqrt(static_cast<double>(fan_in));
  return Init::uniform(std::sqrt(3.0) * std);
}

Init inverse_sqrt(std::int64_t n) { return Init::uniform(1.0 / std::sqrt(static_cast<double>(n))); }

Init xavier_uniform(std::int64_t fan_in, std::int64_t fan_out) {
  const double std = std::sqrt(2.0 / (static_cast<double>(fan_in) + static_cast<double>(fan_out)));
  return Init::uniform(std::sqrt(3.0) * std);
}

namespace {

bool own_any(InferContext& cx, std::string name, DType dtype, std::vector<Dim> shape, Init init, bool buffer) {
  const Dim count = product(shape) * 8;
  if (!count.is_constant()) {
    cx.fault(common::kOverflow,
             cx.op() + " has a " + tick(name) + " of " + shape_text(shape) + ", which does not fit 64 bits");
    return false;
  }
  cx.own({std::move(name), {dtype, std::move(shape)}, std::move(init), buffer});
  return true;
}

}  // namespace

bool own(InferContext& cx, std::string name, std::vector<Dim> shape, Init init) {
  return own_any(cx, std::move(name), cx.parameter_dtype(), std::move(shape), std::move(init), false);
}

bool own_buffer(InferContext& cx, std::string name, DType dtype, std::vector<Dim> shape, Init init) {
  return own_any(cx, std::move(name), dtype, std::move(shape), std::move(init), true);
}

Dim multiply_adds(std::initializer_list<Dim> factors) {
  Dim total = 2;
  for (Dim factor : factors) total = total * factor;
  return total;
}

}  // namespace modelc::ops
