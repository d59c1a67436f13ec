// What values are as far as that is known without evaluation, and what their parts are.
#include <algorithm>

#include "resolve/walk.h"

namespace modelc::resolve {

namespace {

constexpr int kDepth = 60;                 // of things that refer to things
constexpr std::size_t kAlternatives = 16;  // that are compared when one of many is meant

struct Deeper {
  int& depth;
  explicit Deeper(int& d) : depth(d) { ++depth; }
  ~Deeper() { --depth; }
};

bool same(const Thing& a, const Thing& b) {
  return a.kind == b.kind && a.called == b.called && a.level == b.level && a.op == b.op && a.entry == b.entry &&
         a.define == b.define && a.items == b.items && a.parts == b.parts;
}

/// A copy of `whole` as it stands in the tree of those it is a part of, with the edits that name its place.
Thing placed(Walk& walk, Thing thing, const Thing& whole, const std::string& name) {
  thing.anchors.clear();
  for (const Anchor& anchor : whole.anchors) {
    thing.anchors.push_back({anchor.level, anchor.path.empty() ? name : anchor.path + "." + name});
  }
  const std::vector<Anchor> here = thing.anchors;
  for (const Anchor& anchor : here) {
    const auto edits = anchor.level->edits.find(anchor.path);
    if (edits == anchor.level->edits.end()) continue;
    for (const ast::TreeEdit* pointer : edits->second) {
      const ast::TreeEdit& edit = *pointer;
      const Scope scope{anchor.level, nullptr, nullptr, {.is_static = true, .in_call = true}, false, nullptr};
      if (edit.kind == ast::EditKind::Replace) {
        thing = thing_of(walk, edit.definition, scope);
        thing.anchors = here;
      } else if (edit.kind == ast::EditKind::Append || edit.kind == ast::EditKind::Prepend) {
        const Thing more = thing_of(walk, edit.definition, scope);
        if (more.items) thing.added.push_back(more.items);
      } else if (edit.kind == ast::EditKind::Wrap) {
        thing = Thing::of(Thing::AnyModule);
      }
    }
  }
  if (thing.kind == Thing::Component && !thing.called) thing.anchors.push_back({thing.level, ""});
  return thing;
}

Part member_of_result(Walk& walk, const Thing& whole, const std::string& name) {
  Part part;
  if (whole.kind == Thing::Component) {
    part.definitions = whole.level->interface.outputs.find(name);
    part.thing = Thing::of(Thing::Plain);
  } else if (whole.op) {
    const auto& results = whole.op->results;
    if (std::find(results.begin(), results.end(), name) != results.end()) {
      part.definitions = {built_in(walk, name, "result of `" + whole.op->name + "`", "")};
      part.thing = Thing::of(Thing::Plain);
    }
  }
  return part;
}

}  // namespace

bool is_digits(const std::string& text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
}

Thing Thing::list(std::vector<Thing> parts, bool uniform) {
  Thing thing = of(List);
  thing.parts = std::make_shared<const std::vector<Thing>>(std::move(parts));
  thing.uniform = uniform;
  return thing;
}

Thing Thing::pipeline(std::vector<Thing> parts, std::vector<Span> places) {
  Thing thing = list(std::move(parts));
  thing.kind = Pipeline;
  thing.places = std::move(places);
  return thing;
}

Callable can_be_called(const Thing& thing) {
  if (thing.kind == Thing::Unknown) return Callable::Maybe;
  if (thing.called || thing.kind == Thing::Plain || thing.kind == Thing::List) return Callable::No;
  return Callable::Yes;
}

Thing either(const Thing& a, const Thing& b) {
  if (same(a, b)) return a;
  if (a.is_module() && b.is_module()) return Thing::of(Thing::AnyModule);
  if (can_be_called(a) == Callable::No && can_be_called(b) == Callable::No) return Thing::of(Thing::Plain);
  return {};
}

Thing thing_of(Walk& walk, DefinitionId id) {
  const auto [known, fresh] = walk.things.try_emplace(id);  // what refers to itself is unknown meanwhile
  if (!fresh) return known->second;
  const auto late = walk.late.find(id);
  if (late == walk.late.end()) return {};
  const Deeper deeper(walk.depth);
  if (walk.depth > kDepth) {
    walk.things.erase(id);
    return {};
  }
  const Late find_out = std::move(late->second);
  walk.late.erase(late);
  Thing thing = find_out();
  walk.things[id] = thing;
  return thing;
}

Thing thing_of(Walk& walk, const std::vector<DefinitionId>& ids) {
  if (ids.empty()) return {};
  Thing thing = thing_of(walk, ids[0]);
  for (std::size_t i = 1; i < ids.size() && i < kAlternatives; ++i) thing = either(thing, thing_of(walk, ids[i]));
  return ids.size() > kAlternatives && !thing.is_module() ? Thing() : thing;
}

Thing thing_of(Walk& walk, const ast::ModuleDef& module, const Scope& scope) {
  switch (module.kind) {
    case ast::ModuleKind::Deleted:
      return {};
    case ast::ModuleKind::Call:
      return expression(walk, module.call, scope.as_static());
    case ast::ModuleKind::Inline: {
      return tree_of(*level_of(walk, *module.component, scope.level, scope.loops));
    }
    default: {
      const auto [place, fresh] = walk.items.try_emplace(&module);
      if (fresh) place->second = declare(walk, module.items, scope.as_static(), true);
      Thing thing = Thing::of(Thing::Container);
      thing.items = &place->second;
      return thing;
    }
  }
}

Thing tree_of(Level& level) {
  Thing thing = Thing::of(Thing::Component);
  thing.level = &level;
  thing.anchors.push_back({&level, ""});
  return thing;
}

Thing element_of(Walk& walk, const Thing& whole) {
  if (whole.called) return Thing::of(Thing::Plain);
  switch (whole.kind) {
    case Thing::List:
    case Thing::Pipeline: {
      if (!whole.parts || whole.parts->empty()) return {};
      Thing thing = whole.parts->front();
      for (std::size_t i = 1; i < whole.parts->size() && i < kAlternatives; ++i) {
        thing = either(thing, (*whole.parts)[i]);
      }
      return whole.parts->size() > kAlternatives && !thing.is_module() ? Thing() : thing;
    }
    case Thing::Container:
      if (!whole.added.empty() || whole.items->order.empty()) return Thing::of(Thing::AnyModule);
      return thing_of(walk, whole.items->order);
    case Thing::AnyModule:
      return Thing::of(Thing::AnyModule);
    case Thing::Plain:
      return Thing::of(Thing::Plain);
    default:
      return {};
  }
}

Part part(Walk& walk, const Thing& whole, const std::string& name) {
  Part out;
  if (whole.called) {
    out = member_of_result(walk, whole, name);
    out.open = out.definitions.empty() && whole.kind != Thing::Operator;
    return out;
  }
  switch (whole.kind) {
    case Thing::Component: {
      Level& level = *whole.level;
      out.definitions = level.modules.named.find(name);
      if (out.definitions.empty()) out.definitions = level.tensors.find(name);
      break;
    }
    case Thing::Container:
      out.definitions = whole.items->named.find(name);
      break;
    case Thing::Pipeline:
    case Thing::List:
      if (is_digits(name) && name.size() < 6 && whole.parts) {
        const std::size_t i = std::stoul(name);
        if (whole.uniform) out.thing = element_of(walk, whole);
        else if (i < whole.parts->size()) out.thing = (*whole.parts)[i];
      }
      out.open = out.thing.kind == Thing::Unknown;
      if (whole.kind != Thing::Pipeline) return out;
      if (const std::size_t i =
              is_digits(name) && name.size() < 6 ? static_cast<std::size_t>(std::stoul(name)) : whole.places.size();
          i < whole.places.size()) {
        out.definitions = {define(walk, Kind::Module, name, whole.places[i], whole.places[i])};
        out.open = false;
      }
      out.thing = placed(walk, out.thing, whole, name);
      return out;
    case Thing::Operator:  // its tensors are declared by its rule, when it is called
      out.definitions = {built_in(walk, name, "tensor of `" + whole.op->name + "`", "")};
      out.thing = Thing::of(Thing::Plain);
      out.open = true;
      return out;
    case Thing::Plain:
      return out;
    default:
      out.open = true;
      return out;
  }
  for (const Items* added : whole.added) {
    if (out.definitions.empty()) out.definitions = added->named.find(name);
  }
  if (!out.definitions.empty()) out.thing = placed(walk, thing_of(walk, out.definitions), whole, name);
  return out;
}

}  // namespace modelc::resolve
