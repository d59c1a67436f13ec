// Words that mean something by themselves: `modules["x"]`, `outputs.x`, `targets.x`, `data.categories`, `pi`, ….
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

/// What is asked of the values of a column of the training source.
enum class DataFunction { Categories, Weights };

/// `data.categories`, `data.weights`, which are called with a column; nullopt where the expression is no such word.
inline std::optional<DataFunction> data_function_of(const ast::Expr& callee) {
  static constexpr support::Word<DataFunction> kWords[] = {{"categories", DataFunction::Categories},
                                                           {"weights", DataFunction::Weights}};
  const bool of_data = callee.kind == ast::ExprKind::Member && callee.children[0]->kind == ast::ExprKind::Name &&
                       callee.children[0]->text == "data";
  return of_data ? support::meaning_of(kWords, callee.text) : std::nullopt;
}

/// The constants of the language.
inline std::optional<double> constant_of(std::string_view name) {
  static constexpr support::Word<double> kConstants[] = {{"pi", 3.141592653589793}};
  return support::meaning_of(kConstants, name);
}

}  // namespace modelc::resolve
