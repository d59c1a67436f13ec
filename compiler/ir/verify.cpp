#include "ir/verify.h"

#include <fmt/format.h>

#include <algorithm>

#include "catalogue/bind.h"
#include "ir/builder.h"
#include "ir/infer_again.h"
#include "ir/loops.h"
#include "ir/uses.h"

namespace modelc::ir {

namespace {

using Faults = std::vector<std::string>;

bool takes(const ops::Param& param, ops::Param::Kind kind) {
  return std::any_of(param.alternatives.begin(), param.alternatives.end(),
                     [&](const auto& a) { return a.kind == kind || a.kind == ops::Param::Any; });
}

/// In the form of the declaration and within its range: rules read attributes without asking.
bool fits(const ops::Param& param, const Constant& given) {
  if (given == param.default_value) return true;
  const auto fitted = catalogue::fitted(param, given);
  if (!fitted || !(*fitted == given)) return false;
  const types::ConstantList one{given};
  for (const Constant& number : given.is_list() ? given.as_list() : one)
    if ((number.is_int() || number.is_float()) && !param.range.contains(number.as_double())) return false;
  return true;
}

bool has_static(const Operand& operand) {
  return operand.kind == Operand::Static || std::any_of(operand.list().begin(), operand.list().end(), has_static);
}

/// Whether two sizes are certain to differ under the conditions of the graph.
bool differ(const Graph& graph, types::Dim a, types::Dim b) {
  if (a == b) return false;
  return graph.conditions.compare(a, types::Relation::Equal, b).verdict == types::Verdict::Fails;
}

class GraphVerifier {
 public:
  GraphVerifier(const Graph& graph, const ModuleTree& tree, std::string where, Faults& faults)
      : graph_(graph), tree_(tree), where_(std::move(where)), faults_(faults) {}

  void run(Types types) {
    // What follows reads values by their ids.
    const std::size_t before = faults_.size();
    check_values();
    for (std::uint32_t n = 0; n < graph_.nodes.size(); ++n) check_node(n);
    for_each_root(graph_, [&](const Operand& o) { check_uses(o, "a result of the graph"); });
    if (faults_.size() != before) return;
    check_states();
    check_loops();
    for (std::uint32_t n = 0; types == Types::Inferred && n < graph_.nodes.size(); ++n) check_types(n);
  }

 private:
  template <class... Args>
  void fault(fmt::format_string<Args...> text, Args&&... args) {
    faults_.push_back(where_ + ": " + fmt::format(text, std::forward<Args>(args)...));
  }
  std::string name_of(std::uint32_t n) const {
    const Node& node = graph_.nodes[n];
    return fmt::format("node {} ({})", n, node.op == ops::kNoOp ? "none" : op_of(node).name);
  }

  void check_values() {
    defined_.assign(graph_.values.size(), false);
    std::size_t random = 0;
    for (ValueId v = 0; v < graph_.values.size(); ++v) {
      const ValueInfo& info = graph_.values[v];
      if (info.kind != ValueKind::Result) defined_[v] = true;
      if (info.updates != kNone && (info.kind != ValueKind::Result || info.updates >= graph_.values.size())) {
        fault("value {} is the new value of none", v);
        continue;
      }
      const bool is_random = info.kind == ValueKind::Random || (info.updates != kNone && info.type == Type::none());
      if (!is_random && !info.type.is_tensor()) fault("value {} has no tensor type", v);
      random += info.kind == ValueKind::Random ? 1 : 0;
      if (info.kind == ValueKind::Input &&
          (info.source >= graph_.inputs.size() || graph_.inputs[info.source].value != v))
        fault("value {} names no input", v);
      if (!info.is_tensor_of_tree()) continue;
      if (info.source >= tree_.modules.size() || info.index >= tree_.modules[info.source].tensors.size()) {
        fault("value {} names no tensor of the tree", v);
        continue;
      }
      const Tensor& tensor = tree_.modules[info.source].tensors[info.index];
      if (tensor.buffer != (info.kind == ValueKind::Buffer)) fault("value {} is of another kind than its tensor", v);
      if (info.type.is_tensor() && !(info.type.tensor == tensor.type))
        fault("value {} is {}, its tensor {}", v, info.type.str(), tensor.type.str());
    }
    if (random > 1) fault("{} random states, expected one", random);
  }

