#include "exec/executor.h"

#include <ATen/Functions.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <set>

#include "exec/binding.h"
#include "exec/node_view.h"
#include "ir/uses.h"

namespace modelc::exec {
namespace {

using kernels::Frame;
using kernels::Kernel;

void collect_symbols(const types::Dim& dim, std::set<types::SymbolId>& out) {
  if (dim.is_constant()) return;
  for (types::SymbolId symbol : dim.symbols()) out.insert(symbol);
}

void collect_symbols(const types::Constant& constant, std::set<types::SymbolId>& out) {
  if (constant.is_dim()) collect_symbols(constant.as_dim(), out);
  if (!constant.is_list()) return;
  for (const types::Constant& element : constant.as_list()) collect_symbols(element, out);
}

void collect_symbols(const ir::Operand& operand, std::set<types::SymbolId>& out) {
  if (operand.kind == ir::Operand::Static) collect_symbols(operand.constant, out);
  for (const ir::Operand& part : operand.list) collect_symbols(part, out);
}

void collect_symbols(const ir::Node& node, std::set<types::SymbolId>& out) {
  for (const types::Constant& attribute : node.attributes) collect_symbols(attribute, out);
}

bool has_infinity(const types::Constant& constant) {
  if (constant.is_float()) return std::isinf(constant.as_double());
  if (!constant.is_list()) return false;
  for (const types::Constant& element : constant.as_list()) {
    if (has_infinity(element)) return true;
  }
  return false;
}

std::string first_line(std::string_view text) { return std::string(text.substr(0, text.find('\n'))); }

bool is_finite(const at::Tensor& t) {
  return !t.defined() || !at::isFloatingType(t.scalar_type()) || at::isfinite(t).all().item<bool>();
}

}  // namespace

struct Executor::Impl {
  struct Step {
    std::uint32_t node = 0;
    std::vector<ir::ValueId> drop;  // values that nothing reads any more
  };

  const ir::Graph& graph;
  const ir::Program* program;
  build::TreeModule* tree;
  std::vector<ir::Operand> roots;
  std::vector<bool> needed;
  std::vector<ir::ValueId> slot_of;  // by value: all values of a state lie where the first does
  std::vector<Step> steps;
  std::vector<Kernel> kernels;                  // by node; empty until a plan needs it
  std::vector<std::vector<at::Tensor>> states;  // by node; stable, kernels refer to them
  std::vector<at::Tensor> slots;
  std::vector<std::pair<ir::ValueId, at::Tensor*>> parameters;
  Binding binding;
  SizeMap sizes;
  bool verify;

  Impl(const ir::Graph& g, const ir::Program* p, build::TreeModule* t, std::vector<ir::Operand> r)
      : graph(g),
        program(p),
        tree(t),
        roots(std::move(r)),
        kernels(g.nodes.size()),
        states(g.nodes.size()),
        slots(g.values.size()),
        binding(g) {
    const char* flag = std::getenv("MODELC_VERIFY");
    verify = flag != nullptr && std::strcmp(flag, "0") != 0 && *flag != '\0';
    slot_of = ir::first_states(graph);
    const ir::Needed live = ir::needed_for(graph, roots);
    needed = needed_inputs(live, roots);
    bind_parameters(live);
    plan(live);
  }

  /// Operators by the words a user knows: a module's own, and those of internal ones.
  std::string op_words(const ir::Node& node) const {
    const std::string& op = ir::op_of(node).name;
    if (node.module != ir::kNone && program != nullptr) return program->tree.modules[node.module].type;
    if (op == "_index") return "indexing";
    if (op == "_rearrange") return "rearrange";
    if (op == "_columns") return "numeric";
    if (op == "_feed_normalize") return "normalize";
    return op;
  }

  std::string place_of(const ir::Node& node) const {
    return node.path.empty() ? op_words(node) : op_words(node) + " at " + node.path;
  }

  /// Inputs whose values are read, and those that alone fix a symbol that a size needs (`zeros(B, 5)`).
  std::vector<bool> needed_inputs(const ir::Needed& live, const std::vector<ir::Operand>& from) const {
    std::vector<bool> out(graph.inputs.size(), false);
    std::set<types::SymbolId> wanted, bound;
    for (const ir::Operand& root : from) collect_symbols(root, wanted);
    for (std::size_t n = 0; n < graph.nodes.size(); ++n) {
      const ir::Node& node = graph.nodes[n];
      if (!live.nodes[n]) continue;
      collect_symbols(node, wanted);
      for (ir::ValueId value : node.results) {
        for (const types::Dim& dim : graph.values[value].type.tensor.shape) collect_symbols(dim, wanted);
      }
    }
    auto fixes = [&](std::size_t i) {
      std::set<types::SymbolId> symbols;
      for (const types::Dim& dim : graph.inputs[i].type.tensor.shape) collect_symbols(dim, symbols);
      return symbols;
    };
    for (std::size_t i = 0; i < graph.inputs.size(); ++i) {
      const ir::Input& input = graph.inputs[i];
      if (!input.type.is_tensor() || input.value == ir::kNone || !live.values.at(input.value)) continue;
      out[i] = true;
      bound.merge(fixes(i));
    }
    for (types::SymbolId symbol : wanted) {
      for (std::size_t i = 0; !bound.count(symbol) && i < graph.inputs.size(); ++i) {
        if (!graph.inputs[i].type.is_tensor()) continue;
        std::set<types::SymbolId> fixed = fixes(i);
        if (!fixed.count(symbol)) continue;
        out[i] = true;
        bound.merge(fixed);
      }
    }
    return out;
  }

