#include "instantiate/edits.h"

#include <fmt/format.h>

#include <algorithm>

#include "eval/unroll.h"
#include "instantiate/definitions.h"
#include "instantiate/paths.h"
#include "support/dotted_path.h"
#include "support/glob.h"

namespace modelc::instantiate {

namespace {

bool is_glob(const std::string& path) { return path.find_first_of("*:") != std::string::npos; }

DefinitionPtr apply_edit(Context& c, PendingEdit& pending, DefinitionPtr definition, const std::string& path) {
  PendingEdit* const chosen = &pending;
  chosen->used = true;
  const ast::TreeEdit& edit = *chosen->edit;
  const Scope scope = static_scope(chosen->level, chosen->level ? frame_of(c, chosen->level) : nullptr, chosen->loops);
  if (edit.kind == ast::EditKind::Remove) {
    auto identity = std::make_shared<Definition>();
    identity->kind = Definition::Operator;
    identity->op = ops::Catalogue::get().module("Identity");
    identity->type_name = "Identity";
    identity->span = edit.span;
    identity->from_edit = true;
    return identity;
  }
  const DefinitionPtr put = define_module(c, edit.definition, scope);
  if (!put) return nullptr;
  if (edit.kind == ast::EditKind::Replace) {
    auto copy = std::make_shared<Definition>(*put);
    copy->from_edit = true;
    if (definition && definition->signature && !copy->signature) copy->signature = definition->signature;
    return copy;
  }
  if (!definition || definition->kind != Definition::Sequential) {
    c.fault(edit.span, diag::EditNeedsSequential, edit.kind == ast::EditKind::Append ? "append" : "prepend", path,
            definition ? definition->type_name : "a faulty module");
    return definition;
  }
  // A list adds each of its items, anything else one; appended ones number on.
  auto copy = std::make_shared<Definition>(*definition);
  std::vector<std::pair<std::string, DefinitionPtr>> added;
  const bool is_list = edit.definition.kind == ast::ModuleKind::Sequential;
  if (is_list) added = put->items;
  else added.emplace_back("0", put);
  std::size_t position = 0;
  for (auto& [name, item] : added) {
    if (item) {
      auto fresh = std::make_shared<Definition>(*item);
      fresh->from_edit = true;
      item = fresh;
    }
    const bool numbered = name.find_first_not_of("0123456789") == std::string::npos;
    if (edit.kind == ast::EditKind::Append) {
      if (numbered) name = std::to_string(copy->items.size());
      copy->items.emplace_back(name, item);
      copy->item_spans.push_back(edit.span);
    } else {
      if (numbered) {
        c.fault(edit.span, diag::PrependNeedsName, path).help("write `- name: Definition`");
        return definition;
      }
      copy->items.insert(copy->items.begin() + static_cast<std::ptrdiff_t>(position), {name, item});
      copy->item_spans.insert(copy->item_spans.begin() + static_cast<std::ptrdiff_t>(position), edit.span);
      ++position;
    }
  }
  return copy;
}

}  // namespace

void register_edits(Context& c, const ast::Component& component, const std::string& prefix, const LevelPtr& level) {
  for (const ast::TreeEdit& edit : component.by_path.edits) {
    if (edit.kind == ast::EditKind::Wrap) {
      c.fault(edit.span, diag::NotSupportedYet, "`wrap`");
      continue;
    }
    const Scope scope = static_scope(level, frame_of(c, level));
    guarded(c, edit.guards, scope, [&](const Scope& inner) {
      const std::string path = edit.inserted ? text_of(c, edit.inserted, inner).value_or("") : edit.path;
      c.tree.edits.push_back({&edit, path, inner.loops, prefix, level, false});
    });
  }
}

DefinitionPtr edited(Context& c, DefinitionPtr definition, const std::string& path) {
  // Each file of an `extends` chain is a layer that sees the tree as the lower ones left it.
  std::set<int> layers;
  for (const PendingEdit& edit : c.tree.edits) layers.insert(edit.edit->layer);
  for (const int layer : layers) {
    PendingEdit* chosen = nullptr;
    for (PendingEdit& edit : c.tree.edits) {
      if (edit.edit->layer != layer) continue;
      const std::string full = edit.prefix.empty() ? edit.path : edit.prefix + "." + edit.path;
      if (!is_glob(full)) {
        if (full != path) continue;
        chosen = &edit;
        break;
      }
      // A glob passes over places that another edit names.
      const auto type = [&](std::string_view p) {
        return p == path && definition ? definition->type_name : type_at(c.tree, std::string(p));
      };
      if (!chosen && support::matches_exactly(full, path, type)) chosen = &edit;
    }
    if (chosen) definition = apply_edit(c, *chosen, std::move(definition), path);
  }
  return definition;
}

void check_edits(Context& c, bool partial) {
  if (std::all_of(c.tree.edits.begin(), c.tree.edits.end(), [](const PendingEdit& edit) { return edit.used; })) return;
  const std::vector<std::string> paths = module_paths(c.tree);
  for (const PendingEdit& edit : c.tree.edits) {
    if (edit.used) continue;
    const std::string full = support::joined_path(edit.prefix, edit.path);
    if (partial && (support::is_glob(full) || !certainly_absent(c, full))) continue;
    if (support::is_glob(full)) {
      c.sink.report(edit.edit->span, diag::GlobMatchesNothing, edit.path);
      continue;
    }
    auto report = c.fault(edit.edit->span, diag::PathNotFound, edit.path);
    report.did_you_mean(full, paths);
  }
}

}  // namespace modelc::instantiate
