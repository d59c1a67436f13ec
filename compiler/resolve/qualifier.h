// Words that mean something by themselves: `modules["x"]`, `outputs.x`, `targets.x`, `data.categories`, `pi`.
#pragma once

#include <optional>

#include "ast/expr.h"
#include "support/words.h"

namespace modelc::resolve {

enum class Qualifier { Modules, Outputs, Targets };

/// nullopt where the expression is no such word.
inline std::optional<Qualifier> qualifier_of(const ast::Expr& e) {
  static constexpr support::Word<Qualifier> kWords[] = {
      {"modules", Qualifier::Modules}, {"outputs", Qualifier::Outputs}, {"targets", Qualifier::Targets}};
  return e.kind == ast::ExprKind::Name ? support::meaning_of(kWords, e.text) : std::nullopt;
}

/// `data.categories`, which is called with a column.
inline bool is_categories(const ast::Expr& callee) {
  return callee.kind == ast::ExprKind::Member && callee.text == "categories" &&
         callee.children[0]->kind == ast::ExprKind::Name && callee.children[0]->text == "data";
}

/// The constants of the language.
inline std::optional<double> constant_of(std::string_view name) {
  static constexpr support::Word<double> kConstants[] = {{"pi", 3.141592653589793}};
  return support::meaning_of(kConstants, name);
}

}  // namespace modelc::resolve