  void bind_parameters(const ir::Needed& live) {
    for (ir::ValueId value = 0; value < graph.values.size(); ++value) {
      const ir::ValueInfo& info = graph.values[value];
      if (!info.is_tensor_of_tree() || !live.values[value]) continue;
      if (tree == nullptr) throw std::logic_error("a graph with parameters needs its module tree");
      parameters.emplace_back(value, &tree->tensor(info.source, info.index));
    }
  }

  const Kernel& kernel(std::uint32_t node) {
    if (kernels[node]) return kernels[node];
    const kernels::Lowering* lowering = kernels::Lowerings::get().find(ir::op_of(graph.nodes[node]).name);
    if (lowering == nullptr)
      throw std::logic_error("the operator " + ir::op_of(graph.nodes[node]).name + " has no lowering");
    GraphNodeView view(graph, graph.nodes[node], states[node], slot_of);
    return kernels[node] = (*lowering)(view);
  }

  void plan(const ir::Needed& live) {
    std::vector<bool> seen(graph.values.size(), false);
    for (const ir::Operand& root : roots)
      ir::for_each_value(root, [&](ir::ValueId value) { seen[slot_of[value]] = true; });
    for (std::size_t i = graph.nodes.size(); i-- > 0;) {
      const ir::Node& node = graph.nodes[i];
      if (!live.nodes[i]) continue;
      Step step{static_cast<std::uint32_t>(i), {}};
      auto last_use = [&](ir::ValueId value) {
        const ir::ValueId slot = slot_of[value];
        if (!seen[slot]) step.drop.push_back(slot);
        seen[slot] = true;
      };
      for (ir::ValueId value : node.results) last_use(value);
      for (const ir::Operand& operand : node.operands) ir::for_each_value(operand, last_use);
      kernel(step.node);
      steps.push_back(std::move(step));
    }
    std::reverse(steps.begin(), steps.end());
  }

  void load(const std::vector<at::Tensor>& inputs, const std::vector<bool>& required) {
    sizes = binding.bind(inputs, required);
    for (std::size_t i = 0; i < graph.inputs.size(); ++i) {
      if (graph.inputs[i].value != ir::kNone) slots[graph.inputs[i].value] = inputs[i];
    }
    for (const auto& [value, tensor] : parameters) slots[value] = *tensor;
  }

  void call(std::uint32_t index) {
    const ir::Node& node = graph.nodes[index];
    Frame frame{slots, sizes};
    try {
      kernel(index)(frame);
    } catch (const RuntimeFault&) {
      throw;
    } catch (const c10::Error& error) {
      throw RuntimeFault(node.span, place_of(node) + ": " + first_line(error.what_without_backtrace()));
    } catch (const std::exception& error) {
      throw RuntimeFault(node.span, place_of(node) + ": " + first_line(error.what()));
    }
    if (verify) check_results(node);
  }

  void check_results(const ir::Node& node) const {
    for (ir::ValueId value : node.results) {
      if (!graph.values[value].type.is_tensor()) continue;
      const types::TensorType& type = graph.values[value].type.tensor;
      const at::Tensor& t = slots[slot_of[value]];
      bool fits = t.defined() && static_cast<std::size_t>(t.dim()) == type.rank() &&
                  t.scalar_type() == kernels::scalar_type(type.dtype);
      for (std::size_t d = 0; fits && d < type.rank(); ++d) {
        const auto size = type.shape[d].evaluate(sizes);
        fits = !size || *size == t.size(static_cast<std::int64_t>(d));
      }
      if (fits) continue;
      throw RuntimeFault(
          node.span, place_of(node) + ": gave " + (t.defined() ? type_of(t) : "nothing") + ", inferred " + type.str());
    }
  }

  Result result_of(const ir::Operand& operand) const {
    Result out;
    if (operand.kind == ir::Operand::Value) {
      out.tensor = slots[slot_of[operand.value]];
    } else if (operand.kind == ir::Operand::List) {
      for (const ir::Operand& part : operand.list) out.parts.push_back(result_of(part));
    } else if (operand.kind == ir::Operand::Static) {
      out = result_of(operand.constant);
    }
    return out;
  }

  Result result_of(const types::Constant& constant) const {
    Result out;
    if (constant.is_list()) {
      for (const types::Constant& element : constant.as_list()) out.parts.push_back(result_of(element));
    } else if (constant.is_dim()) {
      out.tensor = at::scalar_tensor(constant.as_dim().evaluate(sizes).value_or(0), at::kLong);
    } else if (constant.is_float()) {
      out.tensor = at::scalar_tensor(constant.as_double(), at::kFloat);
    } else if (constant.is_bool()) {
      out.tensor = at::scalar_tensor(constant.as_bool(), at::kBool);
    }
    return out;
  }

