// Strings: Python's escapes and `${…}`.
#include <algorithm>
#include <charconv>

#include "support/utf8.h"
#include "syntax/expression/build.h"

namespace modelc::syntax {

using ast::ExprKind;

using support::append_utf8;

void Builder::open_string(std::size_t begin, EnclosureKind kind) { open(kind, begin); }

void Builder::literal(std::string_view text) { innermost().piece += text; }

std::size_t Builder::escape(std::size_t at) {
  const std::string_view rest = view_.substr(at);
  std::string& out = innermost().piece;
  if (rest.size() < 2) unexpected(at + 1, "the rest of the string");
  const char kind = rest[1];
  static constexpr std::string_view kPlain = "\\\\''\"\"a\ab\bf\fn\nr\rt\tv\v";
  for (std::size_t i = 0; i + 1 < kPlain.size(); i += 2) {
    if (kPlain[i] != kind) continue;
    out += kPlain[i + 1];
    return 2;
  }
  if (kind == '\n') return 2;  // as in Python: a backslash at the end of a line joins it to the next
  if (kind == '$' && rest.size() > 2 && rest[2] == '{') {
    out += "${";
    return 3;
  }
  if (kind >= '0' && kind <= '7') {
    std::size_t length = 1;
    while (length < 4 && length < rest.size() && rest[length] >= '0' && rest[length] <= '7') ++length;
    std::uint32_t code = 0;
    std::from_chars(rest.data() + 1, rest.data() + length, code, 8);
    append_utf8(out, code);
    return length;
  }
  if (kind == 'x' || kind == 'u' || kind == 'U') {
    const std::size_t digits = kind == 'x' ? 2 : kind == 'u' ? 4 : 8;
    std::uint32_t code = 0;
    const std::size_t length = std::min(digits, rest.size() - 2);
    const auto [stop, error] = std::from_chars(rest.data() + 2, rest.data() + 2 + length, code, 16);
    const bool whole = error == std::errc() && stop == rest.data() + 2 + digits;
    if (!whole || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) {
      std::size_t shown = 2;
      while (shown < 2 + length && std::isxdigit(static_cast<unsigned char>(rest[shown]))) ++shown;
      fail(at, at + shown, fmt::format("`\\{}` takes {} hexadecimal digits of a character", kind, digits),
           diag::NoStringEscape, rest.substr(0, shown));
    }
    append_utf8(out, code);
    return 2 + digits;
  }
  if (kind == 'N' && rest.size() > 2 && rest[2] == '{') {
    fail(at, at + 2, "write the character itself, or `\\u` and its number", diag::NoStringEscape, rest.substr(0, 2));
  }
  out += '\\';  // Python keeps the backslash of an escape it does not know
  return 1;
}

void Builder::open_insertion(std::size_t begin) { open(EnclosureKind::Insertion, begin); }

void Builder::close_insertion() {
  enclosures_.pop_back();
  leave();
  Operand value = pop();
  Enclosure& text = innermost();
  if (!text.piece.empty()) text.parts.emplace_back(std::move(text.piece), nullptr);
  text.piece.clear();
  text.depth = std::max(text.depth, value.depth);
  text.parts.emplace_back(std::string(), std::move(value.expr));
}

void Builder::close_string(std::size_t end) {
  Enclosure done = std::move(enclosures_.back());
  enclosures_.pop_back();
  leave();
  const std::size_t quote = done.kind == EnclosureKind::Pattern ? 0 : 1;
  NodeRef made = node(ExprKind::String, done.begin, end);
  if (done.parts.empty()) {
    made->text = std::move(done.piece);
  } else {
    if (!done.piece.empty()) done.parts.emplace_back(std::move(done.piece), nullptr);
    made->text = view_.substr(done.begin + quote, end - done.begin - 2 * quote);
    made->parts = std::move(done.parts);
  }
  push(std::move(made), done.begin, end, done.depth + 1);
}

}  // namespace modelc::syntax
