#include "trace/where.h"

#include <fmt/format.h>

#include "eval/unroll.h"

namespace modelc::trace {

using types::Relation;
using types::Verdict;

namespace {

bool check_condition(Tracer& t, const ast::ExprPtr& condition, const Scope& scope, Span call, bool assume) {
  if (!condition) return true;
  const ast::Expr& e = *condition;
  if (e.kind == ast::ExprKind::Binary && e.op == ast::Operator::And) {
    return check_condition(t, e.children[0], scope, call, assume) &&
           check_condition(t, e.children[1], scope, call, assume);
  }
  if (e.kind == ast::ExprKind::Compare) {
    std::vector<Value> sides;
    for (const auto& child : e.children) sides.push_back(evaluate(t, child, scope));
    bool symbolic = false;
    for (const Value& v : sides) {
      if (v.is_poison()) return false;
      symbolic |= v.kind == Value::Int && !v.dim.is_constant();
    }
    if (symbolic) {
      for (std::size_t i = 0; i < e.operators.size(); ++i) {
        const Value& l = sides[i];
        Value r = sides[i + 1];
        ast::Operator op = e.operators[i];
        Value left = l;
        if (op == ast::Operator::In && r.kind == Value::List && l.kind == Value::Int && !r.list->items.empty()) {
          // One of several sizes: the product of the differences is 0.
          Dim product = 1;
          for (const Value& item : r.list->items)
            product = item.kind == Value::Int ? product * (l.dim - item.dim) : Dim::poison();
          if (!product.is_poison()) {
            left = Value::of(product);
            r = Value::of(Dim(0));
            op = ast::Operator::Equal;
          }
        }
        if (l.kind != Value::Int || r.kind != Value::Int) {
          t.fault(e.span, diag::BadOperands, ast::sign(e.operators[i]), l.describe(), r.describe());
          return false;
        }
        const types::Origin origin{assume ? e.span : call, "where"};
        types::Outcome outcome;
        const auto apply = [&](Dim a, Relation rel, Dim b) {
          return assume ? t.conditions->assume(a, rel, b, origin) : t.conditions->require(a, rel, b, origin);
        };
        if (op == ast::Operator::Equal) outcome = apply(left.dim, Relation::Equal, r.dim);
        else if (op == ast::Operator::GreaterEqual) outcome = apply(l.dim, Relation::AtLeast, r.dim);
        else if (op == ast::Operator::LessEqual) outcome = apply(r.dim, Relation::AtLeast, l.dim);
        else if (op == ast::Operator::Greater) outcome = apply(l.dim, Relation::AtLeast, r.dim + 1);
        else if (op == ast::Operator::Less) outcome = apply(r.dim, Relation::AtLeast, l.dim + 1);
        else if (op == ast::Operator::NotEqual) outcome = t.conditions->assume_not_equal(l.dim, r.dim, origin);
        else {
          t.fault(e.span, diag::BadOperands, ast::sign(op), l.describe(), r.describe());
          return false;
        }
        // A relation between symbols is the user's word: kept and checked when data arrive.
        const bool kept = assume && (outcome.verdict == Verdict::Relates || outcome.verdict == Verdict::Undecided);
        if (!outcome.ok() && !kept) {
          auto report = t.fault(assume ? e.span : call, diag::WhereFails,
                                fmt::format("{} {} {}", l.dim.str(), ast::sign(e.operators[i]), sides[i + 1].str()));
          if (!assume) report.note(e.span, "the condition stands here");
          for (const auto& [words, o] : outcome.conflict)
            report.note(o.span, fmt::format("`{}` is required here", words));
          return false;
        }
      }
      return true;
    }
  }
  const auto holds = decide(t, condition, scope);
  if (!holds) return false;
  if (*holds) return true;
  auto report =
      t.fault(assume ? e.span : call, diag::WhereFails,
              t.document.sources ? std::string(t.document.sources->text(e.span)) : std::string("the condition"));
  if (!assume) report.note(e.span, "the condition stands here");
  return false;
}

}  // namespace

bool check_where(Tracer& t, const ast::Component& component, const Scope& scope, Span call, bool assume) {
  bool ok = true;
  Scope s = scope.as_static();
  const bool complete = unroll(t, component.where, s, [&](const auto& item, const std::string&, const Scope& inner) {
    ok &= check_condition(t, item.value, inner, call, assume);
  });
  return ok && complete;
}

}  // namespace modelc::trace
