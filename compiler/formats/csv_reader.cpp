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

CsvReader::CsvReader(const std::string& file, std::string_view text, const CsvOptions& options, bool whole)
    : file_(file), text_(text), options_(options), whole_(whole) {
  if (text_.starts_with("\xEF\xBB\xBF")) at_ = 3;
  if (text_.starts_with("\xFF\xFE") || text_.starts_with("\xFE\xFF"))
    fault_ = file_fault(file_, "is UTF-16, expected UTF-8");
}

bool CsvReader::fail(std::int64_t line, std::int64_t column, std::string message) {
  Fault fault = file_fault(file_, std::move(message));
  fault.row = line;
  fault.column = column;
  fault_ = std::move(fault);
  return false;
}

void CsvReader::take_break() {
  if (text_[at_] == '\r' && at_ + 1 < text_.size() && text_[at_ + 1] == '\n') ++at_;
  ++at_;
  ++line_;
}

// `at_` stands behind the opening quote.
bool CsvReader::read_quoted(std::string& field, std::size_t column) {
  const std::int64_t opened = line_;
  const auto place = static_cast<std::int64_t>(column);
  while (true) {
    if (at_ == text_.size()) {
      if (!whole_) {
        cut_ = true;
        return false;
      }
      return fail(opened, place, "this quote is never closed");
    }
    const char c = text_[at_];
    if (c == '"') {
      if (at_ + 1 < text_.size() && text_[at_ + 1] == '"') {
        field += '"';
        at_ += 2;
        continue;
      }
      ++at_;
      return true;
    }
    if (at_break()) {
      const std::size_t begin = at_;
      take_break();
      field.append(text_.substr(begin, at_ - begin));
    } else {
      if (c == '\0') return fail(line_, place, "holds a NUL byte, expected text");
      field += c;
      ++at_;
    }
    if (field.size() > kMostField)
      return fail(opened, place, "this quoted field is longer than 16 MiB; is its quote closed?");
  }
}

bool CsvReader::read_field(Record& record, bool& last) {
  const std::size_t column = record.fields.size() + 1;
  const auto place = static_cast<std::int64_t>(column);
  std::string field;
  const std::size_t begin = at_;
  std::size_t start = at_;
  if (options_.strip)
    while (start < text_.size() && is_blank(text_[start]) && text_[start] != options_.separator) ++start;
  if (start < text_.size() && text_[start] == '"') {
    quoted_ = true;
    at_ = start + 1;
    if (!read_quoted(field, column)) return false;
    if (options_.strip)
      while (at_ < text_.size() && is_blank(text_[at_]) && text_[at_] != options_.separator) ++at_;
    if (at_ < text_.size() && text_[at_] != options_.separator && !at_break())
      return fail(line_, place,
                  fmt::format("text after the closing quote, expected `{}` or the end of the line (a quote inside "
                              "quotes is written twice)",
                              options_.separator));
  } else {
    while (at_ < text_.size() && text_[at_] != options_.separator && !at_break()) {
      if (text_[at_] == '\0') return fail(line_, place, "holds a NUL byte, expected text");
      ++at_;
    }
    std::string_view raw = text_.substr(begin, at_ - begin);
    if (options_.strip) {
      while (!raw.empty() && is_blank(raw.front())) raw.remove_prefix(1);
      while (!raw.empty() && is_blank(raw.back())) raw.remove_suffix(1);
    }
    if (raw.size() > kMostField) return fail(line_, place, "this field is longer than 16 MiB");
    field = raw;
  }
  if (support::find_bad_utf8(field) != std::string_view::npos) {
    if (at_ == text_.size() && !whole_) cut_ = true;
    else return fail(line_, place, "holds bytes that are not UTF-8");
    return false;
  }
  record.fields.push_back(std::move(field));
  if (record.fields.size() > kMostColumns)
    return fail(line_, 0, fmt::format("more than {} fields in a line", kMostColumns));
  if (at_ == text_.size()) {
    last = true;
    if (!whole_) cut_ = true;
  } else if (at_break()) {
    last = true;
    take_break();
  } else {
    ++at_;
    last = false;
  }
  return true;
}

bool CsvReader::next(Record& record) {
  while (!fault_ && !cut_ && at_ < text_.size()) {
    record.fields.clear();
    record.line = line_;
    quoted_ = false;
    bool last = false;
    while (!last)
      if (!read_field(record, last)) return false;
    if (cut_) return false;
    bool blank = record.fields.size() == 1 && !quoted_;
    if (blank)
      for (char c : record.fields[0]) blank = blank && is_blank(c);
    if (!blank) return true;
  }
  return false;
}

}  // namespace modelc::formats
