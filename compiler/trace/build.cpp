#include "trace/build.h"

#include "instantiate/definitions.h"
#include "instantiate/instances.h"
#include "instantiate/levels.h"
#include "trace/signatures.h"
#include "trace/tensors.h"

namespace modelc::trace {

void build_component(Tracer& t, InstanceId id, Frame& frame) {
  evaluate_statics(t, t.tree.instances[id].level);
  bind_signature_symbols(t, id, frame);
  make_parts(t, id, frame);
}

void make_parts(Tracer& t, InstanceId id, Frame& frame) {
  const LevelPtr level = t.tree.instances[id].level;
  const ast::Component& component = *t.tree.instances[id].definition->component;
  // The loop variables around the declaration come after the level's own names.
  const Scope scope = static_scope(level, &frame);
  declare_tensors(t, component, id, frame);
  const auto items = define_items(t, component.body.layers.given ? component.body.layers.entries : component.modules,
                                  scope, component.body.layers.given);
  for (const instantiate::Item& item : items.all) {
    for (const ir::Tensor& tensor : module_of(t.tree, id).tensors) {
      if (tensor.name == item.name)
        t.fault(item.span, diag::DuplicateModule, item.name).note(tensor.span, "a tensor has this name");
    }
    make_instance(t, item.definition, item.name, id, item.span);
  }
  t.tree.instances[id].built = true;
}

}  // namespace modelc::trace
