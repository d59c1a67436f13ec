#include "plan/make_plan.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "ir/builder.h"
#include "ir/loops.h"
#include "ir/uses.h"
#include "plan/input_checks.h"
#include "plan/size_compiler.h"

namespace modelc::plan {

namespace {

using types::Dim;
using types::SymbolId;

void collect(const std::vector<Dim>& dims, std::set<SymbolId>& out) {
  for (const Dim& dim : dims)
    for (const SymbolId symbol : dim.symbols()) out.insert(symbol);
}

void collect(const types::Constant& constant, std::set<SymbolId>& out) {
  if (constant.is_dim()) collect(std::vector<Dim>{constant.as_dim()}, out);
  if (!constant.is_list()) return;
  for (const types::Constant& element : constant.as_list()) collect(element, out);
}

void collect(const ir::Operand& operand, std::set<SymbolId>& out) {
  collect(operand.constant(), out);
  for (const ir::Operand& part : operand.list()) collect(part, out);
}

/// Operators by the words a user knows: a module's own, and those of internal ones.
std::string words_of(const ir::Node& node, const ir::ModuleTree& tree) {
  static const std::map<std::string, std::string, std::less<>> kWords{
      {"_index", "indexing"},     {"_rearrange", "rearrange"}, {"_columns", "numeric"},
      {"_positions", "indexing"}, {"_scan", "scan"},           {"_scanned", "scan"}};
  constexpr std::string_view kFeed = "_feed_";
  if (node.module != ir::kNone) return tree.modules[node.module].type;
  const std::string& name = ir::op_of(node).name;
  if (name.starts_with(kFeed)) return name.substr(kFeed.size());
  const auto known = kWords.find(name);
  return known == kWords.end() ? name : known->second;
}

class Planner {
 public:
  Planner(const ir::Graph& graph, const ir::ModuleTree& tree, const std::vector<Root>& roots)
      : graph_(graph),
        tree_(tree),
        roots_(roots),
        live_(ir::needed_for(graph, operands_of(roots))),
        first_(ir::first_states(graph)),
        slot_of_(graph.values.size(), kNone),
        symbols_(all_symbols()),
        sizes_(symbols_) {}

  Plan make() {
    for (std::size_t i = 0; i < graph_.inputs.size(); ++i) add_input(graph_.inputs[i]);
    mark_needed();
    for (ir::ValueId v = 0; v < graph_.values.size(); ++v) add_state(v);
    for (std::uint32_t n = 0; n < graph_.nodes.size(); ++n)
      if (live_.nodes[n]) add_step(n);
    for (const Root& root : roots_) plan_.results.push_back({root.name, argument(root.value)});
    release();
    plan_.checks = input_checks(graph_, plan_, sizes_);
    for (const types::Requirement& required : graph_.conditions.requirements()) add_condition(required);
    for (auto& [step, bound] : bound_) plan_.steps[step].sizes = sizes_.dependents(bound);
    place_conditions();
    plan_.sizes = sizes_.program();
    return std::move(plan_);
  }

 private:
  static std::vector<ir::Operand> operands_of(const std::vector<Root>& roots) {
    std::vector<ir::Operand> out;
    for (const Root& root : roots) out.push_back(root.value);
    return out;
  }

  /// What the plan may speak of, in the order of the inputs, then of the values.
  std::vector<SymbolId> all_symbols() const {
    std::set<SymbolId> seen;
    std::vector<SymbolId> out;
    const auto add = [&](const std::vector<Dim>& dims) {
      for (const Dim& dim : dims)
        for (const SymbolId symbol : dim.symbols())
          if (seen.insert(symbol).second) out.push_back(symbol);
    };
    for (const ir::Input& input : graph_.inputs) add(input.type.tensor.shape);
    for (const ir::ValueInfo& value : graph_.values) add(value.type.tensor.shape);
    std::set<SymbolId> others;
    for (const ir::Node& node : graph_.nodes)
      for (const types::Constant& attribute : node.attributes) collect(attribute, others);
    for (const Root& root : roots_) collect(root.value, others);
    for (const types::Requirement& required : graph_.conditions.requirements())
      collect(std::vector<Dim>{required.a, required.b}, others);
    for (const SymbolId symbol : others)
      if (seen.insert(symbol).second) out.push_back(symbol);
    return out;
  }

