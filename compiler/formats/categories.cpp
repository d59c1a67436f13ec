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

void Tally::add(const Column& column) {
  if (column.type.dtype == types::DType::String) {
    for (const std::int32_t code : column.codes) {
      if (code < 0) ++missing_;
      else ++words_[column.strings[static_cast<std::size_t>(code)]];
    }
  } else if (!column.integers.empty()) {
    for (const std::int64_t integer : column.integers) ++integers_[integer];
  } else if (!column.numbers.empty()) {
    for (const double number : column.numbers) {
      if (std::isnan(number)) ++missing_;
      else ++numbers_[static_cast<double>(static_cast<float>(number))];
    }
  } else if (types::byte_size(column.type.dtype) == 1 && !types::is_floating(column.type.dtype)) {
    for (const std::uint8_t byte : column.bytes)
      ++integers_[column.type.dtype == types::DType::Int8 ? static_cast<std::int8_t>(byte) : byte];
  }
}

void Tally::add(const Tally& other) {
  for (const auto& [word, count] : other.words_) words_[word] += count;
  for (const auto& [number, count] : other.numbers_) numbers_[number] += count;
  for (const auto& [integer, count] : other.integers_) integers_[integer] += count;
  missing_ += other.missing_;
}

std::int64_t Tally::categories() const { return static_cast<std::int64_t>(counts().size()); }

std::vector<std::int64_t> Tally::counts() const {
  // Integers of one part are numbers where those of another have fractions.
  std::map<double, std::int64_t> numbers = numbers_;
  std::vector<std::int64_t> counts;
  for (const auto& [word, count] : words_) counts.push_back(count);
  for (const auto& [integer, count] : integers_) {
    if (numbers_.empty()) counts.push_back(count);
    else numbers[static_cast<double>(static_cast<float>(integer))] += count;
  }
  for (const auto& [number, count] : numbers) counts.push_back(count);
  if (missing_ > 0) counts.push_back(missing_);
  return counts;
}

}  // namespace modelc::formats
