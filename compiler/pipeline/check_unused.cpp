#include "pipeline/check_unused.h"

#include "compose/expressions.h"
#include "compose/merge.h"
#include "ir/uses.h"

namespace modelc::pipeline {

namespace {

/// The input itself, or a part of one that is a tuple or list.
bool is_part(const std::string& name, const std::string& input) {
  return name == input || (name.starts_with(input) && name[input.size()] == '.');
}

bool is_computed_with(const ir::Program& program, const std::string& input) {
  for (const ir::Graph& graph : program.graphs) {
    const ir::Uses uses(graph);
    for (const ir::Input& fed : graph.inputs)
      if (is_part(fed.name, input) && !uses.unused(fed.value)) return true;
  }
  return false;
}

}  // namespace

void check_unused(const compose::Composition& composition, const ir::Program& program, diagnostics::Sink& sink) {
  const ast::Description& root = *composition.root;
  const std::set<std::string> read = compose::names_read(root);
  ast::Block<ast::Declaration> params = root.params;
  compose::for_each_entry(params, [&](const ast::Item<ast::Declaration>& item) {
    if (item.name.pattern || item.value.deleted || read.contains(item.name.text)) return;
    sink.report(item.name.span, diag::ParamUnused, item.name.text).help("use it, or remove it");
  });
  for (const ir::Signature& input : program.inputs) {
    if (input.target || input.type.kind == types::TypeKind::Choice || read.contains(input.name)) continue;
    if (is_computed_with(program, input.name)) continue;
    sink.report(input.span, diag::InputUnused, input.name).help("use it in `forward`, or remove it");
  }
}

}  // namespace modelc::pipeline
