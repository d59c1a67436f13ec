#include "elaborate/lints.h"

#include <algorithm>
#include <functional>

#include "support/dotted_path.h"

namespace modelc::elaborate {

using instantiate::Definition;
using instantiate::Instance;
using instantiate::InstanceId;
using instantiate::Key;
using support::Span;

namespace {

bool operator_needs_size(const Definition& definition) {
  if (definition.kind != Definition::Operator) return true;
  return std::any_of(definition.op->args.begin(), definition.op->args.end(),
                     [](const ops::Param& p) { return p.inferred; });
}

}  // namespace

void check_called(Sink& sink, Tree& tree, const std::vector<ir::Graph>& graphs) {
  std::set<ir::ModuleId> read;  // modules whose tensors the dataflow reads by name
  for (const ir::Graph& g : graphs) {
    for (const ir::ValueInfo& v : g.values)
      if (v.is_tensor_of_tree()) read.insert(v.source);
  }
  for (std::size_t i = 1; i < tree.instances.size(); ++i) {
    const Instance& instance = tree.instances[i];
    const ir::Module& module = module_of(tree, static_cast<InstanceId>(i));
    const auto kind = instance.definition->kind;
    if (module.called || instance.broken || instance.broken_input || read.count(instance.module)) continue;
    if (kind == Definition::List || kind == Definition::Dict) continue;
    if (module.parent != ir::kNone) {
      // The parts of a Sequential that nobody calls are reported once, at the Sequential.
      const ir::Module& parent = tree.ir.modules[module.parent];
      if (!parent.called && parent.kind != ir::ModuleKind::List && parent.kind != ir::ModuleKind::Dict) continue;
    }
    bool needs_size = operator_needs_size(*instance.definition);
    if (kind == Definition::Sequential) {
      needs_size = std::any_of(instance.children.begin(), instance.children.end(), [&](const auto& c) {
        return operator_needs_size(*tree.instances[c.second].definition);
      });
      // A Sequential whose parts are called one by one is used.
      const bool parts_called = std::any_of(instance.children.begin(), instance.children.end(),
                                            [&](const auto& c) { return module_of(tree, c.second).called; });
      if (parts_called) continue;
    }
    if (needs_size) sink.report(module.span, diag::NeverSized, module.path).help("call it in `forward`, or remove it");
    else sink.report(module.span, diag::NeverCalled, module.path).help("call it in `forward`, or remove it");
  }
}

void lint_loss(Sink& sink, const Tree& tree, const std::vector<ir::Graph>& graphs, const std::vector<Key>& all) {
  const ir::Graph* train = nullptr;
  bool has_loss = false;
  std::set<std::string> reached;
  for (const ir::Graph& graph : graphs) {
    if (!graph.training) continue;
    train = &graph;
    std::vector<bool> needed(graph.values.size(), false);
    std::function<void(const ir::Operand&)> mark = [&](const ir::Operand& o) {
      if (o.kind == ir::Operand::Value) needed[o.value] = true;
      for (const auto& part : o.list) mark(part);
    };
    for (const ir::Output& term : graph.losses) {
      mark(term.value);
      has_loss = true;
    }
    for (std::size_t n = graph.nodes.size(); n-- > 0;) {
      const ir::Node& node = graph.nodes[n];
      const ops::Op& op = ir::op_of(node);
      const std::size_t own = ir::own_results(graph, node);
      if (op.has(ops::Trait::StopsGradient) ||
          std::none_of(node.results.begin(), node.results.begin() + static_cast<std::ptrdiff_t>(own),
                       [&](ir::ValueId v) { return needed[v]; }))
        continue;
      for (const ir::Operand& o : node.operands) mark(o);
      if (!op.is_module) continue;
      const ir::Module& m = tree.ir.modules[node.module];
      for (const ir::Tensor& t : m.tensors) reached.insert(support::joined_path(m.path, t.name));
    }
    for (std::size_t v = 0; v < graph.values.size(); ++v) {
      if (!needed[v] || !graph.values[v].is_tensor_of_tree()) continue;
      const ir::Module& m = tree.ir.modules[graph.values[v].source];
      reached.insert(support::joined_path(m.path, m.tensors[graph.values[v].index].name));
    }
  }
  if (!train || !has_loss) return;
  for (const Key& k : all)
    if (!k.tensor->tied_to.empty() && reached.count(k.name)) reached.insert(k.tensor->tied_to);
  bool any = false;
  std::map<std::string, std::pair<Span, std::size_t>> unreached;
  for (const Key& k : all) {
    if (!k.tensor->trainable) continue;
    if (reached.count(k.name) || (!k.tensor->tied_to.empty() && reached.count(k.tensor->tied_to))) {
      any = true;
      continue;
    }
    auto& entry = unreached[k.module->path.empty() ? k.name : k.module->path];
    entry.first = k.tensor->span;
    ++entry.second;
  }
  for (const auto& [path, entry] : unreached) {
    sink.report(entry.first, diag::LossDoesNotReach, path, entry.second, entry.second == 1 ? "" : "s")
        .help("it stays as it is; freeze it to say so, or use its result in the loss");
  }
  if (!any && !all.empty()) {
    const auto& term = train->losses.empty() ? ir::Output{} : train->losses.front();
    sink.report(term.span, diag::LossReachesNothing);
  }
}

}  // namespace modelc::elaborate
