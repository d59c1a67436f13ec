#include "passes/compare.h"

#include <fmt/format.h>

#include <algorithm>

#include "ir/builder.h"

namespace modelc::passes {

namespace {

std::string text_of(const ir::Program& program, const ir::Graph& graph, const ir::Operand& operand) {
  if (operand.kind == ir::Operand::Static) return operand.constant().str();
  if (operand.kind == ir::Operand::List) {
    std::string text;
    for (const ir::Operand& part : operand.list()) text += (text.empty() ? "" : ", ") + text_of(program, graph, part);
    return "[" + text + "]";
  }
  if (operand.kind != ir::Operand::Value) return "null";
  const ir::ValueInfo& value = graph.values[operand.value];
  if (value.kind == ir::ValueKind::Input) return value.name;
  if (value.kind == ir::ValueKind::Result) return fmt::format("%{}.{}", value.source, value.index);
  if (value.kind == ir::ValueKind::Random) return "@rng";
  const ir::Module& owner = program.tree.modules[value.source];
  return fmt::format("{}.{}", owner.path, owner.tensors[value.index].name);
}

bool acts_in_training_only(const std::string& type) {
  const ops::Op* op = ops::Catalogue::get().module(type);
  return op && op->has(ops::Trait::IdentityInEvaluation);
}

}  // namespace

Computation computation_of(const ir::Program& program) {
  Computation computation;
  for (const ir::Module& module : program.tree.modules) {
    if (module.kind != ir::ModuleKind::Operator || acts_in_training_only(module.type)) continue;
    std::string args;
    for (const auto& [name, value] : module.args)
      if (name != "inplace" && !name.starts_with("dropout"))
        args += fmt::format("{}{}={}", args.empty() ? "" : ", ", name, value.str());
    computation.modules[module.path] = fmt::format("{}({})", module.type, args);
  }
  for (const ir::Graph& graph : program.graphs) {
    if (graph.training) continue;
    for (const ir::Node& node : graph.nodes) {
      std::string args;
      // The arguments of a module are compared with it.
      const bool module = node.module != ir::kNone;
      for (std::size_t i = 0; i < node.operands.size(); ++i) {
        const bool random = i == node.attributes.size();
        const ir::Operand given = module || random ? node.operands[i] : ir::given(node, i);
        if (!module || given.kind != ir::Operand::None)
          args += (args.empty() ? "" : ", ") + text_of(program, graph, given);
      }
      computation.nodes.push_back(
          fmt::format("{}({})", module ? program.tree.modules[node.module].path : ir::op_of(node).name, args));
    }
    for (const ir::Output& output : graph.outputs)
      computation.nodes.push_back(fmt::format("output {} {}", output.name, text_of(program, graph, output.value)));
  }
  return computation;
}

std::optional<std::string> difference(const Computation& own, const Computation& stored) {
  std::vector<std::string> found;
  for (const auto& [path, text] : own.modules) {
    const auto other = stored.modules.find(path);
    if (other == stored.modules.end())
      found.push_back(fmt::format("`{}` is {} and is not in the checkpoint", path, text));
    else if (other->second != text)
      found.push_back(fmt::format("`{}` is {}, in the checkpoint {}", path, text, other->second));
  }
  for (const auto& [path, text] : stored.modules)
    if (!own.modules.contains(path)) found.push_back(fmt::format("the checkpoint has `{}`, {}", path, text));
  for (std::size_t i = 0; found.empty() && i < std::max(own.nodes.size(), stored.nodes.size()); ++i) {
    const std::string mine = i < own.nodes.size() ? own.nodes[i] : "nothing",
                      theirs = i < stored.nodes.size() ? stored.nodes[i] : "nothing";
    if (mine != theirs)
      found.push_back(fmt::format("its dataflow computes `{}`, that of the checkpoint `{}`", mine, theirs));
  }
  if (found.empty()) return std::nullopt;
  constexpr std::size_t kShown = 5;
  const std::size_t more = found.size() > kShown ? found.size() - kShown : 0;
  found.resize(found.size() - more);
  return fmt::format("{}{}", fmt::join(found, "; "), more > 0 ? fmt::format("; and {} more", more) : "");
}

}  // namespace modelc::passes
