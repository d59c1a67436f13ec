// Operators by precedence (LANGUAGE §3), conditionals and pipes.
#include <algorithm>

#include "syntax/expression/build.h"

namespace modelc::syntax {

using ast::ExprKind;
using ast::Operator;

namespace {

enum Precedence { kOr = 1, kAnd, kNot, kCompare, kBitOr, kBitAnd, kSum, kProduct, kUnary, kPower };

int precedence_of(Operator op) {
  switch (op) {
    case Operator::Or:
      return kOr;
    case Operator::And:
      return kAnd;
    case Operator::Not:
      return kNot;
    case Operator::Equal:
    case Operator::NotEqual:
    case Operator::Less:
    case Operator::LessEqual:
    case Operator::Greater:
    case Operator::GreaterEqual:
    case Operator::In:
    case Operator::NotIn:
      return kCompare;
    case Operator::BitOr:
      return kBitOr;
    case Operator::BitAnd:
      return kBitAnd;
    case Operator::Add:
    case Operator::Subtract:
      return kSum;
    case Operator::Multiply:
    case Operator::Divide:
    case Operator::FloorDivide:
    case Operator::Modulo:
    case Operator::MatMul:
      return kProduct;
    case Operator::Negate:
    case Operator::Invert:
      return kUnary;
    case Operator::Power:
      return kPower;
  }
  return kCompare;
}

}  // namespace

void Builder::prefix(std::string_view text, std::size_t begin, std::size_t end) {
  const Operator op = *ast::prefix_operator(text);
  const int precedence = precedence_of(op);
  if (precedence == kNot && operators_.size() > marks_.back() && operators_.back().precedence > kNot) {
    const PendingOperator& before = operators_.back();
    sink_
        .report(span(begin, end), diag::UnexpectedInExpression, "`not`",
                fmt::format("a value after `{}`", ast::sign(before.op)))
        .note(span(before.begin, before.end), fmt::format("`{}` binds tighter than `not`", ast::sign(before.op)))
        .help("put parentheses around `not …`");
    throw SyntaxFault{};
  }
  operators_.push_back({op, precedence, true, begin, end});
}

void Builder::infix(std::string_view text, std::size_t begin, std::size_t end) {
  // Any white space may stand within `not in`.
  const Operator op = text.starts_with("not") ? Operator::NotIn : *ast::infix_operator(text);
  const int precedence = precedence_of(op);
  while (operators_.size() > marks_.back()) {
    const int top = operators_.back().precedence;
    if (top < precedence || (top == precedence && precedence == kPower)) break;
    reduce();
  }
  operators_.push_back({op, precedence, false, begin, end});
}

void Builder::reduce() {
  const PendingOperator op = operators_.back();
  operators_.pop_back();
  Operand right = pop();
  if (op.prefix) {
    NodeRef made = node(ExprKind::Unary, op.begin, right.end);
    made->op = op.op;
    made->name_span = span(op.begin, op.end);
    made->children.push_back(std::move(right.expr));
    push(std::move(made), op.begin, right.end, right.depth + 1);
    operands_.back().first_end = op.begin;  // nothing that could be called stands first
    return;
  }
  Operand left = pop();
  const std::size_t depth = std::max(left.depth, right.depth) + 1;
  if (op.precedence == kCompare && left.expr->kind == ExprKind::Compare && !left.parenthesised) {
    // `a < b < c` is one chain; the node is not shared with anything yet.
    left.expr->operators.push_back(op.op);
    left.expr->children.push_back(std::move(right.expr));
    left.expr->span = span(left.begin, right.end);
    const std::size_t first_end = left.first_end;
    push(std::move(left.expr), left.begin, right.end, std::max(left.depth, right.depth + 1));
    operands_.back().first_end = first_end;
    return;
  }
  NodeRef made = node(op.precedence == kCompare ? ExprKind::Compare : ExprKind::Binary, left.begin, right.end);
  if (made->kind == ExprKind::Compare) made->operators.push_back(op.op);
  else made->op = op.op;
  made->name_span = span(op.begin, op.end);
  made->children = {std::move(left.expr), std::move(right.expr)};
  push(std::move(made), left.begin, right.end, depth);
  operands_.back().first_end = left.first_end;
}

void Builder::end_operators() {
  while (operators_.size() > marks_.back()) reduce();
  marks_.pop_back();
}

void Builder::cancel_operators() {
  operators_.resize(marks_.back());
  marks_.pop_back();
}

void Builder::fold_conditional(std::size_t first) {
  while (operands_.size() > first + 1) {
    Operand otherwise = pop();
    Operand condition = pop();
    Operand value = pop();
    NodeRef made = node(ExprKind::Conditional, value.begin, otherwise.end);
    made->children = {value.expr, condition.expr, otherwise.expr};
    push(std::move(made), value.begin, otherwise.end, std::max({value.depth, condition.depth, otherwise.depth}) + 1);
    operands_.back().first_end = value.first_end;
  }
}

void Builder::pipe() {
  Operand right = pop();
  Operand left = pop();
  const ast::Expr* head = right.expr.get();
  while (head->kind == ExprKind::Member || head->kind == ExprKind::Index) head = head->children[0].get();
  const bool callable = !right.parenthesised && (right.expr->kind == ExprKind::Call || head->kind == ExprKind::Name ||
                                                 (head->kind == ExprKind::Call && head != right.expr.get()));
  if (!callable) {
    const auto text = [&](std::size_t begin, std::size_t end) { return std::string(view_.substr(begin, end - begin)); };
    auto report = sink_.report(span(right.begin, right.end), diag::PipeIntoExpression,
                               fmt::format("`{}` stands", text(right.begin, right.end)));
    const bool splits = !right.parenthesised && right.first_end > right.begin && right.first_end < right.end;
    if (splits) {
      const std::string before = text(left.begin, left.end);
      report.help(fmt::format("write `({} -> {}){}` or `{} -> ({})`, whichever is meant", before,
                              text(right.begin, right.first_end), text(right.first_end, right.end), before,
                              text(right.begin, right.end)));
    } else {
      report.help("`x -> f(a)` is `f(x, a)`: give the value a call to go into");
    }
    throw SyntaxFault{};
  }
  NodeRef made = node(ExprKind::Pipe, left.begin, right.end);
  made->children = {std::move(left.expr), std::move(right.expr)};
  push(std::move(made), left.begin, right.end, std::max(left.depth, right.depth) + 1);
}

}  // namespace modelc::syntax
