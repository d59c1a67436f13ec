#include "trace/signatures.h"

#include <algorithm>

#include "instantiate/instances.h"
#include "trace/modules.h"
#include "trace/types.h"

namespace modelc::trace {

namespace {

bool has_unbound(const ast::TypeExpr& type, const Level& level, const Frame& frame) {
  for (const ast::ExprPtr& dim : type.dims) {
    if (!dim || dim->kind != ast::ExprKind::Name || dim->text.empty()) continue;
    const std::string& name = dim->text;
    const bool capital = name[0] >= 'A' && name[0] <= 'Z';
    if (capital && !frame.symbols.count(name) && !level.params.count(name) && !level.defines.count(name)) return true;
  }
  return std::any_of(type.parts.begin(), type.parts.end(),
                     [&](const auto& part) { return has_unbound(*part, level, frame); });
}

/// The arguments that a signature declares, as inputs of `graph`; nullopt where a symbol is not bound yet.
std::optional<Arguments> declared_inputs(Tracer& t, const ast::TypeExpr& signature, const Scope& scope,
                                         ir::Graph& graph) {
  Arguments args;
  for (const auto& part : signature.parts) {
    std::map<std::string, Dim> formal;
    std::vector<Dim> dots;
    const auto resolved =
        part->kind == ast::TypeKind::Tensor ? resolve_type(t, *part, scope, &formal, &dots) : std::nullopt;
    // Symbols that the component's inputs have bound already.
    std::map<types::SymbolId, Dim> meant;
    for (const auto& [name, symbol] : formal) {
      const auto bound = scope.frame->symbols.find(name);
      if (bound != scope.frame->symbols.end()) meant[symbol.symbols().at(0)] = bound->second;
    }
    if (!resolved || meant.size() != formal.size()) return std::nullopt;
    ir::ValueInfo info;
    info.kind = ir::ValueKind::Input;
    info.type = *resolved;
    // The trial stands for every number of dimensions behind `...`; one suits most modules.
    for (Dim& d : info.type.tensor.shape) d = d.is_poison() ? Dim(2) : d.substitute(meant);
    const auto value = static_cast<ir::ValueId>(graph.values.size());
    graph.values.push_back(std::move(info));
    args.push_back({"", Value::of_tensor(value), part->span, {}});
  }
  return args;
}

/// A tree of which the instance is the root: what a trial makes, it makes there.
Tree tree_around(const Tree& tree, InstanceId id) {
  Tree copy;
  copy.edits = tree.edits;
  copy.formal_symbols = tree.formal_symbols;
  copy.instances.push_back(tree.instances[id]);
  copy.instances[0].module = 0;
  copy.instances[0].children.clear();
  copy.ir.modules.push_back(tree.ir.modules[tree.instances[id].module]);
  copy.ir.modules[0].children.clear();
  copy.ir.modules[0].parent = ir::kNone;
  return copy;
}

/// The symbols of the frame with those that a call of the module binds. Everything is made on the side: the call that
/// is really made reports what is wrong.
std::map<std::string, Dim> try_signature(Tracer& t, InstanceId id, const ast::TypeExpr& signature,
                                         const DefinitionPtr& definition, const Frame& frame) {
  Sink unheard;
  eval::Budget budget = t.budget;
  ir::Graph graph;
  if (t.conditions) graph.conditions = *t.conditions;
  Trace gathered;
  Tree tree = tree_around(t.tree, id);
  Frame bound = frame;
  bound.instance = 0;
  const LevelPtr level = t.tree.instances[id].level;
  Call call = t.calls ? *t.calls : Call{};
  call.outer = t.calls;
  call.tree = &tree;
  call.instance = kNoInstance;
  call.level = level.get();
  call.frame = &bound;
  Tracer trial(unheard, budget, &graph.conditions, t.document, tree, &call, &graph, gathered, *t.special);
  trial.training = t.training;
  Scope scope;
  scope.level = level;
  scope.frame = &bound;
  if (auto args = declared_inputs(trial, signature, scope, graph)) {
    const InstanceId tried = make_instance(trial, definition, "\x01", 0, definition->span);
    call_instance(trial, tried, std::move(*args), definition->span, scope);
  }
  // What was spent is spent, and what ran away would do so again; that a trial gave up is not yet the call's end.
  t.budget.steps = budget.steps;
  t.budget.unrolled = budget.unrolled;
  t.budget.runaways = budget.runaways;
  return bound.symbols;
}

}  // namespace

void bind_signature_symbols(Tracer& t, InstanceId id, Frame& frame) {
  const LevelPtr level = t.tree.instances[id].level;
  for (const std::string& name : level->param_order) {
    const Level::Param& param = level->params.at(name);
    const ast::TypePtr type = param.item->value.declared.type;
    if (!type || type->kind != ast::TypeKind::Signature || !type->result || !param.value ||
        param.value->kind != Value::Def)
      continue;
    if (!has_unbound(*type->result, *level, frame)) continue;
    frame.symbols = try_signature(t, id, *type, param.value->definition, frame);
  }
}

}  // namespace modelc::trace
