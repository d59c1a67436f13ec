// The namespaces of torch that the catalogue has functions of: `linalg`, `special`, `fft`.
#pragma once

#include "ast/expr.h"
#include "ops/op.h"

namespace modelc::resolve {

/// The function that a callee like `linalg.inv` names, unless its head means something where it stands.
inline const ops::Op* namespaced(const ast::Expr& callee) {
  if (callee.kind != ast::ExprKind::Member || callee.children[0]->kind != ast::ExprKind::Name) return nullptr;
  return ops::Catalogue::get().function(callee.children[0]->text + "." + callee.text);
}

}  // namespace modelc::resolve
