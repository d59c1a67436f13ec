#include "ast/expr.h"

namespace modelc::ast {

ExprPtr hole(Span span) {
  auto made = std::make_shared<Expr>();
  made->kind = ExprKind::Hole;
  made->span = span;
  return made;
}

}  // namespace modelc::ast
