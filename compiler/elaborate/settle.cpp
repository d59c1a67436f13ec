#include "elaborate/settle.h"

#include <fmt/format.h>

#include "ast/substitute.h"
#include "eval/unroll.h"
#include "instantiate/levels.h"
#include "trace/tracer.h"

namespace modelc::elaborate {

namespace {

using ast::Expr;
using ast::ExprKind;
using ast::ExprPtr;
using ast::Guard;
using eval::Scope;
using eval::Value;

/// A static value as it would be written; null for one that cannot be.
ExprPtr written(const Value& value) {
  auto made = std::make_shared<Expr>();
  made->span = value.span;
  switch (value.kind) {
    case Value::Null:
      return made;
    case Value::Bool:
      made->kind = ExprKind::Bool;
      made->bool_value = value.boolean;
      return made;
    case Value::Int:
      if (!value.is_int()) return nullptr;
      made->kind = ExprKind::Int;
      made->int_value = value.dim.constant();
      return made;
    case Value::Float:
      made->kind = ExprKind::Float;
      made->float_value = value.number;
      return made;
    case Value::String:
      made->kind = ExprKind::String;
      made->text = value.text;
      return made;
    case Value::List:
      made->kind = ExprKind::List;
      for (const Value& item : value.list->items) {
        made->children.push_back(written(item));
        if (!made->children.back()) return nullptr;
      }
      return made;
    default:
      return nullptr;
  }
}

/// The loop variables of a scope as expressions.
std::map<std::string, ExprPtr> loop_names(const Scope& scope) {
  std::map<std::string, ExprPtr> names;
  for (const eval::LoopScope* loop = scope.loops.get(); loop; loop = loop->outer.get())
    if (const ExprPtr value = written(loop->value)) names.emplace(loop->name, value);
  return names;
}

/// `visit(scope, conditions)` for each turn of the loops among `guards`, whose conditions are left for later. False
/// after reporting.
template <class Visit>
bool each_turn(eval::Environment& env, const std::vector<Guard>& guards, std::size_t at, const Scope& scope,
               const std::vector<Guard>& conditions, Visit&& visit) {
  if (at == guards.size()) return visit(scope, conditions);
  const Guard& guard = guards[at];
  if (!guard.iterable) {
    std::vector<Guard> more = conditions;
    more.push_back(guard);
    more.back().condition = ast::substituted(guard.condition, loop_names(scope));
    return each_turn(env, guards, at + 1, scope, more, visit);
  }
  const support::Span place = guard.iterable->span;
  const auto rows = eval::elements(env, eval::evaluate(env, guard.iterable, scope), place, "`for`");
  bool complete = rows.has_value();
  for (std::size_t i = 0; rows && i < rows->size(); ++i) {
    const Value& row = (*rows)[i];
    const auto inner = eval::bind_loop(env, guard.variables, row, place, row.span.valid() ? row.span : place, scope);
    complete = inner && each_turn(env, guards, at + 1, *inner, conditions, visit) && complete;
  }
  return complete;
}

bool settle_base(eval::Environment& env, ast::Description& own, const Scope& scope) {
  bool sound = true;
  const bool complete = eval::unroll(
      env, own.undecided.bases, scope, [&](const ast::Item<ast::Name>& item, const std::string&, const Scope& inner) {
        const std::string file = eval::name_text(env, item.value, inner);
        sound = sound && !file.empty();
        if (!own.extends.text.empty()) {
          env.fault(item.value.span, diag::TwoBases).note(own.extends.span, "the first is here");
          sound = false;
        } else {
          own.extends = {file, item.value.span, nullptr};
        }
      });
  return complete && sound;
}

bool settle_variants(eval::Environment& env, ast::Description& own, const Scope& scope) {
  bool complete = true;
  std::map<std::string, support::Span> made;  // a variant of this list twice is one too many
  for (const ast::LoopedVariant& looped : own.undecided.variants)
    complete &= each_turn(env, looped.guards, 0, scope, {}, [&](const Scope& turn, const std::vector<Guard>& around) {
      const std::string name = eval::name_text(env, looped.name, turn);
      if (name.empty()) return false;
      const auto [known, fresh] = made.emplace(name, looped.span);
      if (!fresh || own.variants.contains(name)) {
        env.fault(looped.span, diag::DuplicateModule, name)
            .note(fresh ? own.variants.at(name).span : known->second, "it is here the first time");
        return false;
      }
      ast::Variant variant;
      variant.span = looped.span;
      bool sound = true;
      for (const ast::LoopedVariant::Given& given : looped.values)
        sound &= each_turn(env, given.guards, 0, turn, around, [&](const Scope& at, const std::vector<Guard>& under) {
          const std::string param = eval::name_text(env, given.name, at);
          const ExprPtr value = ast::substituted(given.value, loop_names(at));
          variant.values.emplace_back(ast::Name{param, given.name.span, nullptr}, ast::under(under, value));
          return !param.empty();
        });
      own.variants[name] = std::move(variant);
      return sound;
    });
  return complete;
}

}  // namespace

namespace {

/// `evaluate(env, scope)` where a description's own statics are seen.
template <class Evaluate>
auto among_statics(const ast::Description& description, diagnostics::Sink& sink, Evaluate&& evaluate) {
  // Nothing of the sizes that a condition speaks of is kept.
  types::DimTable table;
  const types::DimTable::Scope sizes(table);
  compose::Composition alone;
  alone.root = std::make_shared<ast::Description>(description);
  const instantiate::Document document{alone, nullptr, description.faulty_keys};
  instantiate::Tree tree;
  eval::Budget budget;
  types::Conditions none;
  trace::Trace gathered;
  const trace::SpecialCall special;
  trace::Tracer statics(sink, budget, &none, document, tree, nullptr, nullptr, gathered, special);
  const eval::LevelPtr level =
      instantiate::make_level(statics, alone.root, alone.root.get(), nullptr, nullptr, {}, "", description.span);
  level->is_root = true;
  return evaluate(statics, eval::static_scope(level));
}

}  // namespace

bool settle(ast::Description& own, diagnostics::Sink& sink) {
  const bool decided = among_statics(own, sink, [&](eval::Environment& env, const Scope& scope) {
    const bool base = settle_base(env, own, scope);
    return settle_variants(env, own, scope) && base;
  });
  own.undecided = {};
  return decided;
}

std::optional<bool> holds(const ast::Description& description, const ast::ExprPtr& condition) {
  diagnostics::Sink quiet;
  return among_statics(description, quiet,
                       [&](eval::Environment& env, const Scope& scope) { return eval::decide(env, condition, scope); });
}

}  // namespace modelc::elaborate
