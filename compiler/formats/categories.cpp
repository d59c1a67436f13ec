#include "formats/categories.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace modelc::formats {

std::int64_t Categories::count() const {
  return static_cast<std::int64_t>(strings.size() + numbers.size() + integers.size()) + (missing ? 1 : 0);
}

namespace {

std::vector<bool> alone(std::size_t columns, std::size_t one) {
  std::vector<bool> wanted(columns, false);
  wanted[one] = true;
  return wanted;
}

/// The value of a row as a key, the same for an integer and a number that is one. Empty where it is missing.
std::string key_at(const Cells& cells, const Words& words, std::size_t row) {
  if (!cells.codes.empty())
    return cells.codes[row] < 0 ? "" : words.words()[static_cast<std::size_t>(cells.codes[row])];
  if (!cells.integers.empty()) return fmt::format("{}", cells.integers[row]);
  return std::isnan(cells.numbers[row]) ? "" : fmt::format("{}", static_cast<float>(cells.numbers[row]));
}

}  // namespace

Result<Tally> tally_in(TableReading reading, std::size_t column, const KeyedRows* only,
                       const std::function<std::optional<Fault>(TableReading&)>& read) {
  reading.wanted = alone(reading.schema.columns.size(), column);
  std::optional<std::size_t> key;
  for (std::size_t i = 0; only && i < reading.schema.columns.size(); ++i)
    if (reading.schema.columns[i].name == only->column) key = i;
  if (key) reading.wanted[*key] = true;
  Tally found;
  reading.take = [&](const RowBlock& block) {
    for (std::size_t row = 0; row < static_cast<std::size_t>(block.rows); ++row)
      if (!key || only->keys->contains(key_at(block.columns[*key], reading.words[*key], row)))
        found.add(block.columns[column], reading.words[column], row);
  };
  if (auto fault = read(reading)) return {{}, std::move(*fault)};
  return {std::move(found), {}};
}

Result<std::set<std::string>> keys_in(TableReading reading, std::size_t column,
                                      const std::function<std::optional<Fault>(TableReading&)>& read) {
  reading.wanted = alone(reading.schema.columns.size(), column);
  std::set<std::string> keys;
  reading.take = [&](const RowBlock& block) {
    for (std::size_t row = 0; row < static_cast<std::size_t>(block.rows); ++row)
      keys.insert(key_at(block.columns[column], reading.words[column], row));
  };
  if (auto fault = read(reading)) return {{}, std::move(*fault)};
  return {std::move(keys), {}};
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

void Tally::add(const Cells& cells, const Words& words, std::size_t row) {
  if (!cells.codes.empty()) {
    if (cells.codes[row] < 0) ++missing_;
    else ++words_[words.words()[static_cast<std::size_t>(cells.codes[row])]];
  } else if (!cells.integers.empty()) {
    ++integers_[cells.integers[row]];
  } else if (std::isnan(cells.numbers[row])) {
    ++missing_;
  } else {
    ++numbers_[static_cast<double>(static_cast<float>(cells.numbers[row]))];
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
