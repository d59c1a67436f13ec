#include "commands/written_cells.h"

namespace modelc::runtime {

using catalogue::SourceId;

std::optional<WrittenCells> WrittenCells::of(const ir::Source& source) {
  if (source.kind == SourceId::With) return of(source.parts[0].second);
  if (source.kind != SourceId::Csv) return std::nullopt;
  auto stream = formats::TextStream::open(source.files[0], source.csv.encoding);
  if (!stream) return std::nullopt;  // it was read a moment ago: the values are there
  auto reader = std::make_unique<formats::CsvReader>(source.files[0], std::move(*stream.value), source.csv);
  formats::Record header;
  if (source.csv.header && !reader->next(header)) return std::nullopt;
  return WrittenCells(std::move(reader), source.columns.size());
}

std::vector<std::vector<std::string>> WrittenCells::next(std::size_t rows, std::string& fault) {
  std::vector<std::vector<std::string>> cells(columns_);
  formats::Record record;
  for (std::size_t row = 0; row < rows; ++row) {
    if (!reader_->next(record) || record.fields.size() != columns_) {
      fault = "the rows changed while they were read";
      return cells;
    }
    for (std::size_t i = 0; i < columns_; ++i) cells[i].emplace_back(record.fields[i]);
  }
  return cells;
}

}  // namespace modelc::runtime