  /// The slot of a value, made where it has none yet; none for a random state.
  Slot slot(ir::ValueId value) {
    const ir::ValueId first = first_[value];
    const ir::ValueInfo& info = graph_.values[first];
    if (info.kind == ir::ValueKind::Random) return kNone;
    if (slot_of_[first] == kNone) {
      slot_of_[first] = static_cast<Slot>(plan_.slots.size());
      plan_.slots.push_back({info.name, type(info.type.tensor)});
    }
    return slot_of_[first];
  }

  TensorType type(const types::TensorType& type) { return {type.dtype, sizes_.sizes(type.shape)}; }

  Attribute attribute(const types::Constant& constant) {
    if (constant.is_bool()) return {constant.as_bool()};
    if (constant.is_dim()) return {sizes_.size(constant.as_dim())};
    if (constant.is_float()) return {constant.as_double()};
    if (constant.is_string()) return {constant.as_string()};
    if (constant.is_dtype()) return {constant.as_dtype()};
    if (!constant.is_list()) return {};
    AttributeList list;
    for (const types::Constant& element : constant.as_list()) list.push_back(attribute(element));
    return {std::move(list)};
  }

  Argument argument(const ir::Operand& operand) {
    Argument out;
    if (operand.kind == ir::Operand::Value) {
      out.kind = Argument::Slot;
      out.slot = slot(operand.value);
    } else if (operand.kind == ir::Operand::Static) {
      out.kind = Argument::Static;
      out.attribute = attribute(operand.constant());
    } else if (operand.kind == ir::Operand::List) {
      out.kind = Argument::List;
      for (const ir::Operand& part : operand.list()) out.list.push_back(argument(part));
    }
    return out;
  }

  void add_input(const ir::Input& input) {
    Input out;
    out.name = input.name;
    out.tensor = input.type.is_tensor();
    out.target = input.target;
    out.span = input.span;
    if (out.tensor) {
      out.type = type(input.type.tensor);
      out.type_words = input.type.tensor.str();
      out.needed = input.value != ir::kNone && live_.values[input.value];
      if (out.needed) out.slot = slot(input.value);
    }
    plan_.inputs.push_back(std::move(out));
  }

  /// Of inputs whose values nothing reads, those that alone fix a symbol that a size needs (`zeros(B, 5)`).
  void mark_needed() {
    std::set<SymbolId> wanted, bound;
    for (const Root& root : roots_) collect(root.value, wanted);
    for (std::size_t n = 0; n < graph_.nodes.size(); ++n) {
      if (!live_.nodes[n]) continue;
      for (const types::Constant& attribute : graph_.nodes[n].attributes) collect(attribute, wanted);
      for (const ir::ValueId v : graph_.nodes[n].results) collect(graph_.values[v].type.tensor.shape, wanted);
    }
    for (std::size_t i = 0; i < plan_.inputs.size(); ++i)
      if (plan_.inputs[i].needed) collect(graph_.inputs[i].type.tensor.shape, bound);
    for (const SymbolId symbol : wanted) {
      for (std::size_t i = 0; !bound.count(symbol) && i < plan_.inputs.size(); ++i) {
        std::set<SymbolId> fixed;
        if (plan_.inputs[i].tensor) collect(graph_.inputs[i].type.tensor.shape, fixed);
        if (!fixed.count(symbol)) continue;
        plan_.inputs[i].needed = true;
        bound.merge(fixed);
      }
    }
    for (const ir::Input& input : graph_.inputs) collect(input.type.tensor.shape, fed_);
  }

