#include "formats/categories.h"

#include <algorithm>
#include <cmath>

namespace modelc::formats {

std::int64_t Categories::count() const {
  return static_cast<std::int64_t>(strings.size() + numbers.size() + integers.size()) + (missing ? 1 : 0);
}

Categories categories_of(const Column& column) {
  Categories found;
  const auto sorted = [](auto& values) {
    std::sort(values.begin(), values.end());
    values.erase(std::unique(values.begin(), values.end()), values.end());
  };
  if (column.type.dtype == types::DType::String) {
    found.strings = column.strings;
    sorted(found.strings);
    found.missing = std::find(column.codes.begin(), column.codes.end(), -1) != column.codes.end();
  } else if (!column.integers.empty()) {
    found.integers = column.integers;
    sorted(found.integers);
  } else if (!column.numbers.empty()) {
    for (double number : column.numbers) {
      // As the tensor holds it, so that values which meet in float32 are one category.
      if (std::isnan(number)) found.missing = true;
      else found.numbers.push_back(static_cast<double>(static_cast<float>(number)));
    }
    sorted(found.numbers);
  } else if (types::byte_size(column.type.dtype) == 1 && !types::is_floating(column.type.dtype)) {
    for (std::uint8_t byte : column.bytes)
      found.integers.push_back(column.type.dtype == types::DType::Int8 ? static_cast<std::int8_t>(byte) : byte);
    sorted(found.integers);
  }
  return found;
}

}  // namespace modelc::formats
