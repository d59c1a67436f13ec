// One name, by the order of scopes.
#include <algorithm>

#include "resolve/qualifier.h"
#include "resolve/walk.h"
#include "support/glob.h"
#include "types/type.h"

namespace modelc::resolve {

namespace {

const Loop* find_loop(const Loops& loops, const std::string& name) {
  for (const Loop* loop = loops.get(); loop; loop = loop->outer.get()) {
    if (loop->name == name) return loop;
  }
  return nullptr;
}

std::vector<DefinitionId> find_binding(const Flow& flow, const std::string& name) {
  const auto bound = flow.bindings.find(name);
  if (bound != flow.bindings.end()) return bound->second;
  std::vector<DefinitionId> found;
  if (!flow.patterned) return found;
  for (const auto& [key, reaching] : flow.bindings) {
    if (key.find('*') == std::string::npos || !support::matches_exactly(key, name)) continue;
    found.insert(found.end(), reaching.begin(), reaching.end());
  }
  return found;
}

/// What stands in one place; `called` already leaves out what its kind alone rules out.
std::vector<DefinitionId> standing(Walk& walk, Place place, const Level& level, const std::string& name,
                                   const Scope& scope, bool called) {
  switch (place) {
    case Place::Word:
      if (name == ast::kTraining) return {built_in(walk, name, "word", "whether the graph is the one of training")};
      return {};
    case Place::Loop:
      if (const Loop* loop = find_loop(scope.loops, name)) return {loop->id};
      return {};
    case Place::OuterLoop:
      if (const Loop* loop = find_loop(level.outer, name)) return {loop->id};
      return {};
    case Place::Binding:
      return scope.flow ? find_binding(*scope.flow, name) : std::vector<DefinitionId>();
    case Place::Tensor:
      return called ? std::vector<DefinitionId>() : level.tensors.find(name);
    case Place::Module:
      return level.modules.named.find(name);
    case Place::Column:
      if (scope.columns && !called) {
        if (const auto known = scope.columns->known.find(name); known != scope.columns->known.end())
          return {known->second};
      }
      return {};
    case Place::Static: {
      std::vector<DefinitionId> found = level.statics.find(name);
      const auto is_function = [&](DefinitionId id) { return walk.names.definitions[id].kind == Kind::Function; };
      // Read, a function of `define` is a value too: it is handed to `map` or `scan`.
      if (called && std::any_of(found.begin(), found.end(), is_function))
        std::erase_if(found, std::not_fn(is_function));
      return found;
    }
    case Place::Symbol:
      if (const auto symbol = level.symbols.find(name); symbol != level.symbols.end() && !called)
        return {symbol->second};
      return {};
    case Place::Component:
      return level.components.find(name);
    case Place::Import:
      return level.imports.find(name);
    case Place::Operator:
      if (const ops::Op* op = ops::Catalogue::get().module(name)) return {built_in(walk, *op)};
      return {};
    case Place::DType:
      if (!called && types::parse_dtype(name)) return {built_in(walk, name, "dtype", "")};
      return {};
    case Place::Constant:
      if (!called && constant_of(name)) return {built_in(walk, name, "number", "3.141592653589793")};
      return {};
    case Place::FeedFunction:
      if (const auto* entry = catalogue::find(catalogue::Kind::FeedFunction, name)) return {built_in(walk, *entry)};
      return {};
    case Place::Function:
      if (const auto* entry = catalogue::find(catalogue::Kind::StaticFunction, name)) return {built_in(walk, *entry)};
      if (const ops::Op* op = ops::Catalogue::get().function(name)) return {built_in(walk, *op)};
      return {};
  }
  return {};
}

}  // namespace

Found find(Walk& walk, const std::string& name, const Scope& scope, bool called) {
  Found found;
  bool may_be_column = false;
  walk_scopes(
      scope.view, scope.level, [](const Level* level) { return level->parent; },
      [&](Place place, Level* level) {
        if (place == Place::Column && scope.columns && !scope.columns->complete && !called) may_be_column = true;
        const std::vector<DefinitionId> here = standing(walk, place, *level, name, scope, called);
        bool certain = false;
        for (const DefinitionId id : here) {
          const Callable callable = called ? can_be_called(thing_of(walk, id)) : Callable::Yes;
          if (callable == Callable::No) continue;
          found.definitions.push_back(id);
          certain |= callable == Callable::Yes;
        }
        return certain;
      });
  if (!may_be_column) return found;
  const Kind first = found.definitions.empty() ? Kind::Column : walk.names.definitions[found.definitions[0]].kind;
  if (found.definitions.empty()) {
    // Only the file's header tells whether it has the column; nothing else can be meant.
    const DefinitionId id = built_in(walk, name, "column of the data", "");
    walk.names.definitions[id].kind = Kind::Column;
    walk.names.definitions[id].span = scope.columns->source;
    walk.things.try_emplace(id, Thing::of(Thing::Plain));
    found.definitions.push_back(id);
  } else if (first != Kind::Column && first != Kind::Binding && first != Kind::LoopVariable && first != Kind::Input &&
             first != Kind::Target) {
    found.open = true;
  }
  return found;
}

Thing look_up(Walk& walk, const std::string& name, Span span, const Scope& scope, bool called) {
  const Found found = find(walk, name, scope, called);
  if (found.open) use(walk, span, name, found.definitions, Certainty::Open);
  else use(walk, span, name, found.definitions);
  if (found.definitions.empty()) return {};
  const Thing thing = thing_of(walk, found.definitions);
  const Definition& first = walk.names.definitions[found.definitions[0]];
  // A module of the level itself stands in the level's tree, where edits may reach it.
  if (first.kind == Kind::Module && scope.level && found.definitions.size() == 1) {
    const Part own = part(walk, tree_of(*scope.level), name);
    if (own.definitions == found.definitions) return own.thing;
  }
  return thing;
}

}  // namespace modelc::resolve
