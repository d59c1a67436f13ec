// Static control flow of blocks: `for` is unrolled, `if` decided, entries are handed on in order (LANGUAGE §3).
#pragma once

#include "elaborate/elaborator.h"

namespace modelc::elaborate {

/// The loop variables of one turn of a `for`, bound; nullopt after reporting.
inline std::optional<Scope> bind_loop(Elaborator& elaborator, const std::vector<ast::Name>& variables, const Value& row,
                                      Span at, const Scope& scope) {
  Scope inner = scope;
  if (variables.size() == 1) return inner.with_loop(variables[0].text, row);
  const auto parts = elaborator.elements(row, at, "several loop variables");
  if (!parts) return std::nullopt;
  if (parts->size() != variables.size()) {
    elaborator.sink_.report(row.span.valid() ? row.span : at, diag::UnequalRows, parts->size(), variables.size());
    return std::nullopt;
  }
  for (std::size_t i = 0; i < parts->size(); ++i) inner = inner.with_loop(variables[i].text, (*parts)[i]);
  return inner;
}

/// `entry(item, name, scope)` for each entry; `untaken(item)` for those of branches that are not taken.
template <class T, class F, class U>
void unroll_block(Elaborator& elaborator, const ast::Block<T>& block, const Scope& scope, F&& entry, U&& untaken) {
  for (const ast::Item<T>& item : block) {
    switch (item.kind) {
      case ast::ItemKind::Entry:
        entry(item, elaborator.name_text(item.name, scope), scope);
        break;
      case ast::ItemKind::For: {
        const Value rows = elaborator.evaluate(item.iterable, scope);
        const auto elements = elaborator.elements(rows, item.iterable ? item.iterable->span : item.span, "`for`");
        if (!elements) {
          if (scope.level) scope.level->incomplete = true;  // what the body names stays unknown
          break;
        }
        for (const Value& row : *elements) {
          if (++elaborator.unrolled_ > kUnrollLimit) {
            if (elaborator.unrolled_ == kUnrollLimit + 1)
              elaborator.sink_.report(item.span, diag::TooManyUnrolled, kUnrollLimit);
            if (scope.level) scope.level->incomplete = true;
            return;
          }
          const auto inner = bind_loop(elaborator, item.variables, row, item.iterable->span, scope);
          if (!inner) {
            if (scope.level) scope.level->incomplete = true;
            break;
          }
          unroll_block(elaborator, item.body, *inner, entry, untaken);
        }
        break;
      }
      case ast::ItemKind::If: {
        bool taken = false;
        for (const auto& branch : item.branches) {
          if (!taken) {
            if (branch.condition) {
              const auto holds = elaborator.decide(branch.condition, scope);
              if (!holds) {
                taken = true;  // reported; neither side is looked at
                if (scope.level) scope.level->incomplete = true;
                break;
              }
              if (!*holds) {
                for (const auto& inner : branch.body) untaken(inner);
                continue;
              }
            }
            taken = true;
            unroll_block(elaborator, branch.body, scope, entry, untaken);
          } else {
            for (const auto& inner : branch.body) untaken(inner);
          }
        }
        break;
      }
    }
  }
}

template <class T, class F>
void Elaborator::unroll(const ast::Block<T>& block, const Scope& scope, F&& entry) {
  const auto ignore = [](const ast::Item<T>&) {};
  bool inherited = false;
  for (const ast::Item<T>& item : block) inherited |= item.generation > 0;
  if (!inherited) return unroll_block(*this, block, scope, entry, ignore);
  // What an inheriting file states again stands in the place of what the base's loops and conditions made.
  struct Made {
    const ast::Item<T>* item;
    std::string name;
    Scope scope;
  };
  std::vector<Made> made;
  std::map<std::string, std::size_t> places;
  unroll_block(
      *this, block, scope,
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
}

}  // namespace modelc::elaborate
