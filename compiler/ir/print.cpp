// The IR as text: modules with their tensors, then each graph, one node per line. No addresses, no hash order.
#include <fmt/format.h>

#include "catalogue/entry.h"
#include "ir/ir.h"

namespace modelc::ir {

namespace {

std::string value_name(const Graph& graph, ValueId id) {
  if (id >= graph.values.size()) return "%?";
  const ValueInfo& v = graph.values[id];
  if (v.kind == ValueKind::Tensor) return "@" + v.name;
  if (v.kind == ValueKind::Input) return "%" + v.name;
  return v.name.empty() ? fmt::format("%{}", id) : fmt::format("%{}.{}", id, v.name);
}

std::string operand_text(const Graph& graph, const Operand& o) {
  switch (o.kind) {
    case Operand::None:
      return "null";
    case Operand::Value:
      return value_name(graph, o.value);
    case Operand::Static:
      return o.constant.str();
    case Operand::List: {
      std::string text = "[";
      for (std::size_t i = 0; i < o.list.size(); ++i) text += (i ? ", " : "") + operand_text(graph, o.list[i]);
      return text + "]";
    }
  }
  return "?";
}

}  // namespace

std::string print(const ops::Init& init) {
  using ops::Init;
  switch (init.kind) {
    case Init::Zeros:
      return "zeros";
    case Init::Ones:
      return "ones";
    case Init::Fill:
      return fmt::format("fill({})", init.a);
    case Init::Uniform:
      return fmt::format("uniform({}, {})", init.a, init.b);
    case Init::Normal:
      return fmt::format("normal({}, {})", init.a, init.b);
    case Init::Values:
      return fmt::format("values({})", init.values.size());
    case Init::Expression:
      return "expression";
  }
  return "?";
}

std::string print(const ModuleTree& tree) {
  std::string text;
  const auto walk = [&](const auto& self, ModuleId id, int depth) -> void {
    const Module& m = tree.modules[id];
    std::string args;
    for (const auto& [name, value] : m.args) args += (args.empty() ? "" : ", ") + name + "=" + value.str();
    text += fmt::format("{:{}}{}: {}{}{}\n", "", depth * 2, m.path.empty() ? "model" : m.path, m.type,
                        m.kind == ModuleKind::Operator ? "(" + args + ")" : "", m.frozen ? " frozen" : "");
    for (const Tensor& t : m.tensors) {
      text += fmt::format("{:{}}{} {}: {} = {}{}{}{}\n", "", depth * 2 + 2, t.buffer ? "buffer" : "parameter", t.name,
                          t.type.str(), print(t.init), t.trainable || t.buffer ? "" : " frozen",
                          t.saved ? "" : " unsaved", t.tied_to.empty() ? "" : " tied to " + t.tied_to);
    }
    for (const ModuleId child : m.children) self(self, child, depth + 1);
  };
  if (!tree.modules.empty()) walk(walk, 0, 0);
  return text;
}

std::string print(const Graph& graph, const ModuleTree& tree) {
  std::string text = fmt::format("graph {}", graph.training ? "training" : "evaluation");
  for (const std::string& name : graph.given) text += " with " + name;
  for (const auto& [name, word] : graph.choices) text += fmt::format(" {}={}", name, word);
  text += " {\n";
  for (const Input& input : graph.inputs)
    text += fmt::format("  {} %{}: {}\n", input.target ? "target" : "input", input.name, input.type.str());
  for (const Node& node : graph.nodes) {
    std::string results, types, operands;
    for (const ValueId r : node.results) {
      results += (results.empty() ? "" : ", ") + value_name(graph, r);
      types += (types.empty() ? "" : ", ") + (r < graph.values.size() ? graph.values[r].type.str() : std::string("?"));
    }
    for (const Operand& o : node.operands) operands += (operands.empty() ? "" : ", ") + operand_text(graph, o);
    const std::string module =
        node.module < tree.modules.size() ? fmt::format(" @{}", tree.modules[node.module].path) : "";
    text += fmt::format("  {} = {}{}({}){} : {}\n", results, node.op, module, operands,
                        node.training ? " training" : "", types);
  }
  for (const Output& o : graph.outputs)
    text += fmt::format("  output {} = {} : {}\n", o.name, operand_text(graph, o.value), o.type.str());
  for (const Output& o : graph.losses) text += fmt::format("  loss {} = {}\n", o.name, operand_text(graph, o.value));
  for (const Metric& m : graph.metrics) {
    std::string operands;
    for (const Operand& o : m.operands) operands += (operands.empty() ? "" : ", ") + operand_text(graph, o);
    text += fmt::format("  metric {} = {}({})\n", m.name, catalogue::name_of(m.kind), operands);
  }
  for (const auto& [words, origins] : graph.conditions.merged()) text += fmt::format("  where {}\n", words);
  return text + "}\n";
}

std::string print(const Program& program) {
  std::string text = fmt::format("program {}\n", program.name.empty() ? "model" : program.name);
  for (const Signature& s : program.inputs) {
    text += fmt::format("{} {}: {}{}\n", s.target ? "target" : "input", s.name, s.type.str(),
                        s.optional ? " optional" : "");
  }
  text += print(program.tree);
  for (const Graph& graph : program.graphs) text += print(graph, program.tree);
  return text;
}

}  // namespace modelc::ir
