// Values in YAML's block style: where each ends for YAML, and where the user meant it to end.
#include <algorithm>
#include <cctype>

#include "support/spelling.h"
#include "support/utf8.h"
#include "syntax/yaml/survey.h"

namespace modelc::syntax {

using diagnostics::Report;

Surveyor::Offset Surveyor::properties(Offset p, int parent, bool is_value, bool in_flow) {
  while (at(p) == '&' || at(p) == '!') {
    Offset q = p + 1;
    while (q < text_.size() && !is_space_or_end(text_[q]) &&
           !(in_flow && std::string_view(",]}[{").find(text_[q]) != std::string_view::npos))
      ++q;
    if (at(p) == '&') {
      if (q == p + 1) return p;
      anchors_.emplace(text_.substr(p + 1, q - p - 1));
    } else {
      Offset end = q;
      // `!fc: x` is a key; the colon is no part of the glob.
      if (!is_value && end > p + 1 && text_[end - 1] == ':') --end;
      const Offset after = skip_blanks(q);
      Offset below = in_flow ? text_.size() : next_line(text_, after);
      while (below < text_.size() && (ends_line(skip_blanks(below)) || at(skip_blanks(below)) == '#'))
        below = next_line(text_, below);
      const bool heads_block = !in_flow && (ends_line(after) || is_comment(after)) && below < text_.size() &&
                               indentation(below) > parent && !starts_document(below);
      const bool alone =
          !heads_block && (ends_line(after) || is_comment(after) || end != q ||
                           (in_flow && std::string_view(",]}").find(at(after)) != std::string_view::npos));
      Report report = sink_.report(span(p, end), diag::YamlTag, word(p, end));
      if (alone) {
        std::vector<Patch> patches;
        quote_range(text_, p, end, patches);
        report.help("if a glob is meant, quote it: `" + corrected(p, end, patches) + "`")
            .fix(span(p, end), quoted(text_.substr(p, end - p)));
        out_.patches.insert(out_.patches.end(), patches.begin(), patches.end());
        return end;
      }
      report.help("leave the tag out, the position of a value decides how it is read");
      out_.patches.push_back({p, after - p, ""});
    }
    p = skip_blanks(q);
    if (in_flow) p = flow_space(p);
  }
  return p;
}

Surveyor::Offset Surveyor::node(Offset p, int parent, bool is_value) {
  const Offset first = p;
  const Offset reported = out_.patches.size();
  p = properties(p, parent, is_value, false);
  const bool patched = p != first && out_.patches.size() != reported && out_.patches.back().remove == 0;
  if (patched && (ends_line(skip_blanks(p)) || is_comment(skip_blanks(p)) || at(p) == ':')) {
    // The tag was the whole value, or a key.
    return after_node(first, p, parent, is_value, '"');
  }
  if (ends_line(p) || is_comment(p)) {
    awaits_value_ = true;
    return next_line(text_, p);
  }
  const char c = at(p);
  const bool spaced = is_space_or_end(at(p + 1));
  last_value_ = p;
  if (c == '"' || c == '\'') {
    const Offset end = quoted_scalar(p, parent);
    if (end == kStop) return kStop;
    return after_node(p, end, parent, is_value, c);
  }
  if (c == '[' || c == '{') {
    std::vector<FlowTrap> traps;
    const Offset end = collection(p, parent, 0, traps);
    if (end == kStop) return kStop;
    const Offset q = skip_blanks(end);
    const bool ends = ends_line(q) || at(q) == '#' || (at(q) == ':' && is_space_or_end(at(q + 1)));
    // Where the whole value needs quotes, what is inside it does not.
    if (ends) report_flow(traps);
    return after_node(p, end, parent, is_value, c);
  }
  if (c == '*') return star(p, parent, is_value);
  if (c == '|' || c == '>') return block_scalar(p, parent);
  if (c == '-' && spaced && is_value) {
    sink_.report(span(p, p + 1), diag::ReservedStart, "- ")
        .help("put each item of a list on a line of its own, below the key; quote the value if it is an expression");
    return kStop;
  }
  if (c == ']' || c == '}') {
    sink_.report(span(p, p + 1), diag::YamlSyntax, "a closing bracket stands here that nothing opened")
        .help("delete it, or open it before the value");
    return kStop;
  }
  const bool reserved = c == '@' || c == '`' || c == '%' || c == '&' || c == ',' || (c == '?' && spaced && is_value);
  if (reserved) return quote_value(diag::ReservedStart, p, parent, is_value, span(p, p + 1), std::string(1, c));
  return plain(p, parent, is_value);
}

Surveyor::Offset Surveyor::after_node(Offset begin, Offset end, int parent, bool is_value, char opened) {
  const Offset q = skip_blanks(end);
  last_value_ = begin;
  last_value_end_ = end;
  if (ends_line(q) || at(q) == '#') {
    if (!is_value && misses_colon(begin)) out_.suspects.push_back({Suspicion::MissingColon, span(begin, end), {}, {}});
    awaits_value_ = false;
    return next_line(text_, q);
  }
  const bool one_line = line_begin(text_, begin) == line_begin(text_, end);
  if (at(q) == ':' && is_space_or_end(at(q + 1))) {
    if (!is_value && one_line) return value_of_key(q + 1, column_of(begin));
    if (one_line) return quote_value(diag::ColonInValue, begin, parent, is_value, span(q, q + 1), word(begin, q));
  }
  bool has_comment = false;
  const Offset last = std::max(q, std::min(value_end(begin, parent, has_comment), line_end(text_, q)));
  const std::string rest = word(q, last);
  if (opened == '[' || opened == '{') {
    return quote_value(diag::GoesOnAfterBracket, begin, parent, is_value, span(q, last), std::string(1, text_[end - 1]),
                       rest);
  }
  if (opened == '*')
    return quote_value(diag::BareGlob, begin, parent, is_value, span(begin, end), word(begin, line_end(text_, begin)));
  if (!one_line) {
    sink_.report(span(begin, line_end(text_, begin)), diag::UnclosedQuote, std::string(1, opened))
        .note(span(end - 1, end), "YAML takes this quote for its end")
        .help("close the quote on the line where it opens");
    return kStop;
  }
  return quote_value(diag::GoesOnAfterQuote, begin, parent, is_value, span(q, last), rest);
}

Surveyor::Offset Surveyor::value_of_key(Offset after_colon, int column) {
  enter(column);
  awaits_value_ = true;
  const Offset q = skip_blanks(after_colon);
  last_value_ = last_value_end_ = q;
  if (ends_line(q) || is_comment(q)) return next_line(text_, q);
  return node(q, column, true);
}

bool Surveyor::starts_document(Offset line_start) const {
  const std::string_view mark = text_.substr(line_start, 3);
  return (mark == "---" || mark == "...") && is_space_or_end(at(line_start + 3));
}

Surveyor::Offset Surveyor::key_colon(Offset begin, Offset end) const {
  Brackets brackets;
  for (Offset i = begin; i < end;) {
    const Offset after = skip_string(text_.substr(0, end), i);
    if (after != i) {
      i = after;
      continue;
    }
    if (text_[i] == ':' && brackets.depth() == 0 && is_space_or_end(at(i + 1))) return i;
    if (is_comment(i)) break;
    brackets.feed(text_[i]);
    ++i;
  }
  return end;
}

bool Surveyor::misses_colon(Offset begin) const {
  return !is_item(begin) && !levels_.empty() && levels_.back() == column_of(begin);
}

/// The end of the expression that begins here: to the end of its line, and on while lines are indented deeper than
/// `parent` and are no entries of their own, or a bracket is open.
Surveyor::Offset Surveyor::value_end(Offset begin, int parent, bool& has_comment) const {
  Brackets brackets;
  Offset i = begin, end = begin;
  has_comment = false;
  bool comment = false;
  while (true) {
    while (!ends_line(i) && !is_comment(i)) {
      const Offset after = skip_string(text_, i);
      if (after == i) {
        brackets.feed(text_[i]);
        if (!is_blank(text_[i])) end = i + 1;
        ++i;
      } else {
        end = i = after;
      }
    }
    comment = comment || is_comment(i);
    Offset next = next_line(text_, i);
    while (next < text_.size() && (ends_line(skip_blanks(next)) || at(skip_blanks(next)) == '#')) {
      comment = comment || !ends_line(skip_blanks(next));
      const Offset after = next_line(text_, next);
      if (after <= next) break;
      next = after;
    }
    if (next >= text_.size() || next <= i || indentation(next) <= parent || starts_document(next)) return end;
    if (brackets.depth() == 0 && looks_like_entry(next)) return end;
    has_comment = has_comment || comment;
    i = skip_blanks(next);
  }
}

template <class Row, class... Args>
Surveyor::Offset Surveyor::quote_value(const Row& row, Offset begin, int parent, bool is_value, support::Span place,
                                       Args&&... args) {
  if (!is_value) {
    const Offset colon = key_colon(begin, line_end(text_, begin));
    if (at(colon) == ':') {
      std::vector<Patch> patches;
      Offset end = colon;
      while (end > begin && is_blank(text_[end - 1])) --end;
      quote_range(text_, begin, end, patches);
      sink_.report(place, row, std::forward<Args>(args)...)
          .help("quote it: `" + corrected(begin, end, patches) + "`")
          .fix(span(begin, end), quoted(text_.substr(begin, end - begin)));
      out_.patches.insert(out_.patches.end(), patches.begin(), patches.end());
      return value_of_key(colon + 1, column_of(begin));
    }
  }
  bool has_comment = false;
  const Offset end = value_end(begin, parent, has_comment);
  return finish_quoting(sink_.report(place, row, std::forward<Args>(args)...), begin, end, parent, has_comment);
}

Surveyor::Offset Surveyor::finish_quoting(Report report, Offset begin, Offset end, int parent, bool has_comment) {
  awaits_value_ = false;
  last_value_ = begin;
  last_value_end_ = end;
  std::vector<Patch> patches;
  if (!has_comment) {
    quote_range(text_, begin, end, patches);
    report.help("quote the value, `" + corrected(begin, end, patches) + "`, or write it as a block under `|`")
        .fix(span(begin, end), quoted(text_.substr(begin, end - begin)));
  } else {
    int least = -1;
    for (Offset line = next_line(text_, begin); line < end; line = next_line(text_, line)) {
      const int own = indentation(line);
      if (!ends_line(skip_blanks(line)) && (least < 0 || own < least)) least = own;
    }
    if (least <= std::max(parent, 0)) {
      report.help("write the value as a block: `|` behind the colon, the lines of the value below, indented");
      out_.readable = false;
      return next_line(text_, end);
    }
    const std::string opening = "|\n" + std::string(static_cast<std::size_t>(least), ' ');
    patches.push_back({begin, 0, opening});
    report.help("write the value as a block, in which comments may stand:\n" + corrected(begin, end, patches))
        .fix(span(begin, begin), opening);
  }
  out_.patches.insert(out_.patches.end(), patches.begin(), patches.end());
  return next_line(text_, end);
}

Surveyor::Offset Surveyor::plain(Offset p, int parent, bool is_value) {
  Offset i = p;
  while (!ends_line(i) && !is_comment(i) && !(text_[i] == ':' && is_space_or_end(at(i + 1)))) ++i;
  last_value_end_ = i;
  if (!ends_line(i) && text_[i] == ':') return key_or_trap(p, i, parent, is_value);
  if (ends_line(i)) return continuation(p, i, parent, is_value);
  if (!is_value && misses_colon(p)) {
    out_.suspects.push_back({Suspicion::MissingColon, span(p, i), {}, {}});
    awaits_value_ = true;
    return next_line(text_, i);
  }
  return cut_by_comment(p, i, parent, is_value);
}

Surveyor::Offset Surveyor::key_or_trap(Offset p, Offset colon, int parent, bool is_value) {
  if (is_value) {
    const Offset after = skip_blanks(colon + 1);
    if (ends_line(after) || is_comment(after)) {
      sink_.report(span(colon, colon + 1), diag::ColonInValue, word(p, colon))
          .help("write `" + word(p, colon) + ":` on a line of its own, indented under its key");
      return kStop;
    }
    return quote_value(diag::ColonInValue, p, parent, is_value, span(colon, colon + 1), word(p, colon));
  }
  const Offset end = line_end(text_, p);
  const Offset meant = key_colon(p, end);
  bool has_comment = false;
  if (meant != colon && is_balanced(text_, p, value_end(p, parent, has_comment))) {
    return quote_value(diag::ColonInValue, p, parent, is_value, span(colon, colon + 1), word(p, colon));
  }
  return value_of_key(colon + 1, column_of(p));
}

Surveyor::Offset Surveyor::continuation(Offset p, Offset end, int parent, bool is_value) {
  const Offset first_end = end;
  const bool misses = !is_value && misses_colon(p);
  Offset next = next_line(text_, end);
  while (next < text_.size()) {
    const Offset q = skip_blanks(next);
    if (ends_line(q)) {
      next = next_line(text_, q);
      continue;
    }
    if (indentation(next) <= parent || starts_document(next) || (misses && indentation(next) <= column_of(p))) break;
    if (at(q) == '#') return misses ? next : cut_by_comment(p, q, parent, is_value);
    Offset i = q;
    while (!ends_line(i) && !is_comment(i) && !(text_[i] == ':' && is_space_or_end(at(i + 1)))) ++i;
    if (!ends_line(i) && text_[i] == ':') {
      // YAML refuses this line. The cause is here, or above it where a colon was forgotten.
      const bool forgotten = !is_value && !is_item(p);
      if (forgotten) out_.suspects.push_back({Suspicion::MissingColon, span(p, first_end), {}, {}});
      awaits_value_ = forgotten;
      return next;
    }
    if (!ends_line(i)) return misses ? next_line(text_, i) : cut_by_comment(p, i, parent, is_value);
    end = last_value_end_ = i;
    next = next_line(text_, i);
  }
  if (misses) out_.suspects.push_back({Suspicion::MissingColon, span(p, first_end), {}, {}});
  awaits_value_ = misses;
  return next;
}

Surveyor::Offset Surveyor::cut_by_comment(Offset p, Offset comment, int parent, bool is_value) {
  Offset next = next_line(text_, comment);
  while (next < text_.size() && (ends_line(skip_blanks(next)) || at(skip_blanks(next)) == '#')) {
    next = next_line(text_, next);
  }
  awaits_value_ = false;
  if (next < text_.size() && indentation(next) > parent && !starts_document(next)) {
    if (looks_like_entry(next) && is_balanced(text_, p, comment)) return next;
    const Offset q = skip_blanks(next);
    return quote_value(diag::CutByComment, p, parent, is_value, span(q, line_end(text_, q)),
                       word(q, line_end(text_, q)));
  }
  const Offset end = line_end(text_, comment);
  if (line_begin(text_, p) == line_begin(text_, comment) && !is_balanced(text_, p, comment) &&
      is_balanced(text_, p, end)) {
    Offset last = end;
    while (last > p && is_blank(text_[last - 1])) --last;
    return finish_quoting(sink_.report(span(comment, last), diag::CutByComment, word(comment, last)), p, last, parent,
                          false);
  }
  return next_line(text_, comment);
}

Surveyor::Offset Surveyor::star(Offset p, int parent, bool is_value) {
  Offset q = p + 1;
  while (q < text_.size() && !is_space_or_end(text_[q]) &&
         std::string_view(",[]{}").find(text_[q]) == std::string_view::npos)
    ++q;
  const std::string_view name = text_.substr(p + 1, q - p - 1);
  if (is_anchor(name)) return after_node(p, q, parent, is_value, '*');
  const Offset after = skip_blanks(q);
  const bool alone = ends_line(after) || is_comment(after);
  const bool is_word = !name.empty() && std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return std::isalnum(c) || c == '_' || c == '-';
  });
  if (alone && is_word && !anchors_.empty()) {
    report_unknown_alias(p, q);
    awaits_value_ = false;
    return next_line(text_, q);
  }
  bool has_comment = false;
  const Offset end = is_value ? value_end(p, parent, has_comment) : key_colon(p, line_end(text_, p));
  return quote_value(diag::BareGlob, p, parent, is_value, span(p, q), word(p, end));
}

