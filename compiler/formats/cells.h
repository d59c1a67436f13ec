// What a cell of a text file is: missing, an integer, a number, or text. A number is written in decimal, perhaps with a
// sign, a decimal mark and an exponent; `inf` and `nan` in any case are numbers, hexadecimal ones are text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "formats/tables.h"

namespace modelc::formats {

class CellReader {
 public:
  explicit CellReader(const CsvOptions& options);

  bool is_missing(std::string_view cell) const;
  static bool integer(std::string_view cell, std::int64_t& value);
  /// Whether it is a number, without its value; `nan` is set where it is none.
  bool is_number(std::string_view cell, bool& nan) const;
  bool number(std::string_view cell, double& value) const;

 private:
  std::vector<std::string> missing_;
  std::size_t longest_missing_ = 0;
  char decimal_;
};

}  // namespace modelc::formats
