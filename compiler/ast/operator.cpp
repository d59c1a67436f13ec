#include "ast/operator.h"

#include <array>

namespace modelc::ast {
namespace {

/// In the order of the enumeration.
constexpr std::array<std::string_view, 23> kSigns = {"or", "and", "not",    "==", "!=", "<", "<=", ">",
                                                     ">=", "in",  "not in", "|",  "&",  "+", "-",  "*",
                                                     "/",  "//",  "%",      "@",  "-",  "~", "**"};
static_assert(kSigns.size() == static_cast<std::size_t>(Operator::Power) + 1);

bool is_prefix(Operator op) { return op == Operator::Not || op == Operator::Negate || op == Operator::Invert; }

std::optional<Operator> find(std::string_view sign, bool prefix) {
  for (std::size_t i = 0; i < kSigns.size(); ++i) {
    const auto op = static_cast<Operator>(i);
    if (kSigns[i] == sign && is_prefix(op) == prefix) return op;
  }
  return std::nullopt;
}

}  // namespace

std::string_view sign(Operator op) { return kSigns[static_cast<std::size_t>(op)]; }

std::optional<Operator> infix_operator(std::string_view sign) { return find(sign, false); }

std::optional<Operator> prefix_operator(std::string_view sign) { return find(sign, true); }

bool is_comparison(Operator op) { return op >= Operator::Equal && op <= Operator::NotIn; }

}  // namespace modelc::ast