void Surveyor::report_unknown_alias(Offset begin, Offset end) {
  const std::string name(text_.substr(begin + 1, end - begin - 1));
  Report report = sink_.report(span(begin, end), diag::UnknownAlias, name, name);
  constexpr std::size_t kCompared = 1000;
  if (anchors_.size() <= kCompared) {
    const std::vector<std::string> known(anchors_.begin(), anchors_.end());
    if (const auto near = support::nearest(name, known)) report.help("did you mean `*" + *near + "`?");
  }
  report.help("quote it if a glob is meant: `\"*" + name + "\"`");
  quote_range(text_, begin, end, out_.patches);
}

Surveyor::Offset Surveyor::block_scalar(Offset p, int parent) {
  Offset i = p + 1;
  bool digit = false;
  for (; at(i) == '+' || at(i) == '-' || (at(i) >= '1' && at(i) <= '9'); ++i) digit = digit || at(i) >= '1';
  const Offset q = skip_blanks(i);
  const auto refuse = [&] {
    return quote_value(diag::ReservedStart, p, parent, true, span(p, p + 1), std::string(1, text_[p]));
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

Surveyor::Offset Surveyor::quoted_scalar(Offset p, int parent) {
  const char quote = text_[p];
  for (Offset i = p + 1; i < text_.size(); ++i) {
    const char c = text_[i];
    if (is_break(c)) {
      const Offset next = next_line(text_, i);
      if (next < text_.size() && indentation(next) <= parent && looks_like_entry(next)) {
        sink_.report(span(p, i), diag::UnclosedQuote, std::string(1, quote))
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
        sink_.report(span(i, end), diag::YamlBadEscape, word(i, end))
            .help("write `\\\\` for a backslash, or use single quotes")
            .fix(span(i, i), "\\");
        out_.patches.push_back({i, 0, "\\"});
      }
      if (escape != '\r' && escape != '\n') ++i;
    }
  }
  sink_.report(span(p, line_end(text_, p)), diag::UnclosedQuote, std::string(1, quote))
      .help("close the quote on the line where it opens");
  return kStop;
}

}  // namespace modelc::syntax
