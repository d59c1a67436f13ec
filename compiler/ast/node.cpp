#include "ast/node.h"

#include <algorithm>

namespace modelc::ast {

Span Node::part(std::size_t begin, std::size_t end) const {
  if (offsets.size() != text.size() + 1 || begin > end || end > text.size()) return span;
  if (begin == end) return {span.file, offsets[begin], offsets[begin]};
  // The end is one past the last byte's own place: after an escape or a fold the next byte stands further on.
  return {span.file, offsets[begin], std::max(offsets[begin] + 1, offsets[end - 1] + 1)};
}

const Node* Node::find(std::string_view key) const {
  for (const auto& [k, v] : entries) {
    if (k->text == key) return v.get();
  }
  return nullptr;
}

}  // namespace modelc::ast
