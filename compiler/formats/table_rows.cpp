#include "formats/table_rows.h"

namespace modelc::formats {

std::int32_t Words::code(std::string_view word) {
  const auto found = index_.find(word);
  if (found != index_.end()) return found->second;
  const auto code = static_cast<std::int32_t>(words_.size());
  words_.emplace_back(word);
  index_.emplace(words_.back(), code);
  return code;
}

void mark_duplicates(std::vector<ColumnType>& columns) {
  std::unordered_map<std::string_view, std::size_t> seen;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const auto [it, fresh] = seen.try_emplace(columns[i].name, i);
    if (!fresh) columns[i].duplicate = columns[it->second].duplicate = true;
  }
}

void RowBlock::clear() {
  rows = 0;
  lines.clear();
  for (Cells& cells : columns) cells.integers.clear(), cells.numbers.clear(), cells.codes.clear();
}

Result<Table> table_of(const std::string& path, TableReading& reading,
                       const std::function<std::optional<Fault>(TableReading&)>& read) {
  Table table;
  table.file = path;
  for (std::size_t i = 0; i < reading.schema.columns.size(); ++i) {
    table.columns.emplace_back();
    table.columns.back().type = reading.schema.columns[i];
    table.columns.back().file_column = static_cast<std::int64_t>(i) + 1;
  }
  const auto append = [](auto& to, const auto& more) { to.insert(to.end(), more.begin(), more.end()); };
  reading.take = [&](const RowBlock& block) {
    table.rows += block.rows;
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
      append(table.columns[i].integers, block.columns[i].integers);
      append(table.columns[i].numbers, block.columns[i].numbers);
      append(table.columns[i].codes, block.columns[i].codes);
      append(table.columns[i].lines, block.lines);
    }
  };
  if (auto fault = read(reading)) return {{}, std::move(*fault)};
  for (std::size_t i = 0; i < table.columns.size(); ++i) table.columns[i].strings = reading.words[i].take();
  return {std::move(table), {}};
}

}  // namespace modelc::formats
