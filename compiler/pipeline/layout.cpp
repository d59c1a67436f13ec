#include "pipeline/layout.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "compose/expressions.h"
#include "syntax/description/description.h"
#include "syntax/yaml/yaml.h"

namespace modelc::pipeline {
namespace {

using ast::Node;
using support::Span;

struct Edit {
  std::uint32_t begin = 0, end = 0;
  std::string text;
};

std::size_t indentation(std::string_view line) { return std::min(line.find_first_not_of(' '), line.size()); }

bool is_blank(std::string_view line) { return line.find_first_not_of(" \t\r") == std::string_view::npos; }

bool is_comment(std::string_view line) {
  const std::size_t first = line.find_first_not_of(' ');
  return first != std::string_view::npos && line[first] == '#';
}

bool begins_item(std::string_view line, std::size_t at) {
  return at < line.size() && line[at] == '-' && (at + 1 == line.size() || line[at + 1] == ' ');
}

/// One space behind the colon of a block mapping's key, where its value stands on the same line.
void tidy_colon(const std::string& text, const Node& key, const Node& value, std::vector<Edit>& edits) {
  const std::uint32_t begin = key.span.end, end = value.span.begin;
  if (end <= begin || end > text.size()) return;
  const std::string_view between = std::string_view(text).substr(begin, end - begin);
  const std::size_t colon = between.find(':');
  if (colon == std::string_view::npos || between == ": ") return;
  if (between.find_first_not_of(" :") != std::string_view::npos ||
      between.find(':', colon + 1) != std::string_view::npos)
    return;
  edits.push_back({begin, end, ": "});
}

/// Visits every node once: notes the lines that only go on with a scalar or a flow collection, and colons.
class Survey {
 public:
  Survey(const support::SourceFile& file, std::vector<Edit>& edits)
      : goes_on(file.line_count() + 2, false), verbatim(file.line_count() + 2, false), file_(file), edits_(edits) {}

  void visit(const Node& node) {
    switch (node.kind) {
      case ast::NodeKind::Scalar:
        scalar(node);
        break;
      case ast::NodeKind::Sequence:
        if (node.flow) mark(node.span.begin, node.span.end, goes_on);
        for (const ast::NodePtr& item : node.items) visit(*item);
        break;
      case ast::NodeKind::Mapping:
        if (node.flow) mark(node.span.begin, node.span.end, goes_on);
        for (const auto& [key, value] : node.entries) {
          visit(*key);
          if (!node.flow) tidy_colon(file_.text(), *key, *value, edits_);
          visit(*value);
        }
        break;
      case ast::NodeKind::Null:
        break;
    }
  }

  std::vector<bool> goes_on;   // lines, from 1, that move with the one above
  std::vector<bool> verbatim;  // of them, those whose end belongs to a text

 private:
  void scalar(const Node& node) {
    const bool block = node.style == ast::ScalarStyle::Literal || node.style == ast::ScalarStyle::Folded;
    if (!block) {
      mark(node.span.begin, node.span.end, goes_on);
      if (node.quoted()) mark(node.span.begin, node.span.end, verbatim);
      return;
    }
    // The header stands on the line of its key; all lines of the content move with it.
    if (node.offsets.empty() || node.text.empty()) return;
    const std::uint32_t first = file_.position(node.offsets.front()).line;
    const std::uint32_t last = file_.position(std::max(node.offsets.front(), node.offsets[node.text.size() - 1])).line;
    for (std::uint32_t line = first; line <= last; ++line) goes_on[line] = verbatim[line] = true;
  }

  void mark(std::uint32_t begin, std::uint32_t end, std::vector<bool>& lines) {
    if (end <= begin) return;
    const std::uint32_t first = file_.position(begin).line, last = file_.position(end - 1).line;
    for (std::uint32_t line = first + 1; line <= last; ++line) lines[line] = true;
  }

  const support::SourceFile& file_;
  std::vector<Edit>& edits_;
};

std::string applied(const std::string& text, std::vector<Edit> edits) {
  std::sort(edits.begin(), edits.end(), [](const Edit& a, const Edit& b) { return a.begin < b.begin; });
  std::string out;
  std::uint32_t at = 0;
  for (const Edit& edit : edits) {
    if (edit.begin < at) continue;
    out.append(text, at, edit.begin - at);
    out += edit.text;
    at = edit.end;
  }
  return out.append(text, at, std::string::npos);
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines(1);
  for (const char c : text) {
    if (c == '\n') lines.emplace_back();
    else lines.back() += c;
  }
  return lines;
}

/// Indentations as they are and as they become, outermost first.
class Levels {
 public:
  /// Moves a line that begins something; `text` is without its indentation afterwards.
  std::size_t place(std::string& line) {
    const std::size_t old = indentation(line);
    const bool item = begins_item(line, old);
    while (!levels_.empty() &&
           (levels_.back().old > old || (levels_.back().old == old && levels_.back().list && !item)))
      levels_.pop_back();
    if (levels_.empty()) levels_.push_back({old, 0, item});
    else if (levels_.back().old < old || (item && !levels_.back().list))
      levels_.push_back({old, levels_.back().becomes + 2, item});
    const std::size_t becomes = levels_.back().becomes;
    line.erase(0, old);
    open_items(line, old, becomes);
    return becomes;
  }

  /// By how much what goes on with the last line moves.
  std::ptrdiff_t shift() const {
    return levels_.empty()
               ? 0
               : static_cast<std::ptrdiff_t>(levels_.back().becomes) - static_cast<std::ptrdiff_t>(levels_.back().old);
  }

 private:
  struct Level {
    std::size_t old, becomes;
    bool list;
  };

