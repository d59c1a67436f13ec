#include "weights/difference.h"

#include <fmt/format.h>

#include <bit>
#include <cmath>
#include <cstring>

namespace modelc::weights {
namespace {

using formats::TensorEntry;
using formats::WeightFile;
using types::DType;

template <class Number>
Number read_as(const char* at) {
  Number number;
  std::memcpy(&number, at, sizeof number);
  return number;
}

double half(std::uint16_t bits) {
  const int exponent = (bits >> 10) & 31, fraction = bits & 1023;
  const double sign = (bits & 0x8000) != 0 ? -1 : 1;
  if (exponent == 31) return fraction != 0 ? std::nan("") : sign * INFINITY;
  return sign * (exponent == 0 ? std::ldexp(fraction, -24) : std::ldexp(1024 + fraction, exponent - 25));
}

double value_at(DType dtype, const char* at) {
  switch (dtype) {
    case DType::String:  // no file of tensors has any
      return 0;
    case DType::Bool:
    case DType::UInt8:
      return read_as<std::uint8_t>(at);
    case DType::Int8:
      return read_as<std::int8_t>(at);
    case DType::Int16:
      return read_as<std::int16_t>(at);
    case DType::Int32:
      return read_as<std::int32_t>(at);
    case DType::Int64:
      return static_cast<double>(read_as<std::int64_t>(at));
    case DType::Float16:
      return half(read_as<std::uint16_t>(at));
    case DType::BFloat16:
      return std::bit_cast<float>(static_cast<std::uint32_t>(read_as<std::uint16_t>(at)) << 16);
    case DType::Float32:
      return read_as<float>(at);
    case DType::Float64:
      return read_as<double>(at);
    case DType::Complex64:
    case DType::Complex128:
      return value_at(types::part_of(dtype), at);
  }
  return 0;
}

bool near(double a, double b, double tolerance) {
  return a == b || (std::isnan(a) && std::isnan(b)) || std::abs(a - b) <= tolerance * std::max(1.0, std::abs(b));
}

std::optional<std::string> value_difference(const WeightFile& found, const TensorEntry& a, const WeightFile& expected,
                                            const TensorEntry& b, double tolerance) {
  const auto left = formats::read_tensor_values(found, a);
  const auto right = formats::read_tensor_values(expected, b);
  if (!left || !right) return fmt::format("`{}` cannot be read", a.name);
  const std::size_t width = types::byte_size(types::part_of(a.dtype));  // each part of a complex number by itself
  for (std::size_t at = 0; at + width <= std::min(left.value->size(), right.value->size()); at += width) {
    const double x = value_at(a.dtype, left.value->data() + at), y = value_at(b.dtype, right.value->data() + at);
    if (!near(x, y, tolerance)) return fmt::format("element {} of `{}` is {}, {} expected", at / width, a.name, x, y);
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> difference(const WeightFile& found, const WeightFile& expected, double tolerance) {
  for (const TensorEntry& entry : expected.tensors) {
    const TensorEntry* other = found.find(entry.name);
    if (!other) return fmt::format("there is no `{}`", entry.name);
    if (other->type() != entry.type())
      return fmt::format("`{}` is {}, {} expected", entry.name, other->type(), entry.type());
    if (auto differs = value_difference(found, *other, expected, entry, tolerance)) return differs;
  }
  return std::nullopt;
}

}  // namespace modelc::weights
