#include "passes/unreached_parameters.h"

#include <algorithm>
#include <set>

#include "support/counted.h"

namespace modelc::passes {

namespace {

/// By value: whether a gradient of the loss comes to it.
std::vector<bool> reached_values(const ir::Graph& graph) {
  std::vector<bool> reached(graph.values.size(), false);
  const auto mark = [&](ir::ValueId v) { reached[v] = true; };
  for (const ir::Output& term : graph.losses) ir::for_each_value(term.value, mark);
  for (std::size_t n = graph.nodes.size(); n-- > 0;) {
    const ir::Node& node = graph.nodes[n];
    if (ir::op_of(node).has(ops::Trait::StopsGradient)) continue;
    const auto own = node.results.begin() + static_cast<std::ptrdiff_t>(ir::own_results(graph, node));
    if (std::none_of(node.results.begin(), own, [&](ir::ValueId v) { return reached[v]; })) continue;
    for (const ir::Operand& operand : node.operands) ir::for_each_value(operand, mark);
  }
  return reached;
}

/// The keys of all tensors that some training graph's loss reaches, with those that they are tied to.
std::set<std::string> reached_keys(const ir::Program& program) {
  std::set<std::string> keys;
  for (const ir::Graph& graph : program.graphs) {
    if (!graph.training) continue;
    const std::vector<bool> reached = reached_values(graph);
    for (ir::ValueId v = 0; v < graph.values.size(); ++v) {
      const ir::ValueInfo& value = graph.values[v];
      if (!reached[v] || !value.is_tensor_of_tree()) continue;
      const ir::Tensor& tensor = program.tree.modules[value.source].tensors[value.index];
      keys.insert(ir::key_of(program.tree.modules[value.source], tensor));
      if (!tensor.tied_to.empty()) keys.insert(tensor.tied_to);
    }
  }
  return keys;
}

/// Parameters that are not reached.
struct Unreached {
  std::size_t count = 0;
  support::Span last;
};

void report(diagnostics::Sink& sink, const std::string& what, const Unreached& found) {
  sink.report(found.last, diag::LossDoesNotReach, what, support::counted(found.count, "parameter"))
      .help("it stays as it is; freeze it to say so, or use its result in the loss");
}

}  // namespace

bool unreached_parameters(const ir::Program& program, diagnostics::Sink& sink) {
  const auto last = std::find_if(program.graphs.rbegin(), program.graphs.rend(),
                                 [](const ir::Graph& graph) { return graph.training; });
  if (std::none_of(program.graphs.begin(), program.graphs.end(),
                   [](const ir::Graph& graph) { return graph.training && !graph.losses.empty(); }))
    return true;
  const std::set<std::string> reached = reached_keys(program);
  bool any_reached = false, any_tensor = false;
  for (const ir::Module& module : program.tree.modules) {
    Unreached of_module;
    for (const ir::Tensor& tensor : module.tensors) {
      any_tensor = true;
      if (!tensor.trainable) continue;
      const std::string key = ir::key_of(module, tensor);
      if (reached.count(key) || (!tensor.tied_to.empty() && reached.count(tensor.tied_to))) {
        any_reached = true;
        continue;
      }
      // Those of a module are reported together, those of the outermost level one by one.
      if (module.path.empty()) report(sink, key, {1, tensor.span});
      else ++of_module.count, of_module.last = tensor.span;
    }
    if (of_module.count != 0) report(sink, module.path, of_module);
  }
  if (any_reached || !any_tensor) return true;
  auto report =
      sink.report(last->losses.empty() ? support::Span{} : last->losses.front().span, diag::LossReachesNothing);
  if (program.freeze_span.valid()) report.note(program.freeze_span, "this freezes parameters");
  return false;
}

}  // namespace modelc::passes
