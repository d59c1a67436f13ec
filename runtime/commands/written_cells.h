// The cells of a CSV file as they are written, row by row: a number keeps its zeros, whatever it is read as.
#pragma once

#include <memory>
#include <optional>

#include "formats/csv_reader.h"
#include "ir/recipe.h"

namespace modelc::runtime {

class WrittenCells {
 public:
  /// nullopt where rows of the source are not those of one CSV file.
  static std::optional<WrittenCells> of(const ir::Source& source);
  /// The next so many rows, by column. The reason why not in `fault`.
  std::vector<std::vector<std::string>> next(std::size_t rows, std::string& fault);

 private:
  WrittenCells(std::unique_ptr<formats::CsvReader> reader, std::size_t columns)
      : reader_(std::move(reader)), columns_(columns) {}
  std::unique_ptr<formats::CsvReader> reader_;
  std::size_t columns_;
};

}  // namespace modelc::runtime
