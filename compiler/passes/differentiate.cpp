#include "passes/differentiate.h"

#include <algorithm>

#include "ir/builder.h"
#include "ir/infer_again.h"
#include "ir/loops.h"
#include "passes/derivation.h"
#include "passes/gradients.h"
#include "passes/permutation.h"

namespace modelc::passes {

namespace {

using ir::Graph;
using ir::kNone;
using ir::Node;
using ir::Operand;
using ir::ValueId;
using ops::Term;
using ops::Trait;
using types::Constant;

std::string_view name_of(const Node& node) { return ir::op_of(node).name; }

bool any_wanted(const Node& node, const std::vector<bool>& wanted) {
  bool any = false;
  for (const Operand& operand : node.operands)
    ir::for_each_value(operand, [&](ValueId value) { any = any || wanted[value]; });
  return any;
}

/// The call in the form that gives further results, behind its own.
void save(Graph& graph, Node& node, const ops::DerivativeRow& row) {
  node.op = ops::Catalogue::get().id(row.saving);
  const ops::Op& op = ir::op_of(node);
  for (const auto& [name, value] : row.saving_args)
    for (std::size_t i = 0; i < op.inputs.size(); ++i)
      if (op.inputs[i].name == name) node.attributes[i] = value;
  const std::size_t own = ir::own_results(graph, node);
  const ir::Inferred inferred = ir::infer_again(graph, node);
  const auto source = graph.values[node.results[0]].source;
  std::vector<ValueId> further;
  for (std::size_t i = own; i < inferred.types.size(); ++i) {
    ir::ValueInfo info;
    info.type = inferred.types[i];
    info.source = source;
    info.span = node.span;
    graph.values.push_back(std::move(info));
    further.push_back(static_cast<ValueId>(graph.values.size() - 1));
  }
  node.results.insert(node.results.begin() + static_cast<std::ptrdiff_t>(own), further.begin(), further.end());
  for (std::uint32_t i = 0; i < node.results.size(); ++i) graph.values[node.results[i]].index = i;
}

/// What follows from traits alone: elements that are moved, converted or passed on.
bool by_traits(Gradients& gradients, const Node& node) {
  const ops::Op& op = ir::op_of(node);
  const bool one = ir::own_results(gradients.graph(), node) == 1 && !node.operands.empty() &&
                   node.operands[0].kind == Operand::Value;
  if (!one) return false;
  const ValueId input = node.operands[0].value, g = gradients.of(node.results[0]);
  const bool passes = op.has(Trait::Converts) || (op.has(Trait::IdentityInEvaluation) && !ir::in_training(node));
  if (passes) return gradients.add(input, g), true;
  if (op.has(Trait::SameOrder)) {
    types::ConstantList shape;
    for (const types::Dim size : gradients.graph().values[input].type.tensor.shape) shape.emplace_back(size);
    gradients.add(input, gradients.one("reshape", {{"input", Term{g}}, {"shape", Constant(std::move(shape))}}));
    return true;
  }
  if (!op.has(Trait::Permutes)) return false;
  const auto order = permutation_of(gradients.graph(), node);
  if (!order) return false;
  types::ConstantList back(order->size());
  for (std::size_t i = 0; i < order->size(); ++i) back[(*order)[i]] = Constant(static_cast<std::int64_t>(i));
  gradients.add(input, gradients.one("permute", {{"input", Term{g}}, {"dims", Constant(std::move(back))}}));
  return true;
}

/// False where the call has no derivative that is known.
bool derive(Gradients& gradients, std::uint32_t at) {
  NodeDerivation derivation(gradients, at);
  const Node& node = derivation.node();
  const bool reached = std::any_of(node.results.begin(), node.results.end(),
                                   [&](ValueId result) { return gradients.of(result) != kNone; });
  if (!reached || ir::op_of(node).has(Trait::StopsGradient)) return true;
  gradients.stand_at(node);
  if (by_traits(gradients, node)) return true;
  const ops::DerivativeRow* row = ops::derivative_of(ir::op_of(node).name);
  if (!row) return false;
  try {
    row->rule(derivation);
  } catch (const Refused&) {
    return false;
  }
  return !derivation.declined();
}

std::vector<ValueId> seeds_of(const Graph& graph, const std::vector<std::string>& terms) {
  std::vector<ValueId> out;
  for (const ir::Output& loss : graph.losses)
    if (terms.empty() || std::find(terms.begin(), terms.end(), loss.name) != terms.end())
      if (loss.value.kind == Operand::Value) out.push_back(loss.value.value);
  return out;
}

/// Tensors that are tied are one parameter: its gradient is the sum of theirs.
void ask_for(Graph& graph, const ir::ModuleTree& tree, Gradients& gradients, std::size_t values) {
  std::vector<std::pair<std::string, ValueId>> found;
  for (ValueId v = 0; v < values; ++v) {
    const ir::ValueInfo& value = graph.values[v];
    if (value.kind != ir::ValueKind::Parameter || !gradients.wanted(v) || gradients.of(v) == kNone) continue;
    const ir::Module& module = tree.modules[value.source];
    const ir::Tensor& tensor = module.tensors[value.index];
    std::string key = tensor.tied_to.empty() ? ir::key_of(module, tensor) : tensor.tied_to;
    const auto same = std::find_if(found.begin(), found.end(), [&](const auto& one) { return one.first == key; });
    if (same == found.end()) found.emplace_back(std::move(key), gradients.of(v));
    else same->second = gradients.one("add", {{"input", Term{same->second}}, {"other", Term{gradients.of(v)}}});
  }
  for (auto& [key, gradient] : found)
    graph.outputs.push_back(
        {kGradientPrefix + key, Operand::of(gradient), graph.values[gradient].type, graph.values[gradient].span});
}

}  // namespace

Differentiation differentiate_terms(Graph& whole, const ir::ModuleTree& tree, const std::vector<std::string>& terms) {
  if (!whole.training) return {};
  Graph graph = whole;
  std::vector<bool> wanted = with_gradient(graph, tree);
  const std::vector<ValueId> seeds = seeds_of(graph, terms);
  if (seeds.empty()) return {};
  for (Node& node : graph.nodes) {
    if (!any_wanted(node, wanted)) continue;
    if (ir::opens_loop(node) || ir::closes_loop(node)) return {false, std::string(name_of(node))};
    const ops::DerivativeRow* row = ops::derivative_of(name_of(node));
    const bool acts = !ir::op_of(node).has(Trait::IdentityInEvaluation) || ir::in_training(node);
    if (row && !row->saving.empty() && acts) save(graph, node, *row);
  }
  wanted.resize(graph.values.size(), false);
  const std::size_t values = graph.values.size();
  const auto nodes = static_cast<std::uint32_t>(graph.nodes.size());
  Gradients gradients(graph, wanted);
  for (const ValueId seed : seeds)
    if (gradients.wanted(seed)) gradients.add(seed, gradients.one("ones_like", {{"input", Term{seed}}}));
  for (std::uint32_t n = nodes; n-- > 0;) {
    if (!any_wanted(graph.nodes[n], wanted)) continue;
    if (!derive(gradients, n)) return {false, std::string(name_of(graph.nodes[n]))};
  }
  ask_for(graph, tree, gradients, values);
  ir::tidy(graph);
  whole = std::move(graph);
  return {true, {}};
}

void differentiate(Graph& graph, const ir::ModuleTree& tree) { differentiate_terms(graph, tree); }

}  // namespace modelc::passes
