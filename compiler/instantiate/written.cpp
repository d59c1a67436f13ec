#include "instantiate/written.h"

#include "catalogue/entry.h"
#include "instantiate/arguments.h"
#include "instantiate/edits.h"
#include "instantiate/initial_value.h"
#include "support/dotted_path.h"

namespace modelc::instantiate {

std::optional<Arguments> arguments_of(Context& c, const Definition& component) {
  if (!component.op) return component.arguments;
  const ops::Op& op = *component.op;
  const Bound bound = bind_parameters(c.sink, op, op.args, component.arguments, component.span, true);
  c.whole &= bound.ok && !bound.poisoned;
  if (!bound.ok || bound.poisoned) return std::nullopt;
  Arguments named;
  for (const auto& item : component.component->params)
    for (std::size_t i = 0; i < op.args.size(); ++i)
      if (op.args[i].name == item.name.text)
        named.push_back({op.args[i].name, bound.values[i], bound.given[i] ? bound.spans[i] : component.span, {}});
  return named;
}

namespace {

using Places = std::map<std::string, InstanceId>;

bool is_below(const std::string& path, const std::string& above) { return path.starts_with(above + "."); }

/// The tensor of a module that is the same in its copy.
const ir::Tensor* twin_of(const ir::Module& module, const ir::Tensor& tensor) {
  for (const ir::Tensor& other : module.tensors)
    if (other.name == tensor.name && other.type == tensor.type && other.init == tensor.init) return &other;
  return nullptr;
}

/// Every module below the copy `path` starts as its twin below `first`, unless an edit put either there.
void start_as(Tree& tree, const Places& places, const std::string& path, const std::string& first) {
  for (const auto& [at, id] : places) {
    if (at != path && !is_below(at, path)) continue;
    const auto twin = places.find(first + at.substr(path.size()));
    if (twin == places.end() || is_new(tree, id) || is_new(tree, twin->second)) continue;
    const ir::Module& original = module_of(tree, twin->second);
    for (ir::Tensor& tensor : module_of(tree, id).tensors)
      if (const ir::Tensor* same = twin_of(original, tensor)) tensor.same_as = ir::key_of(original, *same);
  }
}

/// torch.nn.Transformer's _reset_parameters.
void draw_matrices_again(Context& c, const std::string& path) {
  for (ir::Module& module : c.tree.ir.modules) {
    if (!is_below(module.path, path)) continue;
    for (ir::Tensor& tensor : module.tensors) {
      if (tensor.buffer || tensor.type.rank() < 2) continue;
      std::vector<std::int64_t> shape;
      for (const Dim& size : tensor.type.shape) shape.push_back(size.constant());
      const auto& glorot = catalogue::entry(catalogue::InitialiserId::XavierUniform);
      tensor.first_draw = ir::FirstDraw{tensor.same_as.empty() ? std::optional(tensor.init) : std::nullopt, path};
      tensor.same_as.clear();
      tensor.init = *initial_value(glorot, {}, shape, module.span, c.sink);
    }
  }
}

}  // namespace

void settle_copies(Context& c) {
  std::vector<InstanceId> written;
  for (InstanceId id = 0; id < c.tree.instances.size(); ++id) {
    const Instance& one = c.tree.instances[id];
    if (!one.broken && one.level && one.definition->op) written.push_back(id);
  }
  if (written.empty()) return;
  Places places;
  for (InstanceId id = 0; id < c.tree.instances.size(); ++id) places[module_of(c.tree, id).path] = id;
  // What stands inside is copied before what it stands in draws it again.
  for (auto id = written.rbegin(); id != written.rend(); ++id) {
    const ops::Written& as = c.tree.instances[*id].definition->op->becomes.written;
    const std::string path = module_of(c.tree, *id).path;
    const auto list = places.find(support::joined_path(path, as.copies));
    if (!as.copies.empty() && list != places.end()) {
      const auto& items = c.tree.instances[list->second].children;
      for (std::size_t i = 1; i < items.size(); ++i)
        start_as(c.tree, places, module_of(c.tree, items[i].second).path, module_of(c.tree, items[0].second).path);
    }
    if (as.redraws) draw_matrices_again(c, path);
  }
}

}  // namespace modelc::instantiate