  /// What stands behind `- ` is a level of its own; one space parts them.
  void open_items(std::string& line, std::size_t old, std::size_t becomes) {
    std::size_t at = 0;
    while (begins_item(line, at)) {
      const std::size_t content = std::min(line.find_first_not_of(' ', at + 1), line.size());
      if (content == line.size() || line[content] == '#') return;
      const std::size_t spaces = content - at - 1;
      line.replace(at + 1, spaces, " ");
      old += 1 + spaces;
      becomes += 2;
      at += 2;
      levels_.push_back({old, becomes, begins_item(line, at)});
    }
  }

  std::vector<Level> levels_;
};

void trim_end(std::string& line) { line.erase(line.find_last_not_of(" \t\r") + 1); }

std::string shifted(const std::string& line, std::ptrdiff_t shift) {
  const auto old = static_cast<std::ptrdiff_t>(indentation(line));
  return std::string(static_cast<std::size_t>(std::max<std::ptrdiff_t>(0, old + shift)), ' ') +
         line.substr(static_cast<std::size_t>(old));
}

/// A comment of a line of its own stands like what follows it, unless it stood further in.
void place_comments(std::vector<std::string>& lines, const std::vector<std::size_t>& waiting, std::size_t old,
                    std::size_t becomes) {
  for (const std::size_t at : waiting) {
    const std::size_t own = indentation(lines[at]);
    const std::size_t further = own > old ? own - old : 0;
    lines[at] = std::string(becomes + further, ' ') + lines[at].substr(own);
  }
}

std::string indented(std::vector<std::string> lines, const Survey& survey) {
  Levels levels;
  std::vector<std::size_t> waiting;  // comments whose place the next line decides
  for (std::size_t i = 0; i < lines.size(); ++i) {
    std::string& line = lines[i];
    const std::size_t number = i + 1;
    const bool goes_on = number < survey.goes_on.size() && survey.goes_on[number];
    const bool verbatim = number + 1 < survey.verbatim.size() && survey.verbatim[number + 1];
    if (!verbatim && !(number < survey.verbatim.size() && survey.verbatim[number])) trim_end(line);
    if (goes_on) {
      if (!is_blank(line)) line = shifted(line, levels.shift());
    } else if (is_comment(line)) {
      waiting.push_back(i);
    } else if (!is_blank(line) && line != "---" && line != "...") {
      const std::size_t old = indentation(line);
      const std::size_t becomes = levels.place(line);
      line.insert(0, becomes, ' ');
      place_comments(lines, waiting, old, becomes);
      waiting.clear();
    }
  }
  std::string out;
  bool blank = true;  // none stands at the beginning
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const bool kept = i + 1 < survey.goes_on.size() && survey.goes_on[i + 1];
    const bool empty = is_blank(lines[i]) && !kept;
    if (empty && blank) continue;
    out += lines[i] + "\n";
    blank = empty;
  }
  while (out.ends_with("\n\n")) out.pop_back();
  return out;
}

/// The same tree, but for the words that were written anew.
bool same(const Node& a, const Node& b, const std::vector<std::string>& old_words) {
  if (a.kind != b.kind || a.items.size() != b.items.size() || a.entries.size() != b.entries.size()) return false;
  if (a.text != b.text) {
    std::string text = a.text;
    for (const std::string& word : old_words) {
      for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1))
        if (b.text.compare(at, 1, text, at, 1) != 0)
          text.replace(at, word.size(), word == "None" ? "null" : word == "True" ? "true" : "false");
    }
    if (text != b.text) return false;
  }
  for (std::size_t i = 0; i < a.items.size(); ++i)
    if (!same(*a.items[i], *b.items[i], old_words)) return false;
  for (std::size_t i = 0; i < a.entries.size(); ++i)
    if (!same(*a.entries[i].first, *b.entries[i].first, old_words) ||
        !same(*a.entries[i].second, *b.entries[i].second, old_words))
      return false;
  return true;
}

/// Python's literals in expressions, as the language writes them.
void rewrite_words(const support::SourceManager& sources, const ast::NodePtr& root, const std::string& path,
                   std::vector<Edit>& edits) {
  diagnostics::Sink unheard;  // a faulty description is laid out all the same
  const ast::DescriptionPtr description = syntax::parse_description(root, path, unheard);
  if (!description) return;
  static constexpr std::pair<std::string_view, std::string_view> kWords[] = {
      {"True", "true"}, {"False", "false"}, {"None", "null"}};
  compose::for_each_expression(*description, [&](const ast::Expr& e) {
    if (e.kind != ast::ExprKind::Bool && e.kind != ast::ExprKind::Null) return;
    for (const auto& [theirs, ours] : kWords)
      if (e.span.valid() && sources.text(e.span) == theirs)
        edits.push_back({e.span.begin, e.span.end, std::string(ours)});
  });
}

}  // namespace

std::optional<std::string> laid_out(const support::SourceManager& sources, support::FileId id,
                                    diagnostics::Sink& sink) {
  const syntax::YamlDocument yaml = syntax::read_yaml(sources, id, sink);
  if (!yaml.root || !yaml.sound) return std::nullopt;
  const support::SourceFile& file = sources.file(id);
  std::vector<Edit> edits;
  Survey survey(file, edits);
  survey.visit(*yaml.root);
  rewrite_words(sources, yaml.root, file.path(), edits);
  const std::string text = indented(lines_of(applied(file.text(), std::move(edits))), survey);

  support::SourceManager again;
  diagnostics::Sink faults;
  const syntax::YamlDocument check = syntax::read_yaml(again, again.add(file.path(), text), faults);
  if (check.root && check.sound && same(*yaml.root, *check.root, {"True", "False", "None"})) return text;
  return file.text();  // what cannot be laid out for certain stays as it is
}

}  // namespace modelc::pipeline
