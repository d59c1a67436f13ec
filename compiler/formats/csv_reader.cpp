#include "formats/csv_reader.h"

#include <fmt/format.h>

#include "formats/file_bytes.h"
#include "support/utf8.h"

namespace modelc::formats {
namespace {

constexpr std::size_t kMostField = std::size_t{16} << 20;
constexpr std::size_t kMostColumns = 100'000;

bool is_blank(char c) { return c == ' ' || c == '\t'; }

}  // namespace

CsvReader::CsvReader(const std::string& file, TextStream stream, const CsvOptions& options)
    : file_(file), stream_(std::move(stream)), separator_(options.separator), strip_(options.strip) {
  for (const char c : {'\n', '\r', '\0', separator_.at(0)}) stops_[static_cast<unsigned char>(c)] = true;
}

bool CsvReader::fail(std::int64_t line, std::string message, std::string cure) {
  Fault fault = file_fault(file_, std::move(message));
  fault.row = line;
  fault.column = static_cast<std::int64_t>(fields_.size()) + 1;
  fault.cure = std::move(cure);
  fault_ = std::move(fault);
  return false;
}

// What the stream could not go on with is at fault where the text ends.
bool CsvReader::fail_of_stream() {
  if (stream_.fault()) fault_ = stream_.fault();
  else if (!stream_.undecodable().empty()) fail(line_, stream_.undecodable());
  return fault_.has_value();
}

// More text behind what is there; a record that is read again begins at the front then.
bool CsvReader::refill() {
  if (drained_) return false;
  const std::size_t wanted = 2 * buffer_.size();  // so that a long record is not looked at too often
  bool more = false;
  do more = stream_.read(buffer_);
  while (more && buffer_.size() < wanted);
  drained_ = !more;
  return true;
}

bool CsvReader::take_break() {
  if (buffer_[at_] == '\r') {
    if (at_ + 1 == buffer_.size() && !drained_) return false;
    if (at_ + 1 < buffer_.size() && buffer_[at_ + 1] == '\n') ++at_;
  }
  ++at_;
  ++line_;
  return true;
}

// `at_` stands behind the opening quote.
CsvReader::Got CsvReader::read_quoted(Field& field) {
  const std::int64_t opened = line_;
  field.begin = at_;
  while (true) {
    if (ends()) {
      if (!drained_ || !stream_.whole() || fail_of_stream()) return fault_ ? Got::Fault : Got::Part;
      fail(opened, "this quote is never closed");
      return Got::Fault;
    }
    const char c = buffer_[at_];
    if (c == '"') {
      if (at_ + 1 == buffer_.size() && !drained_) return Got::Part;
      if (at_ + 1 < buffer_.size() && buffer_[at_ + 1] == '"') {
        field.doubled = true;
        at_ += 2;
        continue;
      }
      field.end = at_++;
      return Got::All;
    }
    if (at_break()) {
      if (!take_break()) return Got::Part;
    } else if (c == '\0') {
      fail(line_, "holds a NUL byte, expected text");
      return Got::Fault;
    } else {
      ++at_;
    }
    if (at_ - field.begin > kMostField) {
      fail(opened, "this quoted field is longer than 16 MiB; is its quote closed?");
      return Got::Fault;
    }
  }
}

CsvReader::Got CsvReader::read_plain(Field& field) {
  field.begin = at_;
  for (; !ends(); ++at_) {
    if (!stops_[static_cast<unsigned char>(buffer_[at_])]) continue;
    if (buffer_[at_] == '\0') {
      fail(line_, "holds a NUL byte, expected text");
      return Got::Fault;
    }
    if (at_break() || at_separator(at_)) break;
    if (buffer_.size() - at_ < separator_.size() && !drained_) return Got::Part;
  }
  if (at_ - field.begin > kMostField) {
    fail(line_, "this field is longer than 16 MiB");
    return Got::Fault;
  }
  if (ends() && !drained_) return Got::Part;
  field.end = at_;
  if (strip_) {
    while (field.begin < field.end && is_blank(buffer_[field.begin])) ++field.begin;
    while (field.begin < field.end && is_blank(buffer_[field.end - 1])) --field.end;
  }
  return Got::All;
}

bool CsvReader::check_text(const Field& field) {
  const std::string_view text = std::string_view(buffer_).substr(field.begin, field.end - field.begin);
  if (support::find_bad_utf8(text) == std::string_view::npos) return true;
  return fail(line_, "holds bytes that are not UTF-8",
              "a file of a spreadsheet may be in another encoding: `encoding=\"latin-1\"`");
}

// What stands behind a field: a separator, the end of the line, of the file.
CsvReader::Got CsvReader::end_field(Field field, bool& last) {
  if (ends() && (!drained_ || !stream_.whole())) return Got::Part;
  if (!check_text(field)) return Got::Fault;
  if (ends() && fail_of_stream()) return Got::Fault;
  fields_.push_back(field);
  if (fields_.size() > kMostColumns) {
    fail(line_, fmt::format("more than {} fields in a line", kMostColumns));
    fault_->column = 0;
    return Got::Fault;
  }
  last = ends() || at_break();
  if (!last) at_ += separator_.size();
  else if (!ends() && !take_break()) return Got::Part;
  return Got::All;
}

CsvReader::Got CsvReader::read_field(bool& last) {
  Field field;
  std::size_t start = at_;
  if (strip_)
    while (start < buffer_.size() && is_blank(buffer_[start]) && !at_separator(start)) ++start;
  if (start == buffer_.size() && !drained_) return Got::Part;
  if (start == buffer_.size() || buffer_[start] != '"') {
    const Got plain = read_plain(field);
    return plain == Got::All ? end_field(field, last) : plain;
  }
  quoted_ = true;
  at_ = start + 1;
  if (const Got quoted = read_quoted(field); quoted != Got::All) return quoted;
  if (strip_)
    while (!ends() && is_blank(buffer_[at_]) && !at_separator(at_)) ++at_;
  if (buffer_.size() - at_ < separator_.size() && !drained_) return Got::Part;
  if (!ends() && !at_separator(at_) && !at_break()) {
    fail(line_, fmt::format("text after the closing quote, expected `{}` or the end of the line (a quote inside quotes "
                            "is written twice)",
                            separator_));
    return Got::Fault;
  }
  return end_field(field, last);
}

CsvReader::Got CsvReader::read_record() {
  fields_.clear();
  quoted_ = false;
  bool last = false;
  while (!last)
    if (const Got got = read_field(last); got != Got::All) return got;
  return Got::All;
}

bool CsvReader::is_blank_record() const {
  if (fields_.size() != 1 || quoted_) return false;
  for (std::size_t i = fields_[0].begin; i < fields_[0].end; ++i)
    if (!is_blank(buffer_[i])) return false;
  return true;
}

// Quotes that are written twice become one where they stand: the record is read, and its bytes are not looked at again.
void CsvReader::take_fields(Record& record) {
  record.fields.clear();
  for (const Field& field : fields_) {
    std::size_t end = field.end;
    if (field.doubled) {
      end = field.begin;
      for (std::size_t i = field.begin; i < field.end; ++i) {
        buffer_[end++] = buffer_[i];
        if (buffer_[i] == '"') ++i;
      }
    }
    record.fields.emplace_back(buffer_.data() + field.begin, end - field.begin);
  }
}

bool CsvReader::next(Record& record) {
  if (!begun_) {
    begun_ = true;
    refill();
    if (buffer_.starts_with("\xEF\xBB\xBF")) at_ = 3;
    if (buffer_.starts_with("\xFF\xFE") || buffer_.starts_with("\xFE\xFF")) {
      fault_ = file_fault(file_, "is UTF-16, expected UTF-8");
      fault_->cure = "`encoding=\"utf-16\"` reads it";
    }
  }
  while (!fault_) {
    if (ends() && drained_) {
      fields_.clear();
      fail_of_stream();
      return false;
    }
    const std::size_t begin = at_;
    record.line = line_;
    switch (read_record()) {
      case Got::All:
        if (is_blank_record()) continue;
        take_fields(record);
        return true;
      case Got::Fault:
        return false;
      case Got::Part:
        buffer_.erase(0, begin);
        at_ = 0;
        line_ = record.line;
        if (!refill()) {
          fields_.clear();
          fail_of_stream();
          return false;
        }
    }
  }
  return false;
}

}  // namespace modelc::formats
