// CSV as records of fields: RFC 4180 quotes (doubled quotes, line breaks inside), CR, LF and CRLF, a last line without
// a break, blank lines skipped. Knows nothing of types.
#pragma once

#include <string>
#include <vector>

#include "formats/tables.h"

namespace modelc::formats {

struct Record {
  std::int64_t line = 0;  // on which it begins, from 1
  std::vector<std::string> fields;
};

class CsvReader {
 public:
  /// `whole` false: `text` is the beginning of a file, and a record without its line break is left out.
  CsvReader(const std::string& file, std::string_view text, const CsvOptions& options, bool whole);
  /// The next record that is not blank; false at the end or after a fault.
  bool next(Record& record);
  const std::optional<Fault>& fault() const { return fault_; }

 private:
  bool fail(std::int64_t line, std::int64_t column, std::string message);
  bool read_field(Record& record, bool& last);
  bool read_quoted(std::string& field, std::size_t column);
  bool at_break() const { return text_[at_] == '\n' || text_[at_] == '\r'; }
  void take_break();

  std::string file_;
  std::string_view text_;
  const CsvOptions& options_;
  bool whole_;
  std::size_t at_ = 0;
  std::int64_t line_ = 1;
  bool quoted_ = false;  // the record has a quoted field, so it is not blank
  bool cut_ = false;     // the beginning of the file ended inside the record
  std::optional<Fault> fault_;
};

}  // namespace modelc::formats
