// What every InferContext offers beyond what its implementation supplies.
#include <algorithm>

#include "ops/op.h"
#include "ops/rules.h"
#include "support/counted.h"

namespace modelc::ops {

std::vector<std::int64_t> InferContext::integers(std::string_view name) const {
  const Constant& value = arg(name);
  std::vector<std::int64_t> values;
  if (value.is_int()) values.push_back(value.as_int());
  if (value.is_list())
    for (const Constant& element : value.as_list())
      if (element.is_int()) values.push_back(element.as_int());
  return values;
}

std::vector<Dim> InferContext::dims(std::string_view name) const {
  const Constant& value = arg(name);
  std::vector<Dim> values;
  if (value.is_dim()) values.push_back(value.as_dim());
  if (value.is_list())
    for (const Constant& element : value.as_list())
      if (element.is_dim()) values.push_back(element.as_dim());
  return values;
}

bool InferContext::require_rank(std::string_view name, std::size_t rank) {
  return require_rank_between(name, rank, rank);
}

bool InferContext::require_rank_between(std::string_view name, std::size_t low, std::size_t high) {
  const TensorType& type = tensor(name);
  if (type.rank() >= low && type.rank() <= high) return true;
  std::string expected = std::to_string(low);
  if (high == low + 1) expected += " or " + std::to_string(high);
  else if (high == kAnyRank) expected = "at least " + expected;
  else if (high != low) expected += " to " + std::to_string(high);
  const std::string dimensions = low == 1 && (high == 1 || high == kAnyRank) ? " dimension" : " dimensions";
  fault(common::kRank,
        received(*this, name) + " with " + support::counted(type.rank(), "dimension") + ", expected " + expected +
            dimensions,
        {}, name);
  return false;
}

bool InferContext::require_floating(std::string_view name) {
  if (types::is_floating(tensor(name).dtype)) return true;
  fault(common::kFloating, received(*this, name) + ", expected a floating-point tensor", "convert it: `x.float()`",
        name);
  return false;
}

std::optional<std::size_t> InferContext::axis(std::string_view argument, std::size_t rank) {
  return axis_of(integer(argument), rank, argument);
}

std::optional<std::size_t> InferContext::axis_of(std::int64_t value, std::size_t rank, std::string_view argument) {
  // As PyTorch does, a scalar is given one dimension to name.
  const std::int64_t count = rank == 0 ? 1 : static_cast<std::int64_t>(rank);
  if (value >= -count && value < count) return static_cast<std::size_t>(value < 0 ? value + count : value);
  fault(common::kAxis,
        op() + " is given " + tick(std::string(argument) + "=" + std::to_string(value)) + " for " +
            support::counted(rank, "dimension") + ", expected " + std::to_string(-count) + " to " +
            std::to_string(count - 1),
        {}, argument);
  return std::nullopt;
}

std::optional<std::vector<Dim>> InferContext::broadcast(const std::vector<Dim>& a, const std::vector<Dim>& b,
                                                        Reason what) {
  std::vector<Dim> shape(std::max(a.size(), b.size()), Dim(1));
  for (std::size_t i = 0; i < shape.size(); ++i) {  // from the right
    Dim& size = shape[shape.size() - 1 - i];
    const Dim x = i < a.size() ? simplify(a[a.size() - 1 - i]) : Dim(1);
    const Dim y = i < b.size() ? simplify(b[b.size() - 1 - i]) : Dim(1);
    if (x == Dim(1)) {
      size = y;
    } else if (y == Dim(1)) {
      size = x;
    } else {
      if (!require_equal(x, y, what)) return std::nullopt;
      size = y.is_constant() ? y : x;
    }
  }
  return shape;
}

}  // namespace modelc::ops
