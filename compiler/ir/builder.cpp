#include "ir/builder.h"

#include <algorithm>
#include <stdexcept>
#include <tuple>

#include "catalogue/bind.h"
#include "ir/uses.h"

namespace modelc::ir {

namespace {

ValueId add_value(Graph& graph, ValueInfo info) {
  graph.values.push_back(std::move(info));
  return static_cast<ValueId>(graph.values.size() - 1);
}

bool acts(const Node& node, ops::Trait trait) {
  const ops::Op& op = op_of(node);
  return op.has(trait) && (!op.has(ops::Trait::FollowsMode) || in_training(node));
}

/// The static part of a mixed list, and the rest.
std::pair<Operand, Constant> split(Operand given) {
  switch (given.kind) {
    case Operand::None:
      return {};
    case Operand::Value:
      return {std::move(given), {}};
    case Operand::Static:
      return {{}, given.constant()};
    case Operand::List:
      break;
  }
  std::vector<Operand> values;
  types::ConstantList constants;
  bool any_value = given.list().empty(), any_constant = false;
  for (Operand& part : *given.made_list()) {
    auto [value, constant] = split(std::move(part));
    any_value |= value.kind != Operand::None;
    any_constant |= !constant.is_null();
    values.push_back(std::move(value));
    constants.push_back(std::move(constant));
  }
  std::pair<Operand, Constant> parts;
  if (any_value) parts.first = Operand::of(std::move(values));
  if (any_constant || !any_value) parts.second = Constant(std::move(constants));
  return parts;
}

Operand joined(const Operand& value, const Constant& constant) {
  if (value.kind == Operand::None) return Operand::of(constant);
  if (value.kind != Operand::List || !constant.is_list()) return value;
  std::vector<Operand> parts;
  for (std::size_t i = 0; i < value.list().size(); ++i)
    parts.push_back(joined(value.list()[i], i < constant.as_list().size() ? constant.as_list()[i] : Constant()));
  return Operand::of(std::move(parts));
}

}  // namespace

ValueId add_input(Graph& graph, std::string name, TensorType type, Span span, bool target) {
  ValueInfo info;
  info.kind = ValueKind::Input;
  info.type = Type::of(std::move(type));
  info.name = name;
  info.source = static_cast<std::uint32_t>(graph.inputs.size());
  info.span = span;
  Input input{std::move(name), info.type, kNone, target, span};
  input.value = add_value(graph, std::move(info));
  graph.inputs.push_back(std::move(input));
  return graph.inputs.back().value;
}

ValueId add_tensor(Graph& graph, const ModuleTree& tree, ModuleId module, std::uint32_t index) {
  const Tensor& tensor = tree.modules[module].tensors[index];
  ValueInfo info;
  info.kind = tensor.buffer ? ValueKind::Buffer : ValueKind::Parameter;
  info.type = Type::of(tensor.type);
  info.name = key_of(tree.modules[module], tensor);
  info.source = module;
  info.index = index;
  info.span = tensor.span;
  return add_value(graph, std::move(info));
}

ValueId random_state(Graph& graph) {
  for (std::size_t n = graph.nodes.size(); n-- > 0;) {
    const Node& node = graph.nodes[n];
    const ValueId taken = random_of(node);
    if (taken == kNone) continue;
    for (const ValueId r : node.results)
      if (graph.values[r].updates == taken) return r;
  }
  for (ValueId v = 0; v < graph.values.size(); ++v)
    if (graph.values[v].kind == ValueKind::Random) return v;
  ValueInfo info;
  info.kind = ValueKind::Random;
  info.type = Type::none();
  info.name = "rng";
  return add_value(graph, std::move(info));
}

Node call_of(ops::OpId op) {
  Node node;
  node.op = op;
  const std::vector<ops::Param>& params = op_of(node).inputs;
  node.operands.resize(params.size());
  node.attributes.reserve(params.size());
  for (const ops::Param& param : params) node.attributes.push_back(param.default_value);
  return node;
}

void give(Node& node, std::size_t parameter, Operand given) {
  std::tie(node.operands[parameter], node.attributes[parameter]) = split(std::move(given));
}

void give(Node& node, std::string_view parameter, Operand given) {
  const std::vector<ops::Param>& params = op_of(node).inputs;
  for (std::size_t i = 0; i < params.size(); ++i) {
    if (params[i].name != parameter) continue;
    const auto fitted = given.kind == Operand::Static ? catalogue::fitted(params[i], given.constant()) : std::nullopt;
    return give(node, i, fitted ? Operand::of(*fitted) : std::move(given));
  }
  throw std::logic_error("`" + op_of(node).name + "` has no parameter `" + std::string(parameter) + "`");
}

Operand given(const Node& node, std::size_t parameter) {
  return joined(node.operands[parameter], node.attributes[parameter]);
}

bool in_training(const Node& node) {
  const Constant* training = attribute_of(node, op_of(node).writes.mode);
  return training && training->is_bool() && training->as_bool();
}

bool writes_state(const Node& node) { return acts(node, ops::Trait::WritesState); }

std::vector<ValueId> written_states(const Graph& graph, const Node& node) {
  std::vector<ValueId> states;
  if (!writes_state(node)) return states;
  for (const std::string& parameter : op_of(node).writes.inputs) {
    const Operand* operand = operand_of(node, parameter);
    if (!operand || operand->kind != Operand::Value) continue;
    ValueId first = operand->value;
    while (graph.values[first].updates != kNone) first = graph.values[first].updates;
    if (graph.values[first].kind == ValueKind::Buffer) states.push_back(operand->value);
  }
  return states;
}

bool draws(const Node& node) { return acts(node, ops::Trait::Random); }

std::vector<ValueId> insert(Graph& graph, std::size_t at, Node node, std::vector<Type> results) {
  const auto index = static_cast<std::uint32_t>(at);
  const auto add_result = [&](Type type, ValueId updates) {
    ValueInfo info;
    info.type = std::move(type);
    info.source = index;
    info.index = static_cast<std::uint32_t>(node.results.size());
    info.updates = updates;
    info.span = node.span;
    node.results.push_back(add_value(graph, std::move(info)));
  };
  const bool last = at == graph.nodes.size();
  if (!last) {
    if (draws(node) || !written_states(graph, node).empty())
      throw std::logic_error("a node that changes state is put at the end");
    for (ValueInfo& value : graph.values)
      if (value.kind == ValueKind::Result && value.source >= index) ++value.source;
  }
  for (Type& type : results) add_result(std::move(type), kNone);
  for (const ValueId state : written_states(graph, node)) add_result(graph.values[state].type, state);
  if (draws(node)) {
    const ValueId taken = random_state(graph);
    node.operands.push_back(Operand::of(taken));
    add_result(Type::none(), taken);
  }
  std::vector<ValueId> made = node.results;
  graph.nodes.insert(graph.nodes.begin() + static_cast<std::ptrdiff_t>(at), std::move(node));
  return made;
}

std::vector<ValueId> append(Graph& graph, Node node, std::vector<Type> results) {
  return insert(graph, graph.nodes.size(), std::move(node), std::move(results));
}

void replace_uses(Graph& graph, const std::vector<ValueId>& place) {
  const auto put = [&](ValueId& v) { v = place[v]; };
  for (Node& node : graph.nodes)
    for (Operand& operand : node.operands) for_each_value(operand, put);
  for_each_root(graph, [&](Operand& root) { for_each_value(root, put); });
  for (ValueInfo& value : graph.values)
    if (value.updates != kNone) put(value.updates);
}

void replace_uses(Graph& graph, ValueId from, ValueId to) {
  std::vector<ValueId> place(graph.values.size());
  for (ValueId v = 0; v < place.size(); ++v) place[v] = v == from ? to : v;
  replace_uses(graph, place);
}

void erase(Graph& graph, const std::vector<bool>& dropped) {
  std::vector<ValueId> place(graph.values.size());
  for (ValueId v = 0; v < place.size(); ++v) place[v] = v;
  for (std::size_t n = 0; n < graph.nodes.size(); ++n) {
    if (!dropped[n]) continue;
    for (const ValueId r : graph.nodes[n].results)
      if (graph.values[r].updates != kNone) place[r] = place[graph.values[r].updates];
  }
  replace_uses(graph, place);
  std::vector<Node> kept;
  for (std::size_t n = 0; n < graph.nodes.size(); ++n) {
    if (dropped[n]) continue;
    for (const ValueId r : graph.nodes[n].results) graph.values[r].source = static_cast<std::uint32_t>(kept.size());
    kept.push_back(std::move(graph.nodes[n]));
  }
  graph.nodes = std::move(kept);
}

void tidy(Graph& graph) {
  std::vector<ValueId> place(graph.values.size(), kNone), order;
  const auto take = [&](ValueId v) {
    if (place[v] != kNone) return;
    place[v] = static_cast<ValueId>(order.size());
    order.push_back(v);
  };
  for (const Input& input : graph.inputs)
    if (input.value != kNone) take(input.value);
  for (const Node& node : graph.nodes)
    for (const ValueId r : node.results)
      if (graph.values[r].updates == kNone) take(r);
  const auto take_state = [&](ValueId v) {
    if (graph.values[v].kind != ValueKind::Result) take(v);
  };
  for (const Node& node : graph.nodes)
    for (const Operand& operand : node.operands) for_each_value(operand, take_state);
  for_each_root(graph, [&](const Operand& root) { for_each_value(root, take_state); });
  for (const Node& node : graph.nodes)
    for (const ValueId r : node.results) take(r);

  if (order.size() != graph.values.size() || !std::is_sorted(order.begin(), order.end())) {
    std::vector<ValueInfo> values;
    values.reserve(order.size());
    for (const ValueId v : order) values.push_back(std::move(graph.values[v]));
    graph.values = std::move(values);
  }
  const auto put = [&](ValueId& v) { v = place[v]; };
  for (Input& input : graph.inputs)
    if (input.value != kNone) put(input.value);
  for (std::uint32_t n = 0; n < graph.nodes.size(); ++n) {
    Node& node = graph.nodes[n];
    for (std::uint32_t r = 0; r < node.results.size(); ++r) {
      put(node.results[r]);
      graph.values[node.results[r]].source = n;
      graph.values[node.results[r]].index = r;
    }
    for (Operand& operand : node.operands) for_each_value(operand, put);
  }
  for_each_root(graph, [&](Operand& root) { for_each_value(root, put); });
  for (ValueInfo& value : graph.values)
    if (value.updates != kNone) put(value.updates);

  graph.updates.clear();
  const std::vector<ValueId> first = first_states(graph);
  std::vector<std::uint32_t> row(graph.values.size(), kNone);
  for (ValueId v = 0; v < graph.values.size(); ++v) {
    if (graph.values[v].updates == kNone) continue;
    std::uint32_t& r = row[first[v]];
    if (r == kNone) {
      r = static_cast<std::uint32_t>(graph.updates.size());
      graph.updates.push_back({first[v], v});
    }
    graph.updates[r].value = v;
  }
}

}  // namespace modelc::ir
