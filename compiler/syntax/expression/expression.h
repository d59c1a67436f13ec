// The PEGTL wall: scalars become expressions and types here and nowhere else. Places land inside the YAML file whatever
// the scalar's style (ast::Node::part). Nothing is evaluated. Reports M20xx at the place of the fault.
#pragma once

#include <optional>
#include <string_view>

#include "ast/expr.h"
#include "ast/node.h"
#include "diagnostics/sink.h"

namespace modelc::syntax {

/// The bytes [begin, end) of a scalar's decoded text; every parse function takes one.
struct Text {
  const ast::Node& scalar;
  std::size_t begin = 0;
  std::size_t end = 0;
  explicit Text(const ast::Node& node) : scalar(node), begin(0), end(node.text.size()) {}
  Text(const ast::Node& node, std::size_t b, std::size_t e) : scalar(node), begin(b), end(e) {}
  std::string_view view() const { return std::string_view(scalar.text).substr(begin, end - begin); }
  support::Span span() const { return scalar.part(begin, end); }
};

/// An expression (LANGUAGE §3). nullptr after reporting.
ast::ExprPtr parse_expression(const Text& text, diagnostics::Sink& sink);
/// An item of a list: an expression, or `*` and one whose items stand in its place.
ast::ExprPtr parse_item(const Text& text, diagnostics::Sink& sink);
/// A scalar whose declared type decides later: ExprKind::Raw with the text and, if it parses, the expression, else the
/// fault, which is reported once it is known that an expression is due.
ast::ExprPtr parse_raw(const Text& text);
/// A type (LANGUAGE §4, §5). nullptr after reporting.
ast::TypePtr parse_type(const Text& text, diagnostics::Sink& sink);
/// `TYPE`, `TYPE = VALUE` or `VALUE` (§4). A scalar is a type if it begins like one: a dtype or type word that is
/// followed by the end, `[`, `?`, ` in ` or ` =`, or a parenthesised list of types followed by `->`, the end or ` =`.
/// nullopt after reporting; a type whose value cannot be read has a Hole for a value.
std::optional<ast::Declared> parse_declared(const Text& text, diagnostics::Sink& sink);
/// A text that may hold `${…}`: a String expression with parts; nullptr where it holds none (or after reporting).
ast::ExprPtr parse_pattern(const Text& text, diagnostics::Sink& sink);
/// `i in range(3)` or `k, c in rows` of a `for` key, after the word `for`.
struct ForHead {
  ast::LoopVariables variables;
  ast::ExprPtr iterable;
};
std::optional<ForHead> parse_for(const Text& text, diagnostics::Sink& sink);
/// True for a name of the language: a letter or `_`, then letters, digits, `_`; not a literal, not `for if else not and
/// or in`.
bool is_name(std::string_view word);

}  // namespace modelc::syntax
