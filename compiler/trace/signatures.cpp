#include "trace/signatures.h"

#include <algorithm>

#include "instantiate/instances.h"
#include "trace/build.h"
#include "trace/forward.h"
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

bool mentions(const ast::TypeExpr& type, const std::string& symbol) {
  return std::any_of(type.dims.begin(), type.dims.end(),
                     [&](const ast::ExprPtr& dim) { return dim && dim->text == symbol; }) ||
         (type.result && mentions(*type.result, symbol)) ||
         std::any_of(type.parts.begin(), type.parts.end(), [&](const auto& part) { return mentions(*part, symbol); });
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

/// The symbols of the frame with those that a call of the module binds. Everything is made on the side: the call that
/// is really made reports what is wrong.
std::map<std::string, Dim> try_signature(Tracer& t, InstanceId id, const ast::TypeExpr& signature,
                                         const DefinitionPtr& definition, const Frame& frame) {
  Sink unheard;
  eval::Budget budget = t.budget;
  ir::Graph graph;
  if (t.conditions) graph.conditions = *t.conditions;
  Trace gathered;
  Tree tree = instantiate::tree_around(t.tree, id);
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

/// The symbols of the frame with those that one run of the body binds by what it hands to its modules: where the
/// declared inputs leave a size open. Everything is made on the side.
std::map<std::string, Dim> try_body(Tracer& t, InstanceId id, const Frame& frame) {
  Sink unheard;
  eval::Budget budget = t.budget;
  ir::Graph graph;
  if (t.graph) graph = *t.graph;
  if (t.conditions) graph.conditions = *t.conditions;
  Trace gathered;
  Tree tree = instantiate::tree_around(t.tree, id);
  // What is missing while sizes are open is not missing for good.
  const LevelPtr level = std::make_shared<Level>(*t.tree.instances[id].level);
  tree.instances[0].level = level;
  Frame bound = frame;
  bound.instance = 0;
  bound.began = 0;
  Call call = t.calls ? *t.calls : Call{};
  call.outer = t.calls;
  call.tree = &tree;
  call.instance = 0;
  call.level = level.get();
  call.frame = &bound;
  Tracer trial(unheard, budget, &graph.conditions, t.document, tree, &call, &graph, gathered, *t.special);
  trial.training = t.training;
  make_parts(trial, 0, bound);
  tree.instances[0].built = true;
  Scope scope;
  scope.level = level;
  scope.frame = &bound;
  run_body(trial, *tree.instances[0].definition->component, scope, 0);
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
    if (!has_unbound(*type->result, *level, frame)) continue;
    // Symbols of the body's own bindings are not known outside of it.
    for (const auto& [symbol, size] : try_body(t, id, frame))
      if (mentions(*type, symbol)) frame.symbols.emplace(symbol, size);
  }
}

}  // namespace modelc::trace
