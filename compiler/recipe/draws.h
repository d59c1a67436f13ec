// How a column of `synthetic` is drawn: `normal(3, 32, 32)`, `randint(0, 5)`, `randint(0, 100, [20])`,
// `uniform(4, low=0, high=1)`, each the shape of one row. Reports M5.
#pragma once

#include <optional>

#include "eval/environment.h"
#include "ir/recipe.h"

namespace modelc::recipe {

bool is_draw(const ast::Expr& expr);
/// nullopt after reporting.
std::optional<ir::Draw> read_draw(eval::Environment& env, const ast::Expr& call, const eval::Scope& scope);
/// What a value of a type is drawn as where nothing else is said: normal numbers, or whole ones that fit.
ir::Draw draw_of(types::DType dtype);
/// The dtype of what is drawn; not of a Graph.
types::DType drawn_dtype(const ir::Draw& draw);

}  // namespace modelc::recipe
