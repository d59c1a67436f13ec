// Where a value ends that YAML ends elsewhere, and how it is put in quotes.
#include <algorithm>

#include "syntax/yaml/layout.h"

namespace modelc::syntax {

using diagnostics::Report;

LayoutChecker::Offset LayoutChecker::key_colon(Offset begin, Offset end) const {
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

/// The end of the expression that begins here: to the end of its line, and on while lines are indented deeper than
/// `parent` and are no entries of their own, or a bracket is open.
LayoutChecker::Offset LayoutChecker::value_end(Offset begin, int parent, bool& has_comment) const {
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

LayoutChecker::Offset LayoutChecker::quote_value(Report report, Offset begin, int parent, bool is_value) {
  if (!is_value) {
    const Offset colon = key_colon(begin, line_end(text_, begin));
    if (at(colon) == ':') {
      std::vector<Patch> patches;
      Offset end = colon;
      while (end > begin && is_blank(text_[end - 1])) --end;
      quote_range(text_, begin, end, patches);
      report.help("quote it: `" + corrected(begin, end, patches) + "`")
          .fix(span(begin, end), quoted(text_.substr(begin, end - begin)));
      out_.patches.insert(out_.patches.end(), patches.begin(), patches.end());
      return value_of_key(colon + 1, column_of(begin));
    }
  }
  bool has_comment = false;
  const Offset end = value_end(begin, parent, has_comment);
  return finish_quoting(report, begin, end, parent, has_comment);
}

bool LayoutChecker::holds_call(Offset begin, Offset end) const {
  const std::string_view inside = text_.substr(begin, end - begin);
  return !inside.empty() && std::isalpha(static_cast<unsigned char>(inside[0])) && inside.back() == ')' &&
         inside.find_first_of("\\\"'#") == std::string_view::npos && is_balanced(text_, begin, end) &&
         inside.find(": ") == std::string_view::npos;
}

LayoutChecker::Offset LayoutChecker::unquote_value(Report report, Offset begin, Offset quote_end, Offset end) {
  awaits_value_ = false;
  last_value_ = begin;
  last_value_end_ = end;
  const std::vector<Patch> patches = {{begin, 1, ""}, {quote_end - 1, 1, ""}};
  report.help("leave the quotes out: `" + corrected(begin, end, patches) + "`")
      .fix(span(begin, begin + 1), "")
      .fix(span(quote_end - 1, quote_end), "");
  out_.patches.insert(out_.patches.end(), patches.begin(), patches.end());
  return next_line(text_, end);
}

LayoutChecker::Offset LayoutChecker::finish_quoting(Report report, Offset begin, Offset end, int parent,
                                                    bool has_comment) {
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

}  // namespace modelc::syntax
