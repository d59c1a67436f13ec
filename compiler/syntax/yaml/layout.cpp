#include "syntax/yaml/layout.h"

#include <algorithm>
#include <cctype>

#include "support/utf8.h"

namespace modelc::syntax {

std::string LayoutChecker::word(Offset begin, Offset end) const {
  end = std::min(end, text_.size());
  std::string_view part = begin < end ? text_.substr(begin, end - begin) : std::string_view();
  while (!part.empty() && is_space_or_end(part.back())) part.remove_suffix(1);
  return support::shortened(part, 60);
}

LayoutChecker::Offset LayoutChecker::skip_blanks(Offset i) const {
  while (i < text_.size() && is_blank(text_[i])) ++i;
  return i;
}

int LayoutChecker::column_of(Offset i) const { return static_cast<int>(i - line_begin(text_, i)); }

int LayoutChecker::indentation(Offset line_start) const {
  Offset i = line_start;
  while (at(i) == ' ') ++i;
  return static_cast<int>(i - line_start);
}

/// `name: …` or `- …` at the start of a line: what a value that goes on rarely looks like.
bool LayoutChecker::looks_like_entry(Offset line_start) const {
  Offset i = skip_blanks(line_start);
  if (at(i) == '-' && is_space_or_end(at(i + 1))) return true;
  const Offset first = i;
  while (i < text_.size() && (std::isalnum(static_cast<unsigned char>(text_[i])) ||
                              std::string_view("_.-$*").find(text_[i]) != std::string_view::npos))
    ++i;
  return i > first && at(i) == ':' && is_space_or_end(at(i + 1));
}

/// The end of the line that `begin` stands in, without a comment.
LayoutChecker::Offset LayoutChecker::end_of_content(Offset begin) const {
  Offset i = begin, end = begin;
  while (!ends_line(i) && !is_comment(i)) {
    const Offset after = std::max(skip_string(text_, i), i + 1);
    if (after > i + 1 || !is_blank(text_[i])) end = after;
    i = after;
  }
  return end;
}

std::string LayoutChecker::corrected(Offset begin, Offset end, const std::vector<Patch>& patches) const {
  Offset from = line_begin(text_, begin), to = end_of_content(end);
  constexpr Offset kLine = 300;
  if (to - from > kLine && end - begin < kLine) {
    // Of a very long line only the value is shown.
    from = begin;
    to = end;
  }
  std::vector<Patch> local;
  for (Patch patch : patches) {
    if (patch.at < from || patch.at > to) continue;
    patch.at -= from;
    local.push_back(std::move(patch));
  }
  std::string line = PatchedText(text_.substr(from, to - from), std::move(local)).text();
  if (line.find('\n') == std::string::npos) line.erase(0, std::min(line.find_first_not_of(" \t"), line.size()));
  return line;
}

void LayoutChecker::enter(int column) {
  if (levels_.empty() || levels_.back() < column) levels_.push_back(column);
}

/// A line begins at `column`: closes deeper levels and notes what does not fit.
void LayoutChecker::arrive(Offset begin, int column) {
  const bool deeper = levels_.empty() || column > levels_.back();
  if (deeper) {
    if (!awaits_value_ && !levels_.empty()) {
      out_.suspects.push_back({Suspicion::NestedUnderValue,
                               span(begin, key_colon(begin, line_end(text_, begin))),
                               span(last_value_, std::max(last_value_, last_value_end_)),
                               {}});
    }
    return;
  }
  int above = -1;
  while (!levels_.empty() && levels_.back() > column) {
    above = levels_.back();
    levels_.pop_back();
  }
  if (levels_.empty() || levels_.back() != column) {
    std::string expected = "column ";
    if (!levels_.empty()) expected += std::to_string(levels_.back() + 1) + " or ";
    expected += std::to_string(above + 1);
    out_.suspects.push_back({Suspicion::Indentation, span(begin, line_end(text_, begin)), {}, expected});
  }
}

Layout LayoutChecker::run() {
  Offset p = 0;
  bool content = false;
  while (p < text_.size()) {
    if (faults_.too_many()) {
      out_.readable = false;
      out_.hopeless = true;
      break;
    }
    const Offset start = p;
    int column = indentation(p);
    Offset q = p + static_cast<Offset>(column);
    if (at(q) == '\t') {
      const Offset beyond = skip_blanks(q);
      if (!ends_line(beyond) && at(beyond) != '#') {
        if (!tab_reported_) {
          faults_.report(span(start, beyond), diag::TabIndentation).help("replace the tab by spaces");
        }
        tab_reported_ = true;
        out_.readable = false;
      }
      q = beyond;
      column = static_cast<int>(q - start);
    }
    if (ends_line(q) || at(q) == '#') {
      p = next_line(text_, q);
      continue;
    }
    const std::string_view rest = text_.substr(q);
    if (content && column == 0 && starts_document(q)) break;  // a second document is refused where it begins
    if (column == 0 && rest.substr(0, 3) == "---" && is_space_or_end(at(q + 3))) {
      levels_.clear();
      awaits_value_ = true;
      content = true;
      q = skip_blanks(q + 3);
      p = ends_line(q) || at(q) == '#' ? next_line(text_, q) : node(q, -1, true);
    } else if (!content && column == 0 && (rest.substr(0, 5) == "%YAML" || rest.substr(0, 4) == "%TAG")) {
      p = next_line(text_, q);
    } else {
      content = true;
      arrive(q, column);
      p = line(q, column);
    }
    if (p == kStop) {
      out_.readable = false;
      break;
    }
    if (p <= start) break;  // cannot happen; a look must end
  }
  return std::move(out_);
}

LayoutChecker::Offset LayoutChecker::line(Offset p, int column) {
  int parent = -1;
  for (const int level : levels_) {
    if (level < column) parent = level;
  }
  while (true) {
    const char c = at(p);
    if ((c == '-' || c == '?' || c == ':') && is_space_or_end(at(p + 1))) {
      parent = column_of(p);
      enter(parent);
      if (levels_.size() > limits_.depth) {
        faults_.report(span(p, p + 1), diag::TooDeep, limits_.depth);
        out_.hopeless = true;
        return kStop;
      }
      awaits_value_ = true;
      const Offset q = skip_blanks(p + 1);
      if (ends_line(q) || is_comment(q)) return next_line(text_, q);
      p = q;
      continue;
    }
    return node(p, parent, false);
  }
}

Layout check_layout(const Passage& passage, Faults& faults, const YamlLimits& limits) {
  return LayoutChecker(passage, faults, limits).run();
}

}  // namespace modelc::syntax
