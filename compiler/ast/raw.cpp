#include "ast/raw.h"

namespace modelc::ast {

ExprPtr expression_in(const ExprPtr& raw, diagnostics::Sink& sink) {
  if (raw->kind != ExprKind::Raw) return raw;
  if (!raw->children.empty() && raw->children[0]) return raw->children[0];
  if (raw->fault) sink.report(*raw->fault);
  return hole(raw->span);
}

}  // namespace modelc::ast