  void check_uses(const Operand& operand, support::LateText user) {
    for_each_value(operand, [&](ValueId v) {
      if (v >= graph_.values.size() || !defined_[v]) fault("{} uses value {} before it is defined", user.str(), v);
    });
  }

  void check_node(std::uint32_t n) {
    const Node& node = graph_.nodes[n];
    if (static_cast<std::size_t>(node.op) >= ops::Catalogue::get().all().size())
      return fault("node {} has no operator", n);
    const ops::Op& op = op_of(node);
    const std::size_t parameters = op.inputs.size();
    if (node.attributes.size() != parameters || node.operands.size() < parameters ||
        node.operands.size() > parameters + 1)
      return fault("{} has {} operands and {} attributes for {} parameters", name_of(n), node.operands.size(),
                   node.attributes.size(), parameters);
    if (node.module != kNone && node.module >= tree_.modules.size()) fault("{} names no module", name_of(n));
    for (const Operand& o : node.operands) {
      check_uses(o, [&] { return name_of(n); });
      if (has_static(o)) fault("{} has a constant among its operands", name_of(n));
    }
    for (std::size_t i = 0; i < parameters; ++i) check_argument(n, i);
    if ((node.operands.size() > parameters) != draws(node))
      fault("{} draws and takes no random state, or the reverse", name_of(n));
    for (std::uint32_t r = 0; r < node.results.size(); ++r) {
      const ValueId v = node.results[r];
      if (v >= graph_.values.size() || graph_.values[v].kind != ValueKind::Result || graph_.values[v].source != n ||
          graph_.values[v].index != r || defined_[v])
        fault("result {} of {} is not its own value", r, name_of(n));
      else defined_[v] = true;
    }
  }

  void check_argument(std::uint32_t n, std::size_t i) {
    const Node& node = graph_.nodes[n];
    const ops::Param& param = op_of(node).inputs[i];
    const bool tensor = node.operands[i].kind != Operand::None, constant = !node.attributes[i].is_null();
    if (tensor && !param.takes_tensor()) fault("{} is given a tensor for `{}`", name_of(n), param.name);
    const bool list = node.operands[i].kind == Operand::List;
    if (tensor && list && !takes(param, ops::Param::TensorList))
      fault("{} is given a list for `{}`", name_of(n), param.name);
    if (tensor && constant && !list) fault("{} is given `{}` twice", name_of(n), param.name);
    if (!tensor && constant && !fits(param, node.attributes[i]))
      fault("{} is given {} for `{}`, expected {}", name_of(n), node.attributes[i].str(), param.name,
            param.kind_words());
    if (!tensor && !constant && !param.nullable && !param.has_default && !takes(param, ops::Param::Any))
      fault("{} is not given `{}`", name_of(n), param.name);
  }

  /// Each state has one line of values, and nothing reads one that was replaced.
  void check_states() {
    std::vector<std::uint32_t> replaced(graph_.values.size(), kNone);  // by which node
    for (std::uint32_t n = 0; n < graph_.nodes.size(); ++n) {
      const Node& node = graph_.nodes[n];
      for (const Operand& o : node.operands)
        for_each_value(o, [&](ValueId v) {
          if (replaced[v] != kNone) fault("{} reads value {}, which {} replaced", name_of(n), v, name_of(replaced[v]));
        });
      const std::size_t expected = written_states(graph_, node).size() + (draws(node) ? 1 : 0);
      const std::size_t own = own_results(graph_, node);
      if (node.results.size() - own != expected)
        fault("{} gives {} new states, expected {}", name_of(n), node.results.size() - own, expected);
      for (std::size_t r = own; r < node.results.size(); ++r) {
        const ValueId state = graph_.values[node.results[r]].updates;
        bool taken = false;
        for (const Operand& o : node.operands) for_each_value(o, [&](ValueId v) { taken |= v == state; });
        if (state == kNone || !taken) fault("{} gives a new value of a state that it does not take", name_of(n));
        else replaced[state] = n;
      }
    }
    const std::vector<ValueId> first = first_states(graph_);
    std::vector<ValueId> listed(graph_.values.size(), kNone);  // by state
    for (const StateUpdate& update : graph_.updates)
      if (update.state < listed.size()) listed[update.state] = update.value;
    std::size_t states = 0;
    for (ValueId v = 0; v < graph_.values.size(); ++v) {
      if (graph_.values[v].updates == kNone || replaced[v] != kNone) continue;
      ++states;  // the last of its line
      if (listed[first[v]] != v) fault("the update of value {} is not listed", first[v]);
      const ValueKind kind = graph_.values[first[v]].kind;
      if (kind != ValueKind::Buffer && kind != ValueKind::Random)
        fault("value {} is updated and is no state", first[v]);
    }
    if (states != graph_.updates.size()) fault("{} updates are listed, expected {}", graph_.updates.size(), states);
  }

