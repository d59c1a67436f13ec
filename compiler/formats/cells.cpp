#include "formats/cells.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>

namespace modelc::formats {
namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Without a leading plus, which from_chars does not take.
std::string_view unsigned_plus(std::string_view text) {
  if (text.size() > 1 && text[0] == '+' && text[1] != '-') text.remove_prefix(1);
  return text;
}

std::size_t digits_from(std::string_view text, std::size_t at) {
  while (at < text.size() && is_digit(text[at])) ++at;
  return at;
}

bool is_word(std::string_view text, std::string_view word) {
  return std::equal(text.begin(), text.end(), word.begin(), word.end(), [](char a, char b) { return (a | 0x20) == b; });
}

}  // namespace

CellReader::CellReader(const CsvOptions& options) : missing_(options.missing), decimal_(options.decimal) {
  for (const std::string& text : missing_) longest_missing_ = std::max(longest_missing_, text.size());
}

bool CellReader::is_missing(std::string_view cell) const {
  if (cell.size() > longest_missing_) return false;
  return std::find(missing_.begin(), missing_.end(), cell) != missing_.end();
}

bool CellReader::integer(std::string_view cell, std::int64_t& value) {
  const std::string_view text = unsigned_plus(trimmed(cell));
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() && !text.empty();
}

bool CellReader::is_number(std::string_view cell, bool& nan) const {
  std::string_view text = trimmed(cell);
  if (!text.empty() && (text[0] == '+' || text[0] == '-')) text.remove_prefix(1);
  if (text.empty()) return false;
  if (!is_digit(text[0]) && text[0] != decimal_) {
    nan = is_word(text, "nan");
    return nan || is_word(text, "inf") || is_word(text, "infinity");
  }
  std::size_t at = digits_from(text, 0);
  std::size_t digits = at;
  if (at < text.size() && text[at] == decimal_) {
    const std::size_t fraction = at + 1;
    at = digits_from(text, fraction);
    digits += at - fraction;
  }
  if (digits == 0) return false;
  if (at == text.size()) return true;
  if ((text[at] | 0x20) != 'e') return false;
  ++at;
  if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
  const std::size_t exponent = at;
  at = digits_from(text, exponent);
  return at > exponent && at == text.size();
}

bool CellReader::number(std::string_view cell, double& value) const {
  bool nan = false;
  if (!is_number(cell, nan)) return false;
  std::string_view text = unsigned_plus(trimmed(cell));
  std::string with_point;
  if (decimal_ != '.') {
    with_point = text;
    std::replace(with_point.begin(), with_point.end(), decimal_, '.');
    text = with_point;
  }
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc::result_out_of_range) value = std::strtod(std::string(text).c_str(), nullptr);
  return end == text.data() + text.size();
}

}  // namespace modelc::formats
