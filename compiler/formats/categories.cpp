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
  return std::isnan(cells.numbers[row]) ? "" : fmt::format("{:g}", static_cast<float>(cells.numbers[row]));
}

/// The values of a column so far, each once.
struct Found {
  std::set<std::string> strings;
  std::set<double> numbers;
  std::set<std::int64_t> integers;
  bool missing = false;

  void add(const Cells& cells, const Words& words, std::size_t row) {
    if (!cells.codes.empty()) {
      if (cells.codes[row] < 0) missing = true;
      else strings.insert(words.words()[static_cast<std::size_t>(cells.codes[row])]);
    } else if (!cells.integers.empty()) {
      integers.insert(cells.integers[row]);
    } else if (std::isnan(cells.numbers[row])) {
      missing = true;
    } else {
      numbers.insert(static_cast<double>(static_cast<float>(cells.numbers[row])));
    }
  }
};

}  // namespace

Result<Categories> categories_in(TableReading reading, std::size_t column, const KeyedRows* only,
                                 const std::function<std::optional<Fault>(TableReading&)>& read) {
  reading.wanted = alone(reading.schema.columns.size(), column);
  std::optional<std::size_t> key;
  for (std::size_t i = 0; only && i < reading.schema.columns.size(); ++i)
    if (reading.schema.columns[i].name == only->column) key = i;
  if (key) reading.wanted[*key] = true;
  Found found;
  reading.take = [&](const RowBlock& block) {
    for (std::size_t row = 0; row < static_cast<std::size_t>(block.rows); ++row)
      if (!key || only->keys->contains(key_at(block.columns[*key], reading.words[*key], row)))
        found.add(block.columns[column], reading.words[column], row);
  };
  if (auto fault = read(reading)) return {{}, std::move(*fault)};
  Categories categories;
  categories.strings.assign(found.strings.begin(), found.strings.end());
  categories.numbers.assign(found.numbers.begin(), found.numbers.end());
  categories.integers.assign(found.integers.begin(), found.integers.end());
  categories.missing = found.missing;
  return {std::move(categories), {}};
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

}  // namespace modelc::formats