  /// Loops nest, and what a turn gives is read in its loop alone.
  void check_loops() {
    const Loops loops = loops_of(graph_);
    if (!loops.nested) return fault("a loop is not closed, or closed by a node of another");
    const auto check = [&](ValueId v, std::size_t reader, const std::string& who) {
      const ValueInfo& info = graph_.values[v];
      if (info.kind != ValueKind::Result || info.updates != kNone) return;
      for (const Loop& loop : loops.all) {
        const bool inside = loop.contains(info.source) && info.source != loop.last;
        if (inside && !loop.contains(reader)) fault("{} reads value {} of a turn of a loop", who, v);
      }
    };
    for (std::uint32_t n = 0; !loops.all.empty() && n < graph_.nodes.size(); ++n)
      for (const Operand& o : graph_.nodes[n].operands) for_each_value(o, [&](ValueId v) { check(v, n, name_of(n)); });
    if (loops.all.empty()) return;
    for_each_root(graph_, [&](const Operand& o) {
      for_each_value(o, [&](ValueId v) { check(v, graph_.nodes.size(), "a result of the graph"); });
    });
  }

  void check_types(std::uint32_t n) {
    const Node& node = graph_.nodes[n];
    const ops::Op& op = op_of(node);
    if (op.is_module || !op.infer) return;  // a module's rule asks for arguments that the node does not have
    const auto [inferred, refused] = infer_again(graph_, node);
    if (!refused.empty()) return fault("{}: {}", name_of(n), refused);
    const std::size_t own = own_results(graph_, node);
    if (inferred.size() != own) return fault("{} has {} results, its rule gives {}", name_of(n), own, inferred.size());
    for (std::size_t r = 0; r < own; ++r) {
      const TensorType& have = graph_.values[node.results[r]].type.tensor;
      const TensorType& want = inferred[r].tensor;
      bool same = have.dtype == want.dtype && have.rank() == want.rank();
      for (std::size_t d = 0; same && d < have.rank(); ++d) same = !differ(graph_, have.shape[d], want.shape[d]);
      if (!same) fault("{} gives {}, its rule {}", name_of(n), have.str(), want.str());
    }
    // A new value has the type of the old one.
    for (std::size_t r = own; r < node.results.size(); ++r) {
      const ValueInfo& value = graph_.values[node.results[r]];
      if (!(value.type == graph_.values[value.updates].type)) fault("{} changes the type of a state", name_of(n));
    }
  }

  const Graph& graph_;
  const ModuleTree& tree_;
  std::string where_;
  Faults& faults_;
  std::vector<bool> defined_;
};

}  // namespace

std::vector<std::string> verify(const Graph& graph, const ModuleTree& tree) {
  Faults faults;
  GraphVerifier(graph, tree, "graph", faults).run(Types::Inferred);
  return faults;
}

std::vector<std::string> verify(const Program& program, Types types) {
  Faults faults;
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
      if (t.init.kind == ops::Init::Expression && t.init_graph >= program.initial_graphs.size())
        faults.push_back(fmt::format("tensor {}.{} has no graph for its initial value", modules[m].path, t.name));
    }
  }
  for (std::size_t g = 0; g < program.graphs.size(); ++g)
    GraphVerifier(program.graphs[g], program.tree, fmt::format("graph {}", g), faults).run(types);
  for (std::size_t g = 0; g < program.initial_graphs.size(); ++g)
    GraphVerifier(program.initial_graphs[g], program.tree, fmt::format("initial graph {}", g), faults).run(types);
  return faults;
}

}  // namespace modelc::ir
