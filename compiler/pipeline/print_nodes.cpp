#include "pipeline/print_nodes.h"

#include <fmt/format.h>

#include "support/json.h"

namespace modelc::pipeline {
namespace {

void print(const ast::Node& node, const std::string& label, int depth, const support::SourceManager& sources,
           std::string& out) {
  std::string place;
  if (sources.contains(node.span.file)) {
    const support::Position at = sources.file(node.span.file).position(node.span.begin);
    place = fmt::format("{}:{}", at.line, at.column);
  }
  const std::string indent(static_cast<std::size_t>(depth) * 2, ' ');
  const char* kind = node.is_null() ? "null" : node.is_sequence() ? "sequence" : node.is_mapping() ? "mapping" : "";
  const std::string shown = node.is_scalar() ? support::json_quote(node.text) + (node.quoted() ? " quoted" : "") : kind;
  out += fmt::format("{:>8}  {}{}{}\n", place, indent, label, shown);
  for (std::size_t i = 0; i < node.items.size(); ++i) {
    print(*node.items[i], fmt::format("[{}] ", i), depth + 1, sources, out);
  }
  for (const auto& [key, value] : node.entries) {
    print(*value, support::json_quote(key->text) + ": ", depth + 1, sources, out);
  }
}

}  // namespace

std::string print_nodes(const ast::Node& root, const support::SourceManager& sources) {
  std::string out;
  print(root, "", 0, sources, out);
  return out;
}

}  // namespace modelc::pipeline
