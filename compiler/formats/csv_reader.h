// CSV as records of fields: RFC 4180 quotes (doubled quotes, line breaks inside), CR, LF and CRLF, a last line without
// a break, blank lines skipped. Reads forwards with the memory of its longest record. Knows nothing of types.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "formats/tables.h"
#include "formats/text_stream.h"

namespace modelc::formats {

struct Record {
  std::int64_t line = 0;                 // on which it begins, from 1
  std::vector<std::string_view> fields;  // of the reader, until the next record is asked for
};

class CsvReader {
 public:
  /// Where the stream is the beginning of a file, a record without its line break is left out.
  CsvReader(const std::string& file, TextStream stream, const CsvOptions& options);
  /// The next record that is not blank; false at the end or after a fault.
  bool next(Record& record);
  const std::optional<Fault>& fault() const { return fault_; }
  /// Whether all of the file was read, where `next` said false.
  bool whole() const { return stream_.whole(); }

 private:
  /// A field within the buffer; `doubled` where quotes in it are written twice.
  struct Field {
    std::size_t begin = 0, end = 0;
    bool doubled = false;
  };
  /// How far a try to read got.
  enum class Got { All, Part, Fault };

  bool refill();
  bool fail(std::int64_t line, std::string message, std::string cure = {});
  bool fail_of_stream();
  Got read_record();
  Got read_field(bool& last);
  Got read_quoted(Field& field);
  Got read_plain(Field& field);
  Got end_field(Field field, bool& last);
  bool check_text(const Field& field);
  bool is_blank_record() const;
  void take_fields(Record& record);
  bool ends() const { return at_ == buffer_.size(); }
  bool at_separator(std::size_t at) const {
    return buffer_[at] == separator_[0] &&
           (separator_.size() == 1 || buffer_.compare(at, separator_.size(), separator_) == 0);
  }
  bool at_break() const { return buffer_[at_] == '\n' || buffer_[at_] == '\r'; }
  /// False where the buffer ends between CR and what may be its LF.
  bool take_break();

  std::string file_;
  TextStream stream_;
  std::string separator_;
  bool strip_;
  std::array<bool, 256> stops_{};  // bytes at which a plain field may end or is at fault
  std::string buffer_;
  std::size_t at_ = 0;
  std::int64_t line_ = 1;
  std::vector<Field> fields_;
  bool begun_ = false, drained_ = false;
  bool quoted_ = false;  // the record has a quoted field, so it is not blank
  std::optional<Fault> fault_;
};

}  // namespace modelc::formats
