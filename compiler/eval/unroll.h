// Static control flow of blocks: `for` is unrolled, `if` decided, entries are handed on in order (LANGUAGE §3).
#pragma once

#include "eval/access.h"
#include "eval/evaluate.h"

namespace modelc::eval {

/// `entry(item, name, scope)` for each entry; `untaken(item)` for those of branches that are not taken. False where
/// entries are missing for a fault that was reported.
template <class T, class F, class U>
bool unroll_block(Environment& env, const ast::Block<T>& block, const Scope& scope, F&& entry, U&& untaken) {
  bool complete = true;
  const auto missing = [&]() {
    complete = env.whole = false;
    env.mark_incomplete(scope);
  };
  for (const ast::Item<T>& item : block) {
    switch (item.kind) {
      case ast::ItemKind::Entry:
        entry(item, name_text(env, item.name, scope), scope);
        break;
      case ast::ItemKind::For: {
        const Value rows = evaluate(env, item.iterable, scope);
        const auto turns = elements(env, rows, item.iterable ? item.iterable->span : item.span, "`for`");
        if (!turns) {
          missing();  // what the body names stays unknown
          break;
        }
        std::size_t turn = 0;
        for (const Value& row : *turns) {
          if (++env.budget.unrolled > kUnrollLimit) {
            if (env.budget.unrolled == kUnrollLimit + 1)
              env.sink.report(item.span, diag::TooManyUnrolled, kUnrollLimit);
            missing();
            return false;
          }
          const auto inner = bind_loop(env, item.variables, row, item.iterable->span,
                                       row.span.valid() ? row.span : item.iterable->span, scope);
          if (!inner) {
            missing();
            break;
          }
          ++turn;
          const diagnostics::Step step(env.sink, item.iterable->span,
                                       [&] { return turn_words(inner->loops, scope.loops, turn); });
          complete &= unroll_block(env, item.body, *inner, entry, untaken);
        }
        break;
      }
      case ast::ItemKind::If: {
        bool taken = false;
        for (const auto& branch : item.branches) {
          if (!taken) {
            if (branch.condition) {
              const auto holds = decide(env, branch.condition, scope);
              if (!holds) {
                taken = true;  // reported; neither side is looked at
                missing();
                break;
              }
              if (!*holds) {
                for (const auto& inner : branch.body) untaken(inner);
                continue;
              }
            }
            taken = true;
            complete &= unroll_block(env, branch.body, scope, entry, untaken);
          } else {
            for (const auto& inner : branch.body) untaken(inner);
          }
        }
        break;
      }
    }
  }
  return complete;
}

/// `entry(item, name, scope)` for each entry that stands after `for` and `if` are decided. The result as above.
template <class T, class F>
bool unroll(Environment& env, const ast::Block<T>& block, const Scope& scope, F&& entry) {
  const auto ignore = [](const ast::Item<T>&) {};
  bool inherited = false;
  for (const ast::Item<T>& item : block) inherited |= item.generation > 0;
  if (!inherited) return unroll_block(env, block, scope, entry, ignore);
  // What an inheriting file states again stands in the place of what the base's loops and conditions made.
  struct Made {
    const ast::Item<T>* item;
    std::string name;
    Scope scope;
  };
  std::vector<Made> made;
  std::map<std::string, std::size_t> places;
  const bool complete = unroll_block(
      env, block, scope,
      [&](const ast::Item<T>& item, const std::string& name, const Scope& inner) {
        const auto place = name.empty() ? places.end() : places.find(name);
        if (place != places.end() && made[place->second].item->generation < item.generation) {
          made[place->second] = {&item, name, inner};
          return;
        }
        if (!name.empty()) places.emplace(name, made.size());
        made.push_back({&item, name, inner});
      },
      ignore);
  for (const Made& one : made) entry(*one.item, one.name, one.scope);
  return complete;
}

/// `entry(scope)` for each turn of the loops around an entry of a flat list whose conditions hold. False where turns
/// are missing for a fault that was reported.
template <class F>
bool guarded(Environment& env, const std::vector<ast::Guard>& guards, const Scope& scope, F&& entry,
             std::size_t at = 0) {
  if (at == guards.size()) {
    entry(scope);
    return true;
  }
  const ast::Guard& guard = guards[at];
  if (guard.iterable) {
    const auto rows = elements(env, evaluate(env, guard.iterable, scope), guard.iterable->span, "`for`");
    if (!rows) return env.whole = false;
    bool complete = true;
    std::size_t turn = 0;
    for (const Value& row : *rows) {
      const auto inner = bind_loop(env, guard.variables, row, guard.iterable->span,
                                   row.span.valid() ? row.span : guard.iterable->span, scope);
      complete = complete && inner;
      if (!inner) continue;
      ++turn;
      const diagnostics::Step step(env.sink, guard.iterable->span,
                                   [&] { return turn_words(inner->loops, scope.loops, turn); });
      complete &= guarded(env, guards, *inner, entry, at + 1);
    }
    return complete;
  }
  const auto holds = decide(env, guard.condition, scope);
  if (!holds) return false;
  return *holds != guard.expected || guarded(env, guards, scope, entry, at + 1);
}

}  // namespace modelc::eval
