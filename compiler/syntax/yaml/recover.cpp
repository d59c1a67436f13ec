#include <algorithm>

#include "syntax/yaml/part.h"

namespace modelc::syntax {

namespace {

/// Descriptions nest no deeper where it is worth it; a hostile text must not be read again at each of its levels.
constexpr int kDeepest = 8;

/// Where the entries of the outermost level of a text begin: the lines in the column of the first, but for those that
/// close a bracket or are indented by a tab, and for the items of a list that stands in the column of its key.
std::vector<std::size_t> outer_entries(std::string_view text) {
  std::vector<std::size_t> starts;
  std::size_t column = 0;
  bool items = false;
  for (std::size_t line = 0; line < text.size(); line = next_line(text, line)) {
    std::size_t p = line;
    while (p < text.size() && text[p] == ' ') ++p;
    const std::string_view rest = text.substr(p, line_end(text, p) - p);
    if (rest.empty() || std::string_view("#]}\t").find(rest[0]) != std::string_view::npos || rest.starts_with("---") ||
        rest.starts_with("..."))
      continue;
    const bool item = rest == "-" || rest.starts_with("- ");
    if (starts.empty()) {
      column = p - line;
      items = item;
    }
    if (p - line == column && item == items) starts.push_back(line);
  }
  return starts;
}

ast::NodePtr lost_value(support::Span span) {
  auto node = std::make_shared<ast::Node>();
  node->span = span;
  node->lost = true;
  return node;
}

/// Reads what can be read of a text, level by level.
class Recovery {
 public:
  Recovery(Faults& faults, const YamlLimits& limits, std::string_view text)
      : faults_(faults), limits_(limits), known_(faults.furthest()), alone_(text.find('&') == std::string_view::npos) {}

  ast::NodePtr level(const Passage& passage, int depth) {
    const std::vector<std::size_t> starts = outer_entries(passage.text);
    auto made = std::make_shared<ast::Node>();
    made->span = passage.span(starts.empty() ? 0 : starts.front(), passage.text.size());
    made->lost = true;
    for (std::size_t i = 0; i < starts.size() && !faults_.too_many() && !hopeless_; ++i) {
      const std::size_t end = i + 1 < starts.size() ? starts[i + 1] : passage.text.size();
      entry(passage.part(starts[i], end), depth, *made);
    }
    return made->is_null() ? nullptr : made;
  }

 private:
  void entry(const Passage& passage, int depth, ast::Node& out) {
    const Part part = read_part(passage, alone_ && passage.shift >= known_ ? faults_ : silent_, limits_);
    hopeless_ = part.hopeless;
    if (hopeless_ || (part.whole && take(part.root, out))) return;
    const std::string_view text = passage.text;
    const std::size_t line = line_end(text, 0), begin = std::min(text.find_first_not_of(' '), line);
    if (text.substr(begin).starts_with("-")) {
      if (out.is_null()) out.kind = ast::NodeKind::Sequence;
      if (out.is_sequence()) out.items.push_back(lost_value(passage.span(begin, line)));
      return;
    }
    // Its name at least, with what can be read of the levels below it.
    const std::size_t colon = text.substr(0, line).find(':');
    if (colon == std::string_view::npos) return;
    const Part name = read_part(passage.part(0, colon + 1), silent_, limits_);
    if (!name.root || !name.root->is_mapping() || name.root->entries.size() != 1) return;
    const std::size_t value = std::min(text.find_first_not_of(" \t\r", colon + 1), line);
    const bool nests = (value == line || text[value] == '#') && depth < kDeepest;
    ast::NodePtr below = nests ? level(passage.part(std::min(line + 1, text.size()), text.size()), depth + 1) : nullptr;
    if (!below) below = lost_value(passage.span(value, std::max(value, line)));
    auto named = std::make_shared<ast::Node>(*name.root);
    named->entries[0].second = std::move(below);
    take(named, out);
  }

  static bool take(const ast::NodePtr& part, ast::Node& out) {
    if (!part || !(part->is_mapping() || part->is_sequence())) return false;
    if (out.is_null()) out.kind = part->kind;
    if (out.kind != part->kind) return false;
    out.items.insert(out.items.end(), part->items.begin(), part->items.end());
    for (const auto& entry : part->entries) {
      // A key that stands twice is reported where a text can be read as a whole.
      if (!out.find(entry.first->text)) out.entries.push_back(entry);
    }
    return true;
  }

  Faults& faults_;
  const YamlLimits& limits_;
  diagnostics::Sink nowhere_;
  Faults silent_{nowhere_};
  std::uint32_t known_;  // what stands before it was reported
  bool alone_;           // no alias would be unknown because its anchor stands in another entry
  bool hopeless_ = false;
};

}  // namespace

ast::NodePtr recover(const Passage& passage, Faults& faults, const YamlLimits& limits) {
  return Recovery(faults, limits, passage.text).level(passage, 0);
}

}  // namespace modelc::syntax
