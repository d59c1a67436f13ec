// The operators of expressions, and the sign each is written with.
#pragma once

#include <optional>
#include <string_view>

namespace modelc::ast {

enum class Operator {
  Or,
  And,
  Not,
  Equal,
  NotEqual,
  Less,
  LessEqual,
  Greater,
  GreaterEqual,
  In,
  NotIn,
  BitOr,
  BitAnd,
  Add,
  Subtract,
  Multiply,
  Divide,
  FloorDivide,
  Modulo,
  MatMul,  // `@`: also chooses a variant of a definition
  Negate,
  Invert,
  Power,
};

/// As it is written: `+`, `not in`.
std::string_view sign(Operator op);
/// The operator between two operands that is written so; nullopt where there is none.
std::optional<Operator> infix_operator(std::string_view sign);
/// The operator in front of one operand that is written so; nullopt where there is none.
std::optional<Operator> prefix_operator(std::string_view sign);
/// Chains, and has a truth value (or, between tensors, one for each element): `==`, `<`, `in`, ….
bool is_comparison(Operator op);

}  // namespace modelc::ast
