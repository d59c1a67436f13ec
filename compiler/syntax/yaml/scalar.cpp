#include "syntax/yaml/scalar.h"

#include <algorithm>

#include "support/utf8.h"
#include "syntax/yaml/text.h"

namespace modelc::syntax {

namespace {

using Offsets = std::vector<std::size_t>;

/// A run of line breaks and the white space around it at `at`: how many breaks, and where it ends.
std::size_t count_breaks(std::string_view source, std::size_t& at) {
  std::size_t breaks = 0;
  while (at < source.size() && (is_blank(source[at]) || is_break(source[at]))) {
    if (source[at] == '\n' || (source[at] == '\r' && (at + 1 >= source.size() || source[at + 1] != '\n'))) ++breaks;
    ++at;
  }
  return breaks;
}

/// Appends what a fold of `breaks` line breaks at `at` stands for: a space, or one break less.
void fold(std::size_t breaks, std::size_t at, std::string& text, Offsets& offsets) {
  const std::size_t count = breaks == 1 ? 1 : breaks - 1;
  text.append(count, breaks == 1 ? ' ' : '\n');
  offsets.insert(offsets.end(), count, at);
}

bool decode_escape(std::string_view source, std::size_t& i, std::string& text, Offsets& offsets) {
  const std::size_t start = i;
  const char c = i + 1 < source.size() ? source[i + 1] : '\0';
  std::string decoded;
  static constexpr std::string_view kLetters = "0abtnvfre \"/\\'";
  static constexpr std::string_view kMeaning("\0\a\b\t\n\v\f\r\x1B \"/\\'", 14);
  const std::size_t digits = c == 'x' ? 2 : c == 'u' ? 4 : c == 'U' ? 8 : 0;
  if (is_break(c)) {
    // An escaped line break is nothing, nor is the next line's indentation.
    ++i;
    if (c == '\r' && i + 1 < source.size() && source[i + 1] == '\n') ++i;
    ++i;
    while (i < source.size() && is_blank(source[i])) ++i;
    return true;
  }
  if (digits > 0) {
    if (i + 2 + digits > source.size()) return false;
    unsigned long code = 0;
    for (std::size_t k = 0; k < digits; ++k) {
      const char h = source[i + 2 + k];
      const bool digit = h >= '0' && h <= '9';
      const char low = static_cast<char>(h | 0x20);
      if (!digit && (low < 'a' || low > 'f')) return false;
      code = code * 16 + static_cast<unsigned long>(digit ? h - '0' : low - 'a' + 10);
    }
    if (code > 0x10FFFF) return false;
    support::append_utf8(decoded, static_cast<std::uint32_t>(code));
  } else if (c == '\t') {
    decoded = "\t";
  } else if (const std::size_t which = kLetters.find(c); c != '\0' && which != std::string_view::npos) {
    decoded = kMeaning[which];
  } else if (c == 'N' || c == '_' || c == 'L' || c == 'P') {
    support::append_utf8(decoded, c == 'N' ? 0x85 : c == '_' ? 0xA0 : c == 'L' ? 0x2028 : 0x2029);
  } else {
    return false;
  }
  text += decoded;
  offsets.insert(offsets.end(), decoded.size(), start);
  i += 2 + digits;
  return true;
}

bool decode_quoted(std::string_view source, std::size_t begin, std::string& text, Offsets& offsets, std::size_t& end) {
  const char quote = source[begin];
  for (std::size_t i = begin + 1; i < source.size();) {
    const char c = source[i];
    if (c == quote) {
      if (quote == '\'' && i + 1 < source.size() && source[i + 1] == quote) {
        text += c;
        offsets.push_back(i);
        i += 2;
        continue;
      }
      offsets.push_back(i);
      end = i + 1;
      return true;
    }
    if (quote == '"' && c == '\\') {
      if (!decode_escape(source, i, text, offsets)) return false;
      continue;
    }
    if (is_blank(c) || is_break(c)) {
      std::size_t after = i;
      const std::size_t breaks = count_breaks(source, after);
      if (breaks > 0) {
        fold(breaks, i, text, offsets);
        i = after;
        continue;
      }
    }
    text += c;
    offsets.push_back(i++);
  }
  return false;
}

bool follow_plain(std::string_view source, std::size_t begin, std::string_view text, Offsets& offsets,
                  std::size_t& end) {
  std::size_t i = begin;
  for (std::size_t k = 0; k < text.size();) {
    std::size_t after = i;
    if (i < source.size() && (is_blank(source[i]) || is_break(source[i]))) {
      const std::size_t breaks = count_breaks(source, after);
      if (breaks > 0) {
        std::string folded;
        fold(breaks, i, folded, offsets);
        if (text.substr(k, folded.size()) != folded) return false;
        k += folded.size();
        i = after;
        continue;
      }
    }
    if (i >= source.size() || source[i] != text[k]) return false;
    offsets.push_back(i++);
    ++k;
  }
  offsets.push_back(i);
  end = i;
  return true;
}

bool follow_block(std::string_view source, std::size_t begin, std::string_view text, Offsets& offsets,
                  std::size_t& end) {
  std::size_t i = begin + 1;
  std::size_t indent = 0;
  for (; i < source.size() && !is_break(source[i]); ++i) {
    if (source[i] >= '1' && source[i] <= '9' && i <= begin + 2) indent = static_cast<std::size_t>(source[i] - '0');
    if (is_blank(source[i])) break;
  }
  i = next_line(source, i);
  end = i;
  const std::size_t first = i;
  const bool stated = indent > 0;
  // The first line with content sets the indentation; a stated one counts from the parent's, which is what the text
  // shows.
  std::size_t line = i;
  while (line < source.size()) {
    std::size_t k = line;
    while (k < source.size() && source[k] == ' ') ++k;
    if (k < source.size() && !is_break(source[k])) {
      indent = k - line;
      const std::size_t lead =
          text.find_first_not_of('\n') == std::string_view::npos ? 0 : text.find_first_not_of('\n');
      std::size_t spaces = 0;
      while (stated && lead + spaces < text.size() && text[lead + spaces] == ' ') ++spaces;
      indent -= std::min(indent, spaces);
      break;
    }
    const std::size_t next = next_line(source, line);
    if (next <= line) break;
    line = next;
  }
  bool line_start = true;
  for (std::size_t k = 0; k < text.size();) {
    if (line_start) {
      for (std::size_t n = 0; n < indent && i < source.size() && source[i] == ' '; ++n) ++i;
      line_start = false;
    }
    if (i < source.size() && !is_break(source[i])) {
      if (source[i] != text[k]) return false;
      offsets.push_back(i++);
      ++k;
      end = i;
      continue;
    }
    // A run of line breaks against a run of spaces or breaks in the text.
    Offsets breaks;
    std::size_t j = i;
    while (j < source.size() && is_break(source[j])) {
      breaks.push_back(j);
      j = next_line(source, j);
      std::size_t n = 0;
      while (n < indent && j + n < source.size() && source[j + n] == ' ') ++n;
      if (j + n < source.size() && is_break(source[j + n])) j += n;
      else break;
    }
    if (breaks.empty() && i < source.size()) return false;
    std::size_t run = 0;
    while (k + run < text.size() && text[k + run] == '\n') ++run;
    if (run == 0 && text[k] == ' ' && breaks.size() == 1) run = 1;
    if (run == 0 || (run > breaks.size() && i < source.size())) {
      // Before the first line with content every break counts; elsewhere the two must agree.
      return false;
    }
    for (std::size_t n = 0; n < run; ++n)
      offsets.push_back(breaks.empty() ? source.size() : breaks[std::min(n, breaks.size() - 1)]);
    k += run;
    i = j;
    line_start = true;
  }
  offsets.push_back(offsets.empty() ? first : std::min(source.size(), offsets.back() + 1));
  return true;
}

}  // namespace

std::size_t skip_space(std::string_view source, std::size_t at) {
  while (at < source.size()) {
    if (is_blank(source[at]) || is_break(source[at])) ++at;
    else if (source[at] == '#') at = line_end(source, at);
    else break;
  }
  return at;
}

std::size_t skip_properties(std::string_view source, std::size_t at) {
  while (at < source.size() && (source[at] == '&' || source[at] == '!')) {
    while (at < source.size() && !is_space_or_end(source[at]) &&
           std::string_view(",[]{}").find(source[at]) == std::string_view::npos)
      ++at;
    at = skip_space(source, at);
  }
  return at;
}

ScalarPlace place_scalar(std::string_view source, std::size_t begin, std::string_view text) {
  ScalarPlace place;
  place.end = std::min(source.size(), begin + 1);
  const char c = begin < source.size() ? source[begin] : '\0';
  bool agrees = false;
  if (c == '"' || c == '\'') {
    place.style = c == '"' ? ast::ScalarStyle::DoubleQuoted : ast::ScalarStyle::SingleQuoted;
    std::string decoded;
    agrees = decode_quoted(source, begin, decoded, place.offsets, place.end) && decoded == text;
  } else if (c == '|' || c == '>') {
    place.style = c == '|' ? ast::ScalarStyle::Literal : ast::ScalarStyle::Folded;
    agrees = follow_block(source, begin, text, place.offsets, place.end);
    if (!agrees) place.end = line_end(source, begin);
  } else {
    agrees = follow_plain(source, begin, text, place.offsets, place.end);
    if (!agrees) place.end = line_end(source, begin);
  }
  if (!agrees || place.offsets.size() != text.size() + 1) place.offsets.assign(text.size() + 1, begin);
  return place;
}

}  // namespace modelc::syntax
