// The line of a text file on which each row of a table begins. Rows mostly stand on lines that follow each other, so
// only the rows are kept where that ends: a file of regular lines costs nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace modelc::formats {

class Lines {
 public:
  void push_back(std::int64_t line);
  /// Of a row that is known; 0 of one that is not, since the breaks of very ragged files are kept up to a limit.
  std::int64_t operator[](std::size_t row) const;
  std::size_t size() const { return rows_; }
  /// The rows chosen, in their order.
  Lines select(const std::vector<std::int64_t>& rows) const;
  /// Of memory, in bytes.
  std::size_t footprint() const { return breaks_.capacity() * sizeof(breaks_[0]); }

 private:
  static constexpr std::size_t kMostBreaks = std::size_t{2} << 20;
  std::size_t rows_ = 0, known_ = 0;
  std::vector<std::pair<std::int64_t, std::int64_t>> breaks_;  // a row, and its line less the row
};

}  // namespace modelc::formats