  void add_state(ir::ValueId value) {
    const ir::ValueInfo& info = graph_.values[value];
    if (!info.is_tensor_of_tree() || !live_.values[value]) return;
    plan_.states.push_back(
        {slot(value), info.source, info.index, tree_.modules[info.source].tensors[info.index].name, false});
  }

  void add_step(std::uint32_t index) {
    const ir::Node& node = graph_.nodes[index];
    const ops::Op& op = ir::op_of(node);
    Step step;
    step.op = node.op;
    for (std::size_t i = 0; i < op.inputs.size(); ++i) step.arguments.push_back(argument(ir::given(node, i)));
    const std::size_t own = ir::own_results(graph_, node);
    for (std::size_t i = 0; i < own; ++i) step.results.push_back(slot(node.results[i]));
    for (std::size_t i = own; i < node.results.size(); ++i) {
      const Slot state = slot(node.results[i]);
      if (state == kNone) step.draws = plan_.random = true;
      else step.writes.push_back(state);
    }
    for (State& state : plan_.states)
      state.written |= std::find(step.writes.begin(), step.writes.end(), state.slot) != step.writes.end();
    step.node = index;
    step.what = words_of(node, tree_);
    step.path = node.path;
    step.span = node.span;
    bind_new_symbols(node, step);
    step.loop = loop_of(node);
    plan_.steps.push_back(std::move(step));
  }

  /// The loop that the next step opens or closes; kNone for one within it.
  std::uint32_t loop_of(const ir::Node& node) {
    const auto next = static_cast<std::uint32_t>(plan_.steps.size());
    if (ir::opens_loop(node)) {
      open_.push_back(static_cast<std::uint32_t>(plan_.loops.size()));
      plan_.loops.push_back({next, next, sizes_.size(ir::turns_of(graph_, node))});
      return open_.back();
    }
    if (!ir::closes_loop(node)) return kNone;
    const std::uint32_t loop = open_.back();
    open_.pop_back();
    plan_.loops[loop].last = next;
    return loop;
  }

  /// A symbol that no input and no step before speaks of is fixed by the size it stands alone as.
  void bind_new_symbols(const ir::Node& node, Step& step) {
    std::vector<Register> bound;
    for (std::uint32_t r = 0; r < step.results.size(); ++r) {
      const std::vector<Dim>& shape = graph_.values[node.results[r]].type.tensor.shape;
      for (std::uint32_t d = 0; d < shape.size(); ++d) {
        const std::vector<SymbolId> symbols = shape[d].symbols();
        if (symbols.size() != 1 || sizes_.size(shape[d]).reg != sizes_.symbol(symbols[0])) continue;
        if (!fed_.insert(symbols[0]).second) continue;
        step.binds.push_back({sizes_.symbol(symbols[0]), r, d});
        bound.push_back(sizes_.symbol(symbols[0]));
      }
    }
    if (!bound.empty()) bound_.emplace_back(plan_.steps.size(), std::move(bound));
  }

  /// Every call at the place that asks for a condition is left out: nothing needs it.
  bool is_unasked(const Condition& condition) const {
    bool any = false;
    for (std::uint32_t n = 0; n < graph_.nodes.size(); ++n) {
      if (!(graph_.nodes[n].span == condition.span)) continue;
      if (live_.nodes[n]) return false;
      any = true;
    }
    return any;
  }

  /// What speaks of a symbol that a step binds is checked after the last such step; where one of them is not run,
  /// never.
  void place_conditions() {
    std::map<Register, std::size_t> step_of;
    for (const auto& [step, bound] : bound_)
      for (const Register symbol : bound) step_of[symbol] = step;
    for (std::uint32_t c = 0; c < plan_.conditions.size(); ++c) {
      std::optional<std::size_t> last;
      for (const Register symbol : plan_.conditions[c].symbols)
        if (const auto bound = step_of.find(symbol); bound != step_of.end())
          last = std::max(last.value_or(0), bound->second);
      if (last && !is_unasked(plan_.conditions[c])) plan_.steps[*last].conditions.push_back(c);
    }
  }

