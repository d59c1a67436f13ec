#include "ast/operator.h"

#include <doctest/doctest.h>

#include "ast/expr.h"

using namespace modelc::ast;

TEST_CASE("operators: each is found by its sign, in front of an operand or between two") {
  for (int i = 0; i <= static_cast<int>(Operator::Power); ++i) {
    const auto op = static_cast<Operator>(i);
    const bool prefix = op == Operator::Not || op == Operator::Negate || op == Operator::Invert;
    CAPTURE(sign(op));
    CHECK(prefix_operator(sign(op)).has_value() == (prefix || op == Operator::Subtract));
    if (prefix) CHECK(prefix_operator(sign(op)) == op);
    else CHECK(infix_operator(sign(op)) == op);
  }
  CHECK(infix_operator("-") == Operator::Subtract);
  CHECK(prefix_operator("-") == Operator::Negate);
  CHECK_FALSE(infix_operator("is"));
  CHECK_FALSE(infix_operator("~"));
  CHECK(sign(Operator::NotIn) == "not in");
}

TEST_CASE("operators: comparisons are those that chain") {
  for (const char* text : {"==", "!=", "<", "<=", ">", ">=", "in", "not in"})
    CHECK(is_comparison(*infix_operator(text)));
  for (const char* text : {"and", "or", "|", "&", "+", "@", "**"}) CHECK_FALSE(is_comparison(*infix_operator(text)));
}

TEST_CASE("hole: what could not be read keeps its place and nothing else") {
  const ExprPtr made = hole({1, 4, 9});
  CHECK(made->kind == ExprKind::Hole);
  CHECK(made->span == Span{1, 4, 9});
  CHECK(made->children.empty());
}