  void clear() { std::fill(slots.begin(), slots.end(), at::Tensor()); }

  /// Empties the slots on every way out.
  struct Cleared {
    Impl& impl;
    ~Cleared() { impl.clear(); }
  };

  std::string named(const ir::Node& node) const {
    return node.path.empty() ? op_words(node) : node.path + " (" + op_words(node) + ")";
  }

  /// A parameter or buffer of the node's module that is not finite itself.
  std::string faulty_parameter(const ir::Node& node) const {
    if (node.module == ir::kNone || program == nullptr || tree == nullptr) return {};
    const auto& tensors = program->tree.modules[node.module].tensors;
    for (std::uint32_t i = 0; i < tensors.size(); ++i) {
      if (!is_finite(tree->tensor(node.module, i))) return tensors[i].name;
    }
    return {};
  }
};

Executor::Executor(const ir::Graph& graph, const ir::Program* program, build::TreeModule* tree,
                   const std::vector<ir::Operand>& roots)
    : impl_(std::make_unique<Impl>(graph, program, tree, roots)) {}
Executor::~Executor() = default;
Executor::Executor(Executor&&) noexcept = default;

const std::vector<bool>& Executor::needed() const { return impl_->needed; }

std::vector<Result> Executor::run(const std::vector<at::Tensor>& inputs) {
  Impl::Cleared cleared{*impl_};
  impl_->load(inputs, impl_->needed);
  for (const Impl::Step& step : impl_->steps) {
    impl_->call(step.node);
    for (ir::ValueId value : step.drop) impl_->slots[value] = at::Tensor();
  }
  std::vector<Result> results;
  for (const ir::Operand& root : impl_->roots) results.push_back(impl_->result_of(root));
  return results;
}

Executor::NonFinite Executor::find_non_finite(const std::vector<at::Tensor>& inputs) {
  at::NoGradGuard no_grad;
  Impl::Cleared cleared{*impl_};
  impl_->load(inputs, impl_->needed);
  NonFinite found;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const ir::Input& input = impl_->graph.inputs[i];
    if (!impl_->needed[i] || is_finite(inputs[i])) continue;
    found = {true, input.span, std::string(input.target ? "target" : "input") + " `" + input.name + "`"};
    return found;
  }
  for (const Impl::Step& step : impl_->steps) {
    impl_->call(step.node);
    const ir::Node& node = impl_->graph.nodes[step.node];
    // A mask of minus infinity is meant.
    bool meant = false;
    for (const types::Constant& attribute : node.attributes) meant = meant || has_infinity(attribute);
    bool finite = true, fed_finite = true;
    for (ir::ValueId value : node.results) {
      const at::Tensor& t = impl_->slots[impl_->slot_of[value]];
      finite = finite && (meant ? !t.defined() || !at::isnan(t).any().item<bool>() : is_finite(t));
    }
    if (finite) continue;
    // What only passes a meant infinity on is not the cause; a NaN always is.
    for (const ir::Operand& operand : node.operands) {
      ir::for_each_value(operand, [&](ir::ValueId value) {
        fed_finite = fed_finite && is_finite(impl_->slots[impl_->slot_of[value]]);
      });
    }
    bool nan = false;
    for (ir::ValueId value : node.results) {
      const at::Tensor& t = impl_->slots[impl_->slot_of[value]];
      nan = nan || (t.defined() && at::isnan(t).any().item<bool>());
    }
    if (!fed_finite && !nan) continue;
    found = {true, node.span, impl_->named(node)};
    const std::string parameter = impl_->faulty_parameter(node);
    if (!parameter.empty()) found.what += ", whose `" + parameter + "` is not finite itself";
    return found;
  }
  return found;
}

void Executor::set_state(std::uint32_t node, std::vector<at::Tensor> state) {
  impl_->states.at(node) = std::move(state);
}

at::Tensor Executor::run_operand(std::uint32_t node, const std::vector<at::Tensor>& inputs) {
  at::NoGradGuard no_grad;
  Impl::Cleared cleared{*impl_};
  const std::vector<ir::Operand> roots{impl_->graph.nodes.at(node).operands.at(0)};
  const ir::Needed live = ir::needed_for(impl_->graph, roots);
  impl_->load(inputs, impl_->needed_inputs(live, roots));
  for (std::uint32_t i = 0; i < node; ++i) {
    if (live.nodes[i]) impl_->call(i);
  }
  return impl_->result_of(roots[0]).tensor;
}

build::TreeModule build_tree(const ir::Program& program) {
  return build::TreeModule(program, [&program](std::uint32_t index) {
    const ir::Graph& graph = program.initial_graphs.at(index);
    at::NoGradGuard no_grad;
    Executor executor(graph, &program, nullptr, {graph.outputs.at(0).value});
    return executor.run(std::vector<at::Tensor>(graph.inputs.size())).at(0).tensor;
  });
}

}  // namespace modelc::exec
