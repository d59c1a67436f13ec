#include "compose/edits.h"

#include "compose/merge.h"

namespace modelc::compose {
namespace {

using Visit = std::function<void(const ast::ComponentPtr&)>;

void visit_definition(const ast::ModuleDef& definition, const Visit& visit);

void visit_block(const ast::Block<ast::ModuleDef>& block, const Visit& visit) {
  for (const auto& item : block) {
    visit_definition(item.value, visit);
    visit_block(item.body, visit);
    for (const auto& branch : item.branches) visit_block(branch.body, visit);
  }
}

void visit_definition(const ast::ModuleDef& definition, const Visit& visit) {
  if (definition.component) for_each_component(definition.component, visit);
  visit_block(definition.items, visit);
}

/// A glob passes over places that another edit names, so only plain paths can collide.
bool is_plain_path(const std::string& path) {
  return path.find_first_of("*:!?[$") == std::string::npos && !path.empty();
}

bool check_component(const ast::Component& component, diagnostics::Sink& sink) {
  bool clear = true;
  std::map<std::pair<int, std::string>, const ast::TreeEdit*> named;
  for (const ast::TreeEdit& edit : component.by_path.edits) {
    if (edit.kind != ast::EditKind::Remove && edit.definition.kind == ast::ModuleKind::Deleted) {
      clear = false;
      sink.report(edit.span, diag::EditWithoutModule, edit.path)
          .help("to take it away, write `--remove " + edit.path + "`");
    }
    // Under an `if` it is known only later whether both are made.
    if (!is_plain_path(edit.path) || !edit.guards.empty()) continue;
    const auto [place, fresh] = named.try_emplace({edit.layer, edit.path}, &edit);
    if (fresh) continue;
    clear = false;
    sink.report(edit.span, diag::EditTwice, edit.path)
        .note(place->second->span, "`" + edit.path + "` is named here first")
        .help("put the whole change into one of them");
  }
  for (const auto& [key, edit] : named) {
    const std::string& path = edit->path;
    for (std::size_t dot = path.rfind('.'); dot != std::string::npos && dot > 0; dot = path.rfind('.', dot - 1)) {
      const auto above = named.find({edit->layer, path.substr(0, dot)});
      if (above == named.end()) continue;
      const bool removed = above->second->kind == ast::EditKind::Remove;
      if (!removed && above->second->kind != ast::EditKind::Replace) continue;
      clear = false;
      sink.report(edit->span, diag::EditBelow, path, above->second->path, removed ? "removed" : "replaced")
          .note(above->second->span,
                std::string("`") + above->second->path + "` is " + (removed ? "removed" : "replaced") + " here")
          .help(removed ? "drop one of the two"
                        : "write the change into the replacement of `" + above->second->path + "`");
      break;
    }
  }
  return clear;
}

}  // namespace

void for_each_component(const ast::ComponentPtr& component, const Visit& visit) {
  if (!component) return;
  visit(component);
  for (const ast::LocalComponent& local : component->components) for_each_component(local.component, visit);
  visit_block(component->modules, visit);
  visit_block(component->body.layers.entries, visit);
  for (const ast::TreeEdit& edit : component->by_path.edits) visit_definition(edit.definition, visit);
}

void set_scopes(const ast::ComponentPtr& root) {
  for_each_component(root, [](const ast::ComponentPtr& component) {
    for (ast::TreeEdit& edit : component->by_path.edits) edit.scope = component;
  });
}

bool check_edits(const ast::ComponentPtr& root, diagnostics::Sink& sink) {
  bool clear = true;
  for_each_component(root, [&](const ast::ComponentPtr& component) { clear &= check_component(*component, sink); });
  return clear;
}

}  // namespace modelc::compose
