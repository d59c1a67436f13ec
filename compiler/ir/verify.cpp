#include <fmt/format.h>

#include "ir/ir.h"

namespace modelc::ir {

namespace {

void verify_graph(const Graph& graph, const ModuleTree& tree, const std::string& where,
                  std::vector<std::string>& faults) {
  std::vector<bool> defined(graph.values.size(), false);
  for (ValueId v = 0; v < graph.values.size(); ++v) {
    const ValueInfo& info = graph.values[v];
    if (!info.type.is_tensor()) faults.push_back(fmt::format("{}: value {} has no tensor type", where, v));
    if (info.kind != ValueKind::Result) defined[v] = true;
    if (info.kind == ValueKind::Tensor &&
        (info.source >= tree.modules.size() || info.index >= tree.modules[info.source].tensors.size())) {
      faults.push_back(fmt::format("{}: value {} names no tensor of the tree", where, v));
    }
    if (info.kind == ValueKind::Input && info.source >= graph.inputs.size())
      faults.push_back(fmt::format("{}: value {} names no input", where, v));
  }
  const auto check = [&](const auto& self, const Operand& o, const std::string& user) -> void {
    if (o.kind == Operand::Value && (o.value >= graph.values.size() || !defined[o.value])) {
      faults.push_back(fmt::format("{}: {} uses value {} before it is defined", where, user, o.value));
    }
    for (const Operand& part : o.list) self(self, part, user);
  };
  const ops::Catalogue& catalogue = ops::Catalogue::get();
  for (std::uint32_t n = 0; n < graph.nodes.size(); ++n) {
    const Node& node = graph.nodes[n];
    const bool is_module = node.module != kNone;
    const ops::Op* op = is_module ? catalogue.module(node.op) : catalogue.function(node.op);
    if (!op) faults.push_back(fmt::format("{}: node {} has the unknown operator {}", where, n, node.op));
    else if (op->inputs.size() != node.operands.size())
      faults.push_back(fmt::format("{}: node {} ({}) has {} operands of {}", where, n, node.op, node.operands.size(),
                                   op->inputs.size()));
    if (is_module && node.module >= tree.modules.size())
      faults.push_back(fmt::format("{}: node {} names no module", where, n));
    for (const Operand& o : node.operands) check(check, o, node.op);
    for (std::uint32_t r = 0; r < node.results.size(); ++r) {
      const ValueId v = node.results[r];
      if (v >= graph.values.size() || graph.values[v].source != n || graph.values[v].index != r || defined[v]) {
        faults.push_back(fmt::format("{}: result {} of node {} is not its own value", where, r, n));
      } else {
        defined[v] = true;
      }
    }
  }
  for (const auto* group : {&graph.outputs, &graph.losses})
    for (const Output& o : *group) check(check, o.value, o.name);
  for (const Metric& m : graph.metrics)
    for (const Operand& o : m.operands) check(check, o, m.name);
}

}  // namespace

std::vector<std::string> verify(const Program& program) {
  std::vector<std::string> faults;
  const auto& modules = program.tree.modules;
  for (ModuleId m = 0; m < modules.size(); ++m) {
    if (m > 0 && modules[m].parent >= m)
      faults.push_back(fmt::format("module {} stands before its parent", modules[m].path));
    for (const ModuleId child : modules[m].children) {
      if (child >= modules.size() || modules[child].parent != m)
        faults.push_back(fmt::format("module {} and its child disagree", modules[m].path));
    }
    for (const Tensor& t : modules[m].tensors) {
      for (const types::Dim d : t.type.shape) {
        if (!d.is_constant()) faults.push_back(fmt::format("tensor {}.{} has an open size", modules[m].path, t.name));
      }
    }
  }
  for (std::size_t g = 0; g < program.graphs.size(); ++g)
    verify_graph(program.graphs[g], program.tree, fmt::format("graph {}", g), faults);
  for (std::size_t g = 0; g < program.initial_graphs.size(); ++g)
    verify_graph(program.initial_graphs[g], program.tree, fmt::format("initial graph {}", g), faults);
  return faults;
}

}  // namespace modelc::ir
