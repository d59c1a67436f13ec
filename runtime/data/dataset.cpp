#include "data/dataset.h"

#include <ATen/Functions.h>
#include <fmt/format.h>

#include <cmath>

namespace modelc::data {

std::int64_t Dictionary::code(const std::string& word) {
  const auto [it, fresh] = index_.try_emplace(word, size());
  if (fresh) words_.push_back(word);
  return it->second;
}

std::int64_t Dictionary::missing() {
  if (missing_ < 0) {
    missing_ = size();
    words_.emplace_back();
  }
  return missing_;
}

const Column* Dataset::find(std::string_view name) const {
  for (const Column& column : columns)
    if (column.name == name) return &column;
  return nullptr;
}

std::string Column::place(std::int64_t row) const {
  if (lines && row < static_cast<std::int64_t>(lines->size()))
    return fmt::format("{}:{}:{}", file, (*lines)[static_cast<std::size_t>(row)], field);
  return file.empty() ? fmt::format("row {} of `{}`", row + 1, name)
                      : fmt::format("{}: row {} of `{}`", file, row + 1, name);
}

std::string Column::shown(std::int64_t row) const {
  const at::Tensor value = values[row];
  if (value.numel() != 1) return "an array";
  if (text) {
    const std::int64_t code = value.item<std::int64_t>();
    return text->is_missing(code) ? "a missing value" : text->word(code);
  }
  if (!at::isFloatingType(value.scalar_type())) return fmt::format("{}", value.item<std::int64_t>());
  return fmt::format("{:g}", value.item<double>());
}

}  // namespace modelc::data
