// Symbols of a module param's signature: `O` of `inner: (float[..., I]) -> float[..., O]` is known once the module that
// was injected has been called. What stands under `modules` may use it before, so the module is tried on its declared
// inputs, and the trial is undone.
#include <fmt/format.h>

#include <algorithm>

#include "elaborate/elaborator.h"

namespace modelc::elaborate {

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

}  // namespace

void Elaborator::bind_signature_symbols(InstanceId id, Frame& frame) {
  const LevelPtr level = instances_[id].level;
  for (const std::string& name : level->param_order) {
    const Level::Param& param = level->params.at(name);
    const ast::TypePtr type = param.item->value.declared.type;
    if (!type || type->kind != ast::TypeKind::Signature || !type->result || !param.value ||
        param.value->kind != Value::Def)
      continue;
    if (!has_unbound(*type->result, *level, frame)) continue;
    try_signature(id, *type, param.value->definition, frame);
  }
}

void Elaborator::try_signature(InstanceId id, const ast::TypeExpr& signature, const DefinitionPtr& definition,
                               Frame& frame) {
  const LevelPtr level = instances_[id].level;
  Scope scope{level, &frame, nullptr};
  const std::size_t reports = sink_.size(), instance_count = instances_.size(),
                    initial_count = program_.initial_graphs.size();
  const auto edits = edits_;
  const auto applied = applied_;
  const auto replaced = replaced_;
  const bool was_exhausted = exhausted_;
  auto tensor_values = std::move(tensor_values_);
  auto taps = std::move(taps_);
  auto* const first_graph = first_graph_;
  auto* const graph = graph_;
  auto* const conditions = conditions_;
  ir::Graph scratch;
  if (conditions) scratch.conditions = *conditions;
  graph_ = &scratch;
  first_graph_ = nullptr;
  conditions_ = &scratch.conditions;
  tensor_values_.clear();
  taps_.clear();

  std::vector<GivenArgument> args;
  bool known = true;
  for (const auto& part : signature.parts) {
    std::map<std::string, Dim> formal;
    std::vector<Dim> dots;
    const auto resolved =
        part->kind == ast::TypeKind::Tensor ? resolve_type(*part, scope, &formal, &dots) : std::nullopt;
    // Symbols that the component's inputs have bound already.
    std::map<types::SymbolId, Dim> meant;
    for (const auto& [name, symbol] : formal) {
      const auto bound = frame.symbols.find(name);
      if (bound != frame.symbols.end()) meant[symbol.symbols().at(0)] = bound->second;
    }
    known = known && resolved && meant.size() == formal.size();
    if (!known) break;
    ir::ValueInfo info;
    info.kind = ir::ValueKind::Input;
    info.type = *resolved;
    // The trial stands for every number of dimensions behind `...`; one suits most modules.
    for (Dim& d : info.type.tensor.shape) d = d.is_poison() ? Dim(2) : d.substitute(meant);
    const auto value = static_cast<ir::ValueId>(scratch.values.size());
    scratch.values.push_back(std::move(info));
    args.push_back({"", Value::of_tensor(value), part->span, {}});
  }
  const ir::ModuleId module = instances_[id].module;
  const std::size_t module_count = program_.tree.modules.size();
  const std::size_t children = instances_[id].children.size();
  const std::size_t module_children = program_.tree.modules[module].children.size();
  if (known) {
    const InstanceId trial = instantiate(definition, "\x01", id, definition->span);
    call_instance(trial, std::move(args), definition->span, scope);
  }
  // The call bound the symbols; everything else is undone.
  instances_.resize(instance_count);
  instances_[id].children.resize(children);
  program_.tree.modules.resize(module_count);
  program_.tree.modules[module].children.resize(module_children);
  program_.initial_graphs.resize(initial_count);
  edits_ = edits;
  applied_ = applied;
  replaced_ = replaced;
  exhausted_ = was_exhausted;
  sink_.truncate(reports);  // the call that is really made reports what is wrong
  tensor_values_ = std::move(tensor_values);
  taps_ = std::move(taps);
  first_graph_ = first_graph;
  graph_ = graph;
  conditions_ = conditions;
}

}  // namespace modelc::elaborate
