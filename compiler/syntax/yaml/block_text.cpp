// Texts with marks of their own, in quotes and under `|` and `>`: where each ends.
#include <cctype>

#include "support/utf8.h"
#include "syntax/yaml/layout.h"

namespace modelc::syntax {

LayoutChecker::Offset LayoutChecker::block_scalar(Offset p, int parent) {
  Offset i = p + 1;
  bool digit = false;
  for (; at(i) == '+' || at(i) == '-' || (at(i) >= '1' && at(i) <= '9'); ++i) digit = digit || at(i) >= '1';
  const Offset q = skip_blanks(i);
  const auto refuse = [&] {
    return quote_value(faults_.report(span(p, p + 1), diag::ReservedStart, std::string(1, text_[p])), p, parent, true);
  };
  if (!ends_line(q) && !is_comment(q)) return refuse();
  Offset next = next_line(text_, q);
  int first = -1;
  while (next < text_.size()) {
    const int own = indentation(next);
    if (!ends_line(next + static_cast<Offset>(own))) {
      if (own <= parent || starts_document(next)) break;
      if (first < 0) first = own;
      else if (own < first && !digit) {
        const Offset begin = next + static_cast<Offset>(own);
        out_.suspects.push_back({Suspicion::BlockDedent, span(begin, line_end(text_, begin)), span(p, i), {}});
      }
    }
    next = next_line(text_, next);
  }
  if (first < 0 && digit) return refuse();
  awaits_value_ = false;
  return next;
}

LayoutChecker::Offset LayoutChecker::quoted_scalar(Offset p, int parent) {
  const char quote = text_[p];
  for (Offset i = p + 1; i < text_.size(); ++i) {
    const char c = text_[i];
    if (is_break(c)) {
      const Offset next = next_line(text_, i);
      if (next < text_.size() && indentation(next) <= parent && looks_like_entry(next)) {
        faults_.report(span(p, i), diag::UnclosedQuote, std::string(1, quote))
            .note(span(skip_blanks(next), line_end(text_, next)),
                  "without a closing quote this line becomes part of the text")
            .help("close the quote on the line where it opens");
        return kStop;
      }
    } else if (quote == '\'' && c == quote) {
      if (at(i + 1) != quote) return i + 1;
      ++i;
    } else if (c == quote) {
      return i + 1;
    } else if (quote == '"' && c == '\\') {
      const char escape = at(i + 1);
      Offset digits = escape == 'x' ? 2 : escape == 'u' ? 4 : escape == 'U' ? 8 : 0;
      bool known =
          escape != '\0' && std::string_view("0abt\tnvfre \"/\\N_LPxuU\r\n'").find(escape) != std::string_view::npos;
      for (Offset k = 0; k < digits; ++k) known = known && std::isxdigit(static_cast<unsigned char>(at(i + 2 + k)));
      if (known && digits >= 4) {
        const unsigned long value = std::stoul(std::string(text_.substr(i + 2, digits)), nullptr, 16);
        known = value <= 0x10FFFF && (value < 0xD800 || value > 0xDFFF);
      }
      if (!known && escape != '\0') {
        const Offset end = support::utf8_end(text_, i + 2);
        faults_.report(span(i, end), diag::YamlBadEscape, word(i, end))
            .help("write `\\\\` for a backslash, or use single quotes")
            .fix(span(i, i), "\\");
        out_.patches.push_back({i, 0, "\\"});
      }
      if (escape != '\r' && escape != '\n') ++i;
    }
  }
  faults_.report(span(p, line_end(text_, p)), diag::UnclosedQuote, std::string(1, quote))
      .help("close the quote on the line where it opens");
  return kStop;
}

}  // namespace modelc::syntax
