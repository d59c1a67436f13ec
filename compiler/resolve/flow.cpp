// Bindings in order: a later one holds from there on. Where branches or the turns of a loop meet, a name may have
// several definitions; which one it has is for evaluation to tell.
#include <algorithm>

#include "resolve/walk.h"

namespace modelc::resolve {

namespace {

using Reaching = Flow::Reaching;

void join(Reaching& into, const Reaching& more) {
  for (const DefinitionId id : more) {
    if (std::find(into.begin(), into.end(), id) == into.end()) into.push_back(id);
  }
}

std::string key_of(const ast::Name& name) { return name.pattern ? skeleton(*name.pattern) : name.text; }

/// What is bound before it has been looked at, in an earlier turn of a loop.
Thing guess(const ast::ExprPtr& value) {
  if (!value) return {};
  switch (value->kind) {
    case ast::ExprKind::Name:
    case ast::ExprKind::Member:
    case ast::ExprKind::Index:
    case ast::ExprKind::Conditional:
      return {};
    default:
      return Thing::of(Thing::Plain);
  }
}

DefinitionId target(Walk& walk, const ast::Name& name, const ast::Item<ast::Binding>& item, Kind kind) {
  const DefinitionId id = define(walk, kind, name.text, name.span, item.span);
  const ast::ExprPtr value = item.value.value;
  walk.late.try_emplace(id, [value] { return guess(value); });
  return id;
}

/// What one pass through a block leaves bound, by name; `always`: whatever was bound before is gone.
struct Left {
  Reaching definitions;
  bool always = true;
};

std::map<std::string, Left> left_by(Walk& walk, const ast::Block<ast::Binding>& block, Kind kind) {
  std::map<std::string, Left> out;
  for (const auto& item : block) {
    if (item.kind == ast::ItemKind::Entry) {
      for (const ast::Name& name : item.value.targets) {
        if (name.text != ast::kUnkept) out[key_of(name)] = {{target(walk, name, item, kind)}, true};
      }
      continue;
    }
    std::vector<std::map<std::string, Left>> ways;
    if (item.kind == ast::ItemKind::For) {
      ways = {left_by(walk, item.body, kind), {}};
    } else {
      for (const auto& branch : item.branches) ways.push_back(left_by(walk, branch.body, kind));
      if (item.branches.empty() || item.branches.back().condition) ways.emplace_back();
    }
    std::map<std::string, Left> met;
    for (const auto& way : ways) {
      for (const auto& [name, left] : way) met[name];
    }
    for (auto& [name, left] : met) {
      for (const auto& way : ways) {
        const auto here = way.find(name);
        if (here != way.end()) join(left.definitions, here->second.definitions);
        if (here != way.end() && here->second.always) continue;
        const auto earlier = out.find(name);
        if (earlier != out.end()) join(left.definitions, earlier->second.definitions);
        left.always = left.always && earlier != out.end() && earlier->second.always;
      }
      out[name] = left;
    }
  }
  return out;
}

void bind_targets(Walk& walk, const ast::Item<ast::Binding>& item, const Thing& value, const Scope& scope, Kind kind) {
  const auto& targets = item.value.targets;
  const std::vector<Thing> things = take_apart(walk, item.value.nesting, value);
  for (std::size_t i = 0; i < targets.size(); ++i) {
    const ast::Name& name = targets[i];
    if (name.pattern) expression(walk, name.pattern, scope);
    if (name.text == ast::kUnkept || name.empty()) continue;
    DefinitionId id = 0;
    const std::vector<DefinitionId> fed = scope.view.in_feed ? [&] {
      std::vector<DefinitionId> found = scope.level->interface.inputs.find(name.text);
      return found.empty() ? scope.level->interface.targets.find(name.text) : found;
    }()
                                                             : std::vector<DefinitionId>();
    if (fed.size() == 1) {
      // A feed's binding of an input's name is what feeds it.
      id = fed[0];
      use(walk, name.span, name.text, fed);
    } else {
      id = target(walk, name, item, kind);
      walk.things[id] = i < things.size() ? things[i] : Thing();
      if (!item.value.nesting.whole() && value.called) walk.things[id] = Thing::of(Thing::Plain);
    }
    scope.flow->bind(key_of(name), {id});
  }
}

void run(Walk& walk, const ast::Block<ast::Binding>& block, const Scope& scope, Kind kind);

void branches(Walk& walk, const ast::Item<ast::Binding>& item, const Scope& scope, Kind kind) {
  Flow& flow = *scope.flow;
  std::map<std::string, Reaching> met;
  std::map<std::string, std::size_t> times;
  bool otherwise = false;
  for (const auto& branch : item.branches) {
    if (branch.condition) expression(walk, branch.condition, scope);
    otherwise |= !branch.condition;
    flow.before.emplace_back();
    run(walk, branch.body, scope, kind);
    for (const auto& [name, earlier] : flow.before.back()) {
      join(met[name], flow.bindings[name]);
      ++times[name];
    }
    flow.undo();
  }
  for (auto& [name, reaching] : met) {
    const auto earlier = flow.bindings.find(name);
    if ((!otherwise || times[name] < item.branches.size()) && earlier != flow.bindings.end()) {
      join(reaching, earlier->second);
    }
    flow.bind(name, reaching);
  }
}

void turns(Walk& walk, const ast::Item<ast::Binding>& item, const Scope& scope, Kind kind) {
  Flow& flow = *scope.flow;
  const Thing whole = expression(walk, item.iterable, scope);
  const Scope inner = loop_over(walk, item.variables, whole, scope);
  // A turn begins with what came before the loop, or with what the turn before left.
  std::map<std::string, Reaching> around;
  for (const auto& [name, left] : left_by(walk, item.body, kind)) {
    Reaching reaching;
    if (const auto earlier = flow.bindings.find(name); earlier != flow.bindings.end()) reaching = earlier->second;
    join(reaching, left.definitions);
    flow.bind(name, reaching);
    around.emplace(name, std::move(reaching));
  }
  run(walk, item.body, inner, kind);
  for (auto& [name, reaching] : around) flow.bind(name, std::move(reaching));
}

void run(Walk& walk, const ast::Block<ast::Binding>& block, const Scope& scope, Kind kind) {
  for (const auto& item : block) {
    if (item.kind == ast::ItemKind::If) {
      branches(walk, item, scope, kind);
    } else if (item.kind == ast::ItemKind::For) {
      turns(walk, item, scope, kind);
    } else {
      type(walk, item.value.type, scope.as_static());
      const Thing value = expression(walk, item.value.value, scope);
      bind_targets(walk, item, value, scope, kind);
    }
  }
}

}  // namespace

std::vector<Thing> take_apart(Walk& walk, const ast::Nesting& nesting, const Thing& whole) {
  if (nesting.whole()) return {whole};
  std::vector<Thing> leaves;
  for (std::size_t i = 0; i < nesting.parts.size(); ++i) {
    for (Thing& leaf : take_apart(walk, nesting.parts[i], part(walk, whole, std::to_string(i)).thing))
      leaves.push_back(std::move(leaf));
  }
  return leaves;
}

Scope loop_over(Walk& walk, const ast::LoopVariables& variables, const Thing& whole, const Scope& scope) {
  const std::vector<Thing> things = take_apart(walk, variables.nesting, element_of(walk, whole));
  Scope inner = scope;
  for (std::size_t i = 0; i < variables.names.size(); ++i) {
    const auto& [name, span] = variables.names[i];
    const DefinitionId id = define(walk, Kind::LoopVariable, name, span, span);
    walk.things[id] = i < things.size() ? things[i] : Thing();
    inner = inner.with_loop(name, id);
  }
  return inner;
}

void Flow::bind(const std::string& name, Reaching definitions) {
  if (!before.empty()) {
    const auto now = bindings.find(name);
    before.back().try_emplace(name, now == bindings.end() ? std::nullopt : std::optional<Reaching>(now->second));
  }
  bindings[name] = std::move(definitions);
  patterned |= name.find('*') != std::string::npos;
}

void Flow::undo() {
  for (auto& [name, earlier] : before.back()) {
    if (earlier) bindings[name] = std::move(*earlier);
    else bindings.erase(name);
  }
  before.pop_back();
}

void bindings(Walk& walk, const ast::Block<ast::Binding>& block, const Scope& scope, Kind kind) {
  run(walk, block, scope, kind);
}

}  // namespace modelc::resolve
