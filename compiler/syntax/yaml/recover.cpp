#include "syntax/yaml/part.h"

namespace modelc::syntax {

namespace {

/// Where the entries of the outermost level begin: the lines in the column of the first, but for those that close a
/// bracket, and for the items of a list that stands in the column of its key.
std::vector<std::size_t> outer_entries(std::string_view text) {
  std::vector<std::size_t> starts;
  std::size_t column = 0;
  bool items = false;
  for (std::size_t line = 0; line < text.size(); line = next_line(text, line)) {
    std::size_t p = line;
    while (p < text.size() && text[p] == ' ') ++p;
    const std::string_view rest = text.substr(p, line_end(text, p) - p);
    if (rest.empty() || std::string_view("#]}").find(rest[0]) != std::string_view::npos || rest.starts_with("---") ||
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

}  // namespace

ast::NodePtr recover(const Passage& passage, Faults& faults, const YamlLimits& limits) {
  const std::string_view text = passage.text;
  auto root = std::make_shared<ast::Node>();
  root->span = passage.span(0, text.size());
  diagnostics::Sink nowhere;
  Faults silent(nowhere);
  const auto take = [&](const Part& part) {
    if (!part.root || !(part.root->is_mapping() || part.root->is_sequence())) return false;
    if (root->is_null()) root->kind = part.root->kind;
    if (root->kind != part.root->kind) return false;
    root->entries.insert(root->entries.end(), part.root->entries.begin(), part.root->entries.end());
    root->items.insert(root->items.end(), part.root->items.begin(), part.root->items.end());
    return !part.root->entries.empty() || !part.root->items.empty();
  };
  const std::vector<std::size_t> starts = outer_entries(text);
  const std::uint32_t known = faults.furthest();
  // An alias would be unknown where its anchor stands in another entry: no fault of the user's.
  const bool alone = text.find('&') == std::string_view::npos;
  for (std::size_t i = 0; i < starts.size() && !faults.too_many(); ++i) {
    const std::size_t begin = starts[i], end = i + 1 < starts.size() ? starts[i + 1] : text.size();
    const Passage entry = passage.part(begin, end);
    const Part part = read_part(entry, alone && entry.shift >= known ? faults : silent, limits);
    if (part.hopeless) break;
    if (take(part)) continue;
    // Its name at least.
    const std::size_t colon = text.substr(0, line_end(text, begin)).find(':', begin);
    if (colon != std::string_view::npos) take(read_part(passage.part(begin, colon + 1), silent, limits));
  }
  return root->is_null() ? nullptr : root;
}

}  // namespace modelc::syntax
