#include "trace/uncalled.h"

#include "eval/unroll.h"
#include "instantiate/instances.h"
#include "trace/modules.h"
#include "trace/types.h"

namespace modelc::trace {

namespace {

/// The number of dimensions that stand for any: those of a vector, a sequence and an image in a batch.
constexpr std::size_t kRanks[] = {2, 3, 4};

Value add_input(ir::Graph& graph, TensorType type) {
  ir::ValueInfo info;
  info.kind = ir::ValueKind::Input;
  info.type = Type::of(std::move(type));
  graph.values.push_back(std::move(info));
  return Value::of_tensor(static_cast<ir::ValueId>(graph.values.size() - 1));
}

Dim open_size() { return types::DimTable::current().symbol("_"); }

/// What is known of the last dimension of every input: a size that the module infers from it, and that is stated.
std::optional<Dim> stated_width(const Definition& definition) {
  for (const ops::Param& param : definition.op ? definition.op->args : std::vector<ops::Param>())
    for (const GivenArgument& given : definition.arguments)
      if (param.inferred && given.name == param.name && given.value.is_int()) return given.value.dim;
  return std::nullopt;
}

/// Inputs of the declared types, every symbol open; those without a type have `rank` dimensions. nullopt where the
/// types leave too much to the call.
std::optional<Arguments> open_inputs(Tracer& t, InstanceId id, std::size_t rank) {
  const Definition& definition = *t.tree.instances[id].definition;
  const ast::Component& component = *definition.component;
  const std::optional<Dim> width = stated_width(definition);
  Arguments args;
  bool known = true;
  const auto add = [&](const std::string& name, TensorType type, Span span) {
    for (std::size_t d = 0; d < type.shape.size(); ++d)
      if (type.shape[d].is_poison()) type.shape[d] = Dim(2);  // the place of `...`
    if (width && !type.shape.empty()) type.shape.back() = *width;
    args.push_back({name, add_input(*t.graph, std::move(type)), span, {}});
  };
  const auto any = [&] { return TensorType{types::DType::Float32, std::vector<Dim>(rank, open_size())}; };
  if (!component.inputs.given) {
    if (component.body.layers.given) add("", any(), component.span);
    return args;
  }
  Frame frame;
  std::map<std::string, Dim> formal;
  const Scope scope = static_scope(t.tree.instances[id].level, &frame);
  unroll(t, component.inputs.entries, scope,
         [&](const ast::Item<ast::Declaration>& item, const std::string& name, const Scope& inner) {
           const ast::Declaration& d = item.value;
           if (d.deleted || d.declared.value) return;
           const bool open = !d.declared.type || d.declared.type->kind == ast::TypeKind::Any;
           if (open && !d.is_list && !d.faulty) return add(name, any(), item.span);
           std::vector<Dim> dots;
           const bool tensor = d.declared.type && d.declared.type->kind == ast::TypeKind::Tensor;
           const auto type = tensor ? resolve_type(t, *d.declared.type, inner, &formal, &dots) : std::nullopt;
           if (type && type->is_tensor()) add(name, type->tensor, item.span);
           else known = false;
         });
  return known ? std::optional(std::move(args)) : std::nullopt;
}

/// Calls the component in a graph of its own. False where something is wrong with that.
bool call_aside(Tracer& t, Tree& tree, InstanceId id, std::size_t rank) {
  Sink unheard;
  eval::Budget budget = t.budget.renewed();
  ir::Graph graph;
  Trace gathered;
  Tracer aside(unheard, budget, &graph.conditions, t.document, tree, nullptr, &graph, gathered, *t.special);
  auto args = open_inputs(aside, id, rank);
  const Scope scope = static_scope(nullptr);
  Scope running = scope;
  running.is_static = false;
  const bool sound = args && !call_instance(aside, id, std::move(*args), {}, running).is_poison() && gathered.whole;
  t.budget.steps += budget.steps;
  t.budget.runaways = budget.runaways;
  return sound;
}

/// It is there, and still not called.
void mark_sized(Tree& tree, InstanceId id) {
  ir::Module& module = module_of(tree, id);
  module.called = false;
  module.uncalled = ir::Uncalled::Sized;
  for (const auto& [name, child] : tree.instances[id].children) mark_sized(tree, child);
}

}  // namespace

void elaborate_uncalled(Tracer& t, InstanceId id) {
  const Instance& instance = t.tree.instances[id];
  if (instance.definition->kind != Definition::Component || !instance.level || instance.built || instance.broken ||
      instance.broken_input || module_of(t.tree, id).called || module_of(t.tree, id).uncalled == ir::Uncalled::Doubtful)
    return;
  for (const std::size_t rank : kRanks) {
    Tree trial = instantiate::tree_around(t.tree, id);
    trial.instances[0].level = std::make_shared<Level>(*t.tree.instances[id].level);  // which the trial fills
    if (!call_aside(t, trial, 0, rank)) continue;
    call_aside(t, t.tree, id, rank);
    mark_sized(t.tree, id);
    return;
  }
}

}  // namespace modelc::trace
