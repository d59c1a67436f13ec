#include "instantiate/edits.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "eval/unroll.h"
#include "instantiate/definitions.h"
#include "instantiate/levels.h"
#include "instantiate/paths.h"
#include "support/counted.h"
#include "support/dotted_path.h"
#include "support/glob.h"

namespace modelc::instantiate {

namespace {

std::string full_path(const PendingEdit& edit) { return support::joined_path(edit.prefix, edit.path); }

/// Edits of a description see the tree as those of what it imports left it, and those of a file that extends another as
/// the base's left it; what else is said by path has seen the edits of its own file: less for what goes before.
using Turn = std::tuple<std::ptrdiff_t, int, bool>;

Turn turn_at(std::string_view prefix, int layer, bool behind_edits) {
  const auto depth = prefix.empty() ? 0 : std::count(prefix.begin(), prefix.end(), '.') + 1;
  return {-depth, layer, behind_edits};
}

Turn turn_of(const PendingEdit& edit) { return turn_at(edit.prefix, edit.edit->layer, false); }

/// Who looks at the tree, and what it has not seen: edits of this turn and later ones.
struct Look {
  std::string_view prefix;
  Turn turn;
  bool misses(const Tree& tree, const std::optional<std::size_t>& edit) const {
    return edit && turn <= turn_of(tree.edits[*edit]);
  }
};

Look look_of(const PendingEdit& edit) { return {edit.prefix, turn_of(edit)}; }
Look look_of(const Viewpoint& from) { return {from.prefix, turn_at(from.prefix, from.layer, true)}; }

InstanceId parent_of(const Tree& tree, InstanceId id) {
  // An instance and its module are made together and have one number.
  const ir::ModuleId parent = tree.ir.modules[tree.instances[id].module].parent;
  return parent == ir::kNone ? kNoInstance : static_cast<InstanceId>(parent);
}

/// The component that `wrap` put around an instance.
InstanceId wrapper_of(const Tree& tree, InstanceId inside, std::size_t wrap) {
  InstanceId at = parent_of(tree, inside);
  while (at != kNoInstance && tree.instances[at].definition->placed.put_by != wrap) at = parent_of(tree, at);
  return at;
}

std::optional<std::string> seen_place(const Tree& tree, InstanceId id, const Look& look);

/// The path of an instance as it looks from there, which knows nothing of the edits that it misses; nullopt for what
/// stands within such a one's.
std::optional<std::string> seen_path(const Tree& tree, InstanceId id, const Look& look) {
  const std::string& path = tree.ir.modules[tree.instances[id].module].path;
  if (is_at_or_below(look.prefix, path)) return path;
  if (look.misses(tree, tree.instances[id].definition->placed.put_by)) return std::nullopt;
  return seen_place(tree, id, look);
}

std::optional<std::string> seen_place(const Tree& tree, InstanceId id, const Look& look) {
  const auto& wrap = tree.instances[id].definition->placed.wrapped_by;
  if (look.misses(tree, wrap)) {
    const InstanceId wrapper = wrapper_of(tree, id, *wrap);
    if (wrapper != kNoInstance) return seen_place(tree, wrapper, look);
  }
  const InstanceId parent = parent_of(tree, id);
  if (parent == kNoInstance) return std::string();
  const auto above = seen_path(tree, parent, look);
  if (!above) return std::nullopt;
  return support::joined_path(*above, tree.ir.modules[tree.instances[id].module].name);
}

/// The params of a component in their order.
std::vector<std::string> param_names(Context& c, const Definition& component) {
  std::vector<std::string> names;
  const LevelPtr level = make_level(c, component.component, file_of(c, *component.component, component.closure),
                                    component.closure, component.loops, {}, component.variant, component.span);
  return level->param_order;
}

/// The component with what stood in its place as its `inner`, which takes no position; nullptr after reporting.
DefinitionPtr wrapped(Context& c, std::size_t number, const DefinitionPtr& put, const DefinitionPtr& inner,
                      const std::string& path) {
  static const std::string kInner = "inner";
  const ast::TreeEdit& edit = *c.tree.edits[number].edit;
  if (!inner) return nullptr;
  if (inner->kind == Definition::List || inner->kind == Definition::Dict) {
    c.fault(edit.span, diag::WrapNotCalled, path).help("name what is called: `" + path + ".*`");
    return inner;
  }
  std::vector<std::string> names;
  if (put->kind == Definition::Component) names = param_names(c, *put);
  if (std::erase(names, kInner) == 0) {
    c.fault(edit.span, diag::WrapNeedsInner, put->type_name, path);
    return inner;
  }
  auto copy = std::make_shared<Definition>(*put);
  std::size_t position = 0;
  for (GivenArgument& given : copy->arguments) {
    if (!given.name.empty()) continue;
    if (position == names.size()) {
      c.fault(given.span, diag::TooManyArguments, put->type_name, support::counted(names.size(), "argument"),
              copy->arguments.size());
      return inner;
    }
    given.name = names[position++];
  }
  auto inside = std::make_shared<Definition>(*inner);
  inside->placed.wrapped_by = number;
  copy->arguments.push_back({kInner, value_of(inside), edit.span, {}});
  copy->placed.put_by = number;
  return copy;
}

DefinitionPtr with_items(Context& c, std::size_t number, const DefinitionPtr& put, const DefinitionPtr& definition,
                         const std::string& path) {
  const ast::TreeEdit& edit = *c.tree.edits[number].edit;
  if (!definition || definition->kind != Definition::Sequential) {
    c.fault(edit.span, diag::EditNeedsSequential, edit.kind == ast::EditKind::Append ? "append" : "prepend", path,
            definition ? definition->type_name : "a faulty module");
    return definition;
  }
  // A list adds each of its items, anything else one; appended ones number on.
  auto copy = std::make_shared<Definition>(*definition);
  std::vector<Item> added;
  if (edit.definition.kind == ast::ModuleKind::Sequential) added = put->items;
  else added.push_back({"0", put, edit.span});
  std::ptrdiff_t position = 0;
  for (auto& [name, item, span] : added) {
    if (item) {
      auto fresh = std::make_shared<Definition>(*item);
      fresh->placed.put_by = number;
      item = fresh;
    }
    const bool numbered = name.find_first_not_of("0123456789") == std::string::npos;
    if (edit.kind == ast::EditKind::Append) {
      if (numbered) name = std::to_string(copy->items.size());
      copy->items.push_back({name, item, edit.span});
    } else {
      if (numbered) {
        c.fault(edit.span, diag::PrependNeedsName, path).help("write `- name: Definition`");
        return definition;
      }
      copy->items.insert(copy->items.begin() + position++, {name, item, edit.span});
    }
  }
  return copy;
}

DefinitionPtr apply_edit(Context& c, std::size_t number, const DefinitionPtr& definition, const std::string& path) {
  PendingEdit& chosen = c.tree.edits[number];
  chosen.used = true;
  const ast::TreeEdit& edit = *chosen.edit;
  if (edit.kind == ast::EditKind::Remove) {
    auto identity = std::make_shared<Definition>();
    identity->kind = Definition::Operator;
    identity->op = ops::Catalogue::get().module("Identity");
    identity->type_name = "Identity";
    identity->span = edit.span;
    identity->placed.put_by = number;
    return identity;
  }
  const Scope scope = static_scope(chosen.level, chosen.level ? frame_of(c, chosen.level) : nullptr, chosen.loops);
  const DefinitionPtr put = define_module(c, edit.definition, scope);
  if (!put) return nullptr;
  switch (edit.kind) {
    case ast::EditKind::Wrap:
      return wrapped(c, number, put, definition, path);
    case ast::EditKind::Append:
    case ast::EditKind::Prepend:
      return with_items(c, number, put, definition, path);
    default:
      break;
  }
  auto copy = std::make_shared<Definition>(*put);
  copy->placed = {number, std::nullopt};
  if (definition && definition->signature && !copy->signature) copy->signature = definition->signature;
  return copy;
}

/// The edit of a place among those that go at the same turn; a glob passes over places that another edit names.
std::optional<std::size_t> edit_of(const Context& c, const std::vector<std::size_t>& turn,
                                   const DefinitionPtr& definition, const Spot& spot) {
  std::optional<std::size_t> chosen;
  for (const std::size_t number : turn) {
    const PendingEdit& edit = c.tree.edits[number];
    const auto& wrap = definition ? definition->placed.wrapped_by : std::nullopt;
    // What goes before a `wrap`, or with it, has seen the place.
    if (look_of(edit).misses(c.tree, wrap)) continue;
    const auto above = seen_path(c.tree, spot.parent, look_of(edit));
    if (!above) continue;
    const std::string path = support::joined_path(*above, spot.name), full = full_path(edit);
    if (!support::is_glob(full)) {
      if (full == path) return number;
      continue;
    }
    const auto type = [&](std::string_view p) {
      return p == path && definition ? definition->type_name : type_at(c.tree, std::string(p));
    };
    if (!chosen && support::matches_exactly(full, path, type)) chosen = number;
  }
  return chosen;
}

}  // namespace

void register_edits(Context& c, const ast::Component& component, const std::string& prefix, const LevelPtr& level) {
  for (const ast::TreeEdit& edit : component.by_path.edits) {
    const Scope scope = static_scope(level, frame_of(c, level));
    guarded(c, edit.guards, scope, [&](const Scope& inner) {
      const std::string path = edit.inserted ? text_of(c, edit.inserted, inner).value_or("") : edit.path;
      c.tree.edits.push_back({&edit, path, inner.loops, prefix, level, false});
    });
  }
}

DefinitionPtr edited(Context& c, DefinitionPtr definition, const Spot& spot) {
  std::map<Turn, std::vector<std::size_t>> turns;
  for (std::size_t number = 0; number < c.tree.edits.size(); ++number)
    turns[turn_of(c.tree.edits[number])].push_back(number);
  for (const auto& [turn, numbers] : turns) {
    const auto chosen = edit_of(c, numbers, definition, spot);
    if (!chosen) continue;
    const std::string named = c.tree.edits[*chosen].path;
    const std::string place = support::joined_path(module_of(c.tree, spot.parent).path, spot.name);
    definition = apply_edit(c, *chosen, definition, support::is_glob(named) ? place : named);
  }
  return definition;
}

bool is_at_or_below(std::string_view path, std::string_view above) {
  return above.empty() || path == above || (path.starts_with(above) && path[above.size()] == '.');
}

bool edited_since(const Tree& tree, const Viewpoint& from) {
  const Turn turn = look_of(from).turn;
  return std::any_of(tree.edits.begin(), tree.edits.end(),
                     [&](const PendingEdit& edit) { return turn <= turn_of(edit); });
}

std::optional<std::string> seen_path(const Tree& tree, InstanceId id, const Viewpoint& from) {
  return seen_path(tree, id, look_of(from));
}

std::vector<std::string> replaced_since(const Tree& tree, const Viewpoint& from) {
  const Look look = look_of(from);
  std::vector<std::string> places;
  for (InstanceId id = 0; id < tree.instances.size(); ++id) {
    const auto& put_by = tree.instances[id].definition->placed.put_by;
    if (!look.misses(tree, put_by)) continue;
    const ast::EditKind kind = tree.edits[*put_by].edit->kind;
    if (kind != ast::EditKind::Replace && kind != ast::EditKind::Remove) continue;
    if (auto place = seen_place(tree, id, look)) places.push_back(std::move(*place));
  }
  return places;
}

bool is_new(const Tree& tree, InstanceId id) {
  if (tree.edits.empty()) return false;
  for (InstanceId at = id; at != kNoInstance; at = parent_of(tree, at)) {
    const Placed& placed = tree.instances[at].definition->placed;
    if (placed.put_by) return true;
    if (placed.wrapped_by) at = wrapper_of(tree, at, *placed.wrapped_by);
    if (at == kNoInstance) break;
  }
  return false;
}

std::vector<std::pair<std::string, std::string>> moved_by_wrapping(const Tree& tree) {
  std::vector<std::pair<std::string, std::string>> moved;
  for (InstanceId id = 0; id < tree.instances.size(); ++id) {
    const auto& wrap = tree.instances[id].definition->placed.wrapped_by;
    const InstanceId wrapper = wrap ? wrapper_of(tree, id, *wrap) : kNoInstance;
    if (wrapper == kNoInstance) continue;
    moved.emplace_back(tree.ir.modules[tree.instances[wrapper].module].path,
                       tree.ir.modules[tree.instances[id].module].path);
  }
  return moved;
}

const ast::TreeEdit* wrapping(const Tree& tree, InstanceId id) {
  const auto& put_by = tree.instances[id].definition->placed.put_by;
  const ast::TreeEdit* edit = put_by ? tree.edits[*put_by].edit : nullptr;
  return edit && edit->kind == ast::EditKind::Wrap ? edit : nullptr;
}

namespace {

/// Edits that name nothing.
void check_unused(Context& c, bool partial) {
  const std::vector<std::string> paths = module_paths(c.tree);
  for (const PendingEdit& edit : c.tree.edits) {
    if (edit.used) continue;
    const std::string full = full_path(edit);
    if (partial && (support::is_glob(full) || !certainly_absent(c, full))) continue;
    if (support::is_glob(full)) {
      c.sink.report(edit.edit->span, diag::GlobMatchesNothing, edit.path);
      continue;
    }
    auto report = c.fault(edit.edit->span, diag::PathNotFound, edit.path);
    if (!report.did_you_mean(full, paths)) help_with_top(report, paths);
  }
}

/// Wrappings of what is never called by itself.
void check_wrappings(Context& c) {
  for (InstanceId id = 0; id < c.tree.instances.size(); ++id) {
    ir::Module& module = module_of(c.tree, id);
    const ast::TreeEdit* wrap = wrapping(c.tree, id);
    if (!wrap || module.called || c.tree.instances[id].broken) continue;
    c.fault(wrap->span, diag::WrapNotCalled, module.path);
    module.called = true;  // that it is never called is said
  }
}

}  // namespace

void check_edits(Context& c, bool partial) {
  if (c.tree.edits.empty()) return;
  if (!std::all_of(c.tree.edits.begin(), c.tree.edits.end(), [](const PendingEdit& edit) { return edit.used; }))
    check_unused(c, partial);
  if (!partial) check_wrappings(c);
}

}  // namespace modelc::instantiate
