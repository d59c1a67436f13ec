#include "ast/substitute.h"

namespace modelc::ast {

ExprPtr substituted(const ExprPtr& expr, const std::map<std::string, ExprPtr>& names) {
  if (!expr || names.empty()) return expr;
  if (expr->kind == ExprKind::Name) {
    const auto found = names.find(expr->text);
    if (found == names.end()) return expr;
    auto placed = std::make_shared<Expr>(*found->second);
    placed->span = expr->span;
    return placed;
  }
  auto made = std::make_shared<Expr>(*expr);
  std::map<std::string, ExprPtr> inner = names;
  for (const Variable& bound : expr->variables.names) inner.erase(bound.text);
  for (std::size_t i = 0; i < made->children.size(); ++i) {
    const bool iterable = expr->kind == ExprKind::Comprehension && i == 1;
    made->children[i] = substituted(expr->children[i], iterable ? names : inner);
  }
  for (Argument& argument : made->args) {
    argument.value = substituted(argument.value, names);
    argument.inserted = substituted(argument.inserted, names);
  }
  for (auto& [text, inserted] : made->parts) inserted = substituted(inserted, names);
  return made;
}

ExprPtr under(const std::vector<Guard>& conditions, ExprPtr value) {
  for (auto guard = conditions.rbegin(); guard != conditions.rend(); ++guard) {
    auto made = std::make_shared<Expr>();
    made->kind = ExprKind::Conditional;
    made->span = value->span;
    if (guard->expected) made->children = {std::move(value), guard->condition, nullptr};
    else made->children = {nullptr, guard->condition, std::move(value)};
    value = std::move(made);
  }
  return value;
}

}  // namespace modelc::ast
