// Paths and globs: `freeze`, `init`, `tie`, `weights`, edits, `tap`. Each level of a path that is written out is a use.
#include <algorithm>

#include "resolve/qualifier.h"
#include "resolve/walk.h"

namespace modelc::resolve {

namespace {

struct Segment {
  std::string text;  // `*` for what `${…}` inserts
  std::string type;  // behind a colon
  std::size_t begin = 0, end = 0, type_begin = 0;
};

/// A path taken apart at its dots, but for those inside `${…}`.
std::vector<Segment> segments(const std::string& path, std::size_t from) {
  std::vector<Segment> out(1);
  out.back().begin = from;
  bool in_type = false;
  std::size_t i = from;
  for (; i < path.size(); ++i) {
    if (path[i] == '$' && i + 1 < path.size() && path[i + 1] == '{') {
      const std::size_t close = std::min(path.find('}', i), path.size() - 1);
      (in_type ? out.back().type : out.back().text) += '*';
      i = close;
    } else if (path[i] == '.') {
      if (!in_type) out.back().end = i;
      out.emplace_back();
      out.back().begin = i + 1;
      in_type = false;
    } else if (path[i] == ':' && !in_type) {
      out.back().end = i;
      out.back().type_begin = i + 1;
      in_type = true;
    } else {
      (in_type ? out.back().type : out.back().text) += path[i];
    }
  }
  if (!in_type) out.back().end = path.size();
  return out;
}

/// The bindings of a name anywhere in a component's `forward`, for `tap`.
void bindings_of(Walk& walk, const ast::Block<ast::Binding>& block, const std::string& name,
                 std::vector<DefinitionId>& out) {
  for (const auto& item : block) {
    for (const ast::Name& target : item.value.targets) {
      if (target.text == name) out.push_back(define(walk, Kind::Binding, target.text, target.span, item.span));
    }
    bindings_of(walk, item.body, name, out);
    for (const auto& branch : item.branches) bindings_of(walk, branch.body, name, out);
  }
}

/// One level of a tapped path, which may end in a binding.
Thing step(Walk& walk, const Thing& whole, const std::string& name, Span span) {
  Part found = part(walk, whole, name);
  if (found.definitions.empty() && whole.kind == Thing::Component && !whole.called) {
    bindings_of(walk, whole.level->component->body.forward.entries, name, found.definitions);
    found.thing = Thing::of(Thing::Plain);
  }
  if (!found.definitions.empty()) use(walk, span, name, found.definitions);
  else use(walk, span, name, {}, found.open ? Certainty::Open : Certainty::Unknown);
  return found.thing;
}

Thing tapped_path(Walk& walk, const ast::Expr& e, const Scope& scope) {
  switch (e.kind) {
    case ast::ExprKind::Name:
      return step(walk, tree_of(*scope.level), e.text, e.span);
    case ast::ExprKind::Member:
      return step(walk, tapped_path(walk, *e.children[0], scope), e.text, e.name_span.valid() ? e.name_span : e.span);
    case ast::ExprKind::Index: {
      if (e.children.size() != 2 || !e.children[1]) return {};
      const ast::Expr& head = *e.children[0];
      const bool by_name = qualifier_of(head) == Qualifier::Modules;
      const Thing base = by_name ? tree_of(*scope.level) : tapped_path(walk, head, scope);
      const ast::Expr& key = *e.children[1];
      expression(walk, e.children[1], scope);
      if (key.kind == ast::ExprKind::Int) return part(walk, base, std::to_string(key.int_value)).thing;
      if (key.kind != ast::ExprKind::String) return element_of(walk, base);
      const std::string text = key.parts.empty() ? key.text : skeleton(key);
      return step(walk, base, text, part_of(key.span, key.text.size(), 0, key.text.size()));
    }
    default:
      return {};
  }
}

}  // namespace

void path(Walk& walk, const std::string& text, Span span, const Thing& tree, const Scope& scope) {
  const std::size_t from = text.starts_with("!") ? 1 : 0;
  if (text.size() == from || !span.valid()) return;
  Thing at = tree;
  bool known = true;  // where in the tree the next level is
  for (const Segment& s : segments(text, from)) {
    if (!s.type.empty()) {
      look_up(walk, s.type, part_of(span, text.size(), s.type_begin, s.type_begin + s.type.size()), scope.as_static(),
              false);
    }
    known = known && s.text != "**" && !s.text.empty();
    if (!known) continue;
    const Part found = part(walk, at, s.text);
    const Span place = part_of(span, text.size(), s.begin, s.end);
    const bool all = text.find('*', from) != std::string::npos && s.text.find('*') != std::string::npos;
    if (!found.definitions.empty()) {
      if (found.open) use(walk, place, s.text, found.definitions, Certainty::Open);
      else if (all && found.definitions.size() > 1) use(walk, place, s.text, found.definitions, Certainty::Several);
      else use(walk, place, s.text, found.definitions);
    } else if (s.text.find('*') == std::string::npos) {
      const bool counts = s.text.find_first_not_of("0123456789") == std::string::npos;
      if (!counts || !found.open) use(walk, place, s.text, {}, found.open ? Certainty::Open : Certainty::Unknown);
    }
    known = found.thing.kind != Thing::Unknown;
    at = found.thing;
  }
}

Scope guarded(Walk& walk, const std::vector<ast::Guard>& guards, const Scope& scope) {
  Scope inner = scope;
  for (const ast::Guard& guard : guards) {
    expression(walk, guard.condition, inner);
    if (!guard.iterable) continue;
    inner = loop_over(walk, guard.variables, expression(walk, guard.iterable, inner), inner);
  }
  return inner;
}

void paths(Walk& walk, const std::vector<ast::PathEntry>& entries, const Scope& scope, bool initial_values) {
  for (const ast::PathEntry& entry : entries) {
    const Scope inner = guarded(walk, entry.guards, scope);
    expression(walk, entry.inserted, inner);
    path(walk, entry.pattern, entry.span, tree_of(*scope.level), inner);
    if (initial_values) catalogue_call(walk, entry.value, catalogue::Kind::Initialiser, inner);
  }
}

Thing tapped(Walk& walk, const ast::Expr& call, const Scope& scope) {
  if (const auto* entry = catalogue::find(catalogue::Kind::StaticFunction, "tap")) {
    use(walk, call.children[0]->span, "tap", {built_in(walk, *entry)});
  }
  bool first = true;
  for (const ast::Argument& a : call.args) {
    if (!a.name.empty() || !first || !a.value) {
      expression(walk, a.value, scope);
      continue;
    }
    first = false;
    if (a.value->kind == ast::ExprKind::String) {
      expression(walk, a.value, scope);
      path(walk, a.value->text, a.value->span, tree_of(*scope.level), scope);
    } else {
      tapped_path(walk, *a.value, scope);
    }
  }
  return Thing::of(Thing::Plain);
}

}  // namespace modelc::resolve
