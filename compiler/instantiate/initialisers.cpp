#include "instantiate/initialisers.h"

#include "eval/actual.h"
#include "eval/evaluate.h"
#include "instantiate/initial_value.h"

namespace modelc::instantiate {

std::optional<ops::Init> initialiser(Context& c, const ast::ExprPtr& expr, const std::vector<std::int64_t>& shape,
                                     const Scope& scope) {
  const ast::Expr* e = expr.get();
  const ast::Expr* callee = e->kind == ast::ExprKind::Call ? e->children[0].get() : e;
  if (callee->kind != ast::ExprKind::Name) return std::nullopt;
  std::string name = callee->text;
  if (!name.empty() && name.back() == '_') name.pop_back();
  const catalogue::Entry* entry = catalogue::find(catalogue::Kind::Initialiser, name);
  if (!entry) return std::nullopt;
  Arguments args;
  if (e->kind == ast::ExprKind::Call) {
    auto given = evaluate_arguments(c, *e, scope);
    if (!given) return ops::Init::zeros();
    args = std::move(*given);
  }
  // `zeros(n, heads)` names sizes: an expression, not an initialiser.
  if (!args.empty() && entry->arguments.empty()) return std::nullopt;
  const auto value = initial_value(*entry, eval::actuals_of(args), shape, expr->span, c.sink);
  c.whole &= value.has_value();
  return value.value_or(ops::Init::zeros());
}

}  // namespace modelc::instantiate
