// The columns of a table whose rows and types are known, filled block by block: tensors in memory, or, where they would
// take too much of it, records in a temporary file. A record is a row, so that the rows of a batch are read with one
// call each, whatever the number of columns.
#pragma once

#include <ATen/core/Tensor.h>

#include <mutex>

#include "data/dataset.h"
#include "formats/table_rows.h"

namespace modelc::data {

/// There is no room for the temporary file, or it cannot be written.
class StoreFault : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Columns that would take more bytes than this wait in a file. MODELC_TABLE_MEMORY says another number.
std::int64_t most_in_memory();

/// A file without a name, gone with its last reader.
class ScratchFile {
 public:
  /// In TMPDIR, or where the system keeps large temporary files.
  ScratchFile();
  ~ScratchFile();
  ScratchFile(const ScratchFile&) = delete;
  ScratchFile& operator=(const ScratchFile&) = delete;

  void append(std::string_view bytes);
  /// Throws exec::RuntimeFault where they cannot be read.
  void read(std::int64_t offset, char* into, std::size_t count) const;

 private:
  std::string folder_;
  int descriptor_ = -1;
};

/// Rows of several columns in a file. Any thread may read.
class Records {
 public:
  struct Cell {
    at::ScalarType type = at::kFloat;
    bool text = false;  // an int32 in the file, an int64 for whoever reads
    std::size_t offset = 0, width = 0;
  };
  Records(std::vector<at::ScalarType> types, std::vector<bool> text);

  void append(const std::vector<at::Tensor>& block);
  std::int64_t rows() const { return rows_; }
  std::int64_t rows_of_block() const;
  const Cell& cell(std::size_t column) const { return cells_[column]; }
  std::uint64_t checksum(std::size_t column) const { return sums_[column]; }
  at::Tensor read(std::size_t column, const std::vector<std::int64_t>& rows) const;

 private:
  struct Piece {
    std::vector<std::int64_t> rows;
    std::string bytes;
  };
  std::shared_ptr<const Piece> piece(const std::vector<std::int64_t>& rows) const;
  std::shared_ptr<const Piece> fetch(std::vector<std::int64_t> rows) const;
  void copy_cells(const Piece& piece, std::size_t column, char* into) const;

  ScratchFile file_;
  std::vector<Cell> cells_;
  std::vector<std::uint64_t> sums_;  // of each column's values
  std::size_t width_ = 0;            // of a record
  std::int64_t rows_ = 0;
  mutable std::mutex mutex_;
  /// The columns of a batch are asked for one after the other.
  mutable std::vector<std::shared_ptr<const Piece>> recent_;
};

class TableStore {
 public:
  /// `text`: for each column its dictionary, or null.
  TableStore(std::vector<at::ScalarType> types, std::vector<std::shared_ptr<Dictionary>> text, std::int64_t rows);

  /// False where there are more rows than was said.
  bool add(const formats::RowBlock& block, const std::vector<formats::Words>& words,
           const std::vector<std::size_t>& columns);
  std::int64_t rows() const { return filled_; }
  /// Gives `column` its rows: all are there.
  void give(std::size_t index, Column& column);

 private:
  at::Tensor block_of(const formats::Cells& cells, const formats::Words& words, std::size_t index);

  std::vector<at::ScalarType> types_;
  std::vector<std::shared_ptr<Dictionary>> text_;
  std::vector<std::vector<std::int64_t>> codes_;  // of the words of each column, in its dictionary
  std::vector<char> missing_;                     // of each column: whether a value is
  std::int64_t rows_, filled_ = 0;
  std::vector<at::Tensor> values_;    // in memory
  std::shared_ptr<Records> records_;  // else
};

}  // namespace modelc::data
