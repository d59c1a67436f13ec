#include "ast/expr.h"

namespace modelc::ast {

ExprPtr hole(Span span) {
  auto made = std::make_shared<Expr>();
  made->kind = ExprKind::Hole;
  made->span = span;
  return made;
}

bool takes_text(const TypeExpr& type) {
  return type.kind == TypeKind::Choice || (type.kind == TypeKind::Scalar && type.scalar == ScalarKind::Str);
}

}  // namespace modelc::ast
