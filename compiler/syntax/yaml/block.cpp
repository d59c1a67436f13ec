// Values in YAML's block style: where each ends for YAML, and where the user meant it to end.
#include <algorithm>
#include <cctype>

#include "support/spelling.h"
#include "support/utf8.h"
#include "syntax/yaml/layout.h"

namespace modelc::syntax {

using diagnostics::Report;

LayoutChecker::Offset LayoutChecker::properties(Offset p, int parent, bool is_value, bool in_flow) {
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
      Report report = faults_.report(span(p, end), diag::YamlTag, word(p, end));
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

LayoutChecker::Offset LayoutChecker::node(Offset p, int parent, bool is_value) {
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
    faults_.report(span(p, p + 1), diag::ReservedStart, "- ")
        .help("put each item of a list on a line of its own, below the key; quote the value if it is an expression");
    return kStop;
  }
  if (c == ']' || c == '}') {
    faults_.report(span(p, p + 1), diag::YamlSyntax, "a closing bracket stands here that nothing opened")
        .help("delete it, or open it before the value");
    return kStop;
  }
  const bool reserved = c == '@' || c == '`' || c == '%' || c == '&' || c == ',' || (c == '?' && spaced && is_value);
  if (reserved)
    return quote_value(faults_.report(span(p, p + 1), diag::ReservedStart, std::string(1, c)), p, parent, is_value);
  return plain(p, parent, is_value);
}

LayoutChecker::Offset LayoutChecker::after_node(Offset begin, Offset end, int parent, bool is_value, char opened) {
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
    if (one_line)
      return quote_value(faults_.report(span(q, q + 1), diag::ColonInValue, word(begin, q)), begin, parent, is_value);
  }
  bool has_comment = false;
  const Offset last = std::max(q, std::min(value_end(begin, parent, has_comment), line_end(text_, q)));
  const std::string rest = word(q, last);
  if (opened == '[' || opened == '{') {
    return quote_value(faults_.report(span(q, last), diag::GoesOnAfterBracket, std::string(1, text_[end - 1]), rest),
                       begin, parent, is_value);
  }
  if (opened == '*')
    return quote_value(faults_.report(span(begin, end), diag::BareGlob, word(begin, line_end(text_, begin))), begin,
                       parent, is_value);
  if (!one_line) {
    faults_.report(span(begin, line_end(text_, begin)), diag::UnclosedQuote, std::string(1, opened))
        .note(span(end - 1, end), "YAML takes this quote for its end")
        .help("close the quote on the line where it opens");
    return kStop;
  }
  Report report = faults_.report(span(q, last), diag::GoesOnAfterQuote, rest);
  return holds_call(begin + 1, end - 1) && last == value_end(begin, parent, has_comment) && !has_comment
             ? unquote_value(report, begin, end, last)
             : quote_value(report, begin, parent, is_value);
}

LayoutChecker::Offset LayoutChecker::value_of_key(Offset after_colon, int column) {
  enter(column);
  awaits_value_ = true;
  const Offset q = skip_blanks(after_colon);
  last_value_ = last_value_end_ = q;
  if (ends_line(q) || is_comment(q)) return next_line(text_, q);
  return node(q, column, true);
}

bool LayoutChecker::starts_document(Offset line_start) const {
  const std::string_view mark = text_.substr(line_start, 3);
  return (mark == "---" || mark == "...") && is_space_or_end(at(line_start + 3));
}

bool LayoutChecker::misses_colon(Offset begin) const {
  return !is_item(begin) && !levels_.empty() && levels_.back() == column_of(begin);
}

LayoutChecker::Offset LayoutChecker::plain(Offset p, int parent, bool is_value) {
  Offset i = p;
  while (!ends_line(i) && !is_comment(i) && !(text_[i] == ':' && is_space_or_end(at(i + 1)))) ++i;
  last_value_end_ = i;
  if (!ends_line(i) && text_[i] == ':') return key_or_trap(p, i, parent, is_value);
  if (is_value && ends_line(i))
    if (const Offset next = typed_list(p, i, parent); next != kStop) return next;
  if (ends_line(i)) return continuation(p, i, parent, is_value);
  if (!is_value && misses_colon(p)) {
    out_.suspects.push_back({Suspicion::MissingColon, span(p, i), {}, {}});
    awaits_value_ = true;
    return next_line(text_, i);
  }
  return cut_by_comment(p, i, parent, is_value);
}

LayoutChecker::Offset LayoutChecker::key_or_trap(Offset p, Offset colon, int parent, bool is_value) {
  if (is_value) {
    const Offset after = skip_blanks(colon + 1);
    if (ends_line(after) || is_comment(after)) {
      faults_.report(span(colon, colon + 1), diag::ColonInValue, word(p, colon))
          .help("write `" + word(p, colon) + ":` on a line of its own, indented under its key");
      return kStop;
    }
    return quote_value(faults_.report(span(colon, colon + 1), diag::ColonInValue, word(p, colon)), p, parent, is_value);
  }
  const Offset end = line_end(text_, p);
  const Offset meant = key_colon(p, end);
  bool has_comment = false;
  if (meant != colon && is_balanced(text_, p, value_end(p, parent, has_comment))) {
    return quote_value(faults_.report(span(colon, colon + 1), diag::ColonInValue, word(p, colon)), p, parent, is_value);
  }
  return value_of_key(colon + 1, column_of(p));
}

LayoutChecker::Offset LayoutChecker::continuation(Offset p, Offset end, int parent, bool is_value) {
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

LayoutChecker::Offset LayoutChecker::cut_by_comment(Offset p, Offset comment, int parent, bool is_value) {
  Offset next = next_line(text_, comment);
  while (next < text_.size() && (ends_line(skip_blanks(next)) || at(skip_blanks(next)) == '#')) {
    next = next_line(text_, next);
  }
  awaits_value_ = false;
  if (next < text_.size() && indentation(next) > parent && !starts_document(next)) {
    if (looks_like_entry(next) && is_balanced(text_, p, comment)) return next;
    const Offset q = skip_blanks(next);
    return quote_value(faults_.report(span(q, line_end(text_, q)), diag::CutByComment, word(q, line_end(text_, q))), p,
                       parent, is_value);
  }
  const Offset end = line_end(text_, comment);
  if (line_begin(text_, p) == line_begin(text_, comment) && !is_balanced(text_, p, comment) &&
      is_balanced(text_, p, end)) {
    Offset last = end;
    while (last > p && is_blank(text_[last - 1])) --last;
    return finish_quoting(faults_.report(span(comment, last), diag::CutByComment, word(comment, last)), p, last, parent,
                          false);
  }
  return next_line(text_, comment);
}

LayoutChecker::Offset LayoutChecker::star(Offset p, int parent, bool is_value) {
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
  return quote_value(faults_.report(span(p, q), diag::BareGlob, word(p, end)), p, parent, is_value);
}

void LayoutChecker::report_unknown_alias(Offset begin, Offset end) {
  const std::string name(text_.substr(begin + 1, end - begin - 1));
  Report report = faults_.report(span(begin, end), diag::UnknownAlias, name, name);
  constexpr std::size_t kCompared = 1000;
  if (anchors_.size() <= kCompared) {
    const std::vector<std::string> known(anchors_.begin(), anchors_.end());
    if (const auto near = support::nearest(name, known)) report.help("did you mean `*" + *near + "`?");
  }
  report.help("quote it if a glob is meant: `\"*" + name + "\"`");
  quote_range(text_, begin, end, out_.patches);
}

}  // namespace modelc::syntax