  /// By slot: the step that fills it first; kNone for what is fed or lies in the module tree.
  std::vector<std::uint32_t> makers() const {
    std::vector<std::uint32_t> by(plan_.slots.size(), kNone);
    for (std::size_t i = plan_.steps.size(); i-- > 0;)
      for (const Slot result : plan_.steps[i].results) by[result] = static_cast<std::uint32_t>(i);
    return by;
  }

  /// The step after which a slot is not read again whose last use is step `use`: what was there before a loop is read
  /// in every turn.
  std::size_t last_use(std::uint32_t maker, std::size_t use) const {
    for (const Loop& loop : plan_.loops) {
      const auto contains = [&](std::size_t step) { return loop.first <= step && step <= loop.last; };
      if (contains(use) && (maker == kNone || !contains(maker))) return loop.last;
    }
    return use;
  }

  /// Each slot after its last use; what is asked for and what lies in the module tree stays.
  void release() {
    std::vector<bool> seen(plan_.slots.size(), false);
    for (const Result& result : plan_.results) for_each_slot(result.value, [&](Slot s) { seen[s] = true; });
    for (const State& state : plan_.states) seen[state.slot] = true;
    const std::vector<std::uint32_t> made_by = makers();
    for (std::size_t i = plan_.steps.size(); i-- > 0;) {
      const auto use = [&](Slot s) {
        if (!seen[s]) plan_.steps[last_use(made_by[s], i)].release.push_back(s);
        seen[s] = true;
      };
      for (const Slot result : plan_.steps[i].results) use(result);
      for (const Argument& argument : plan_.steps[i].arguments) for_each_slot(argument, use);
    }
  }

  void add_condition(const types::Requirement& required) {
    Condition out;
    out.a = sizes_.size(required.a);
    out.b = sizes_.size(required.b);
    out.equal = required.relation == types::Relation::Equal;
    std::vector<SymbolId> symbols = required.a.symbols();
    for (const SymbolId symbol : required.b.symbols())
      if (std::find(symbols.begin(), symbols.end(), symbol) == symbols.end()) symbols.push_back(symbol);
    for (const SymbolId symbol : symbols) out.symbols.push_back(sizes_.symbol(symbol));
    out.words = required.words;
    out.span = required.origin.span;
    plan_.conditions.push_back(std::move(out));
  }

  const ir::Graph& graph_;
  const ir::ModuleTree& tree_;
  const std::vector<Root>& roots_;
  const ir::Needed live_;
  const std::vector<ir::ValueId> first_;  // by value: the first of its line of states
  std::vector<Slot> slot_of_;             // by that first value
  const std::vector<SymbolId> symbols_;
  SizeCompiler sizes_;
  std::vector<std::uint32_t> open_;                                   // loops, the innermost last
  std::set<SymbolId> fed_;                                            // symbols that inputs or steps so far speak of
  std::vector<std::pair<std::size_t, std::vector<Register>>> bound_;  // symbols by the step that binds them
  Plan plan_;
};

}  // namespace

std::vector<Root> roots_of(const ir::Graph& graph, Asked asked) {
  std::vector<Root> roots;
  if (asked == Asked::Metrics) {
    for (const ir::Metric& metric : graph.metrics)
      for (const ir::Operand& operand : metric.operands) roots.push_back({metric.name, operand});
    return roots;
  }
  for (const ir::Output& output : asked == Asked::Outputs ? graph.outputs : graph.losses)
    roots.push_back({output.name, output.value});
  return roots;
}

Plan make_plan(const ir::Graph& graph, const ir::ModuleTree& tree, const std::vector<Root>& roots) {
  return Planner(graph, tree, roots).make();
}

}  // namespace modelc::plan
