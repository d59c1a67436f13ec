#include "ast/print.h"

#include <doctest/doctest.h>

#include "syntax/expression/expression.h"

using namespace modelc;

namespace {

ast::ExprPtr read(const std::string& text) {
  ast::Node node;
  node.kind = ast::NodeKind::Scalar;
  node.text = text;
  for (std::size_t i = 0; i <= text.size(); ++i) node.offsets.push_back(static_cast<std::uint32_t>(i));
  diagnostics::Sink sink;
  const ast::ExprPtr made = syntax::parse_expression(syntax::Text(node), sink);
  REQUIRE(sink.size() == 0);
  return made;
}

}  // namespace

TEST_CASE("print: an expression reads back as the same") {
  for (const char* text : {"1",
                           "-1",
                           "0.001",
                           "1.0",
                           "inf",
                           "true",
                           "null",
                           "\"a\\\"b\\n\"",
                           "\"stage${i + 1}\"",
                           "x",
                           "x.shape[0]",
                           "layer4.1.bn2",
                           "x[:, -1]",
                           "x[..., ::2]",
                           "x[:, null]",
                           "f(a, b=2, *c)",
                           "[1, 2, *rest]",
                           "(a,)",
                           "(a, b)",
                           "[h(f) for h, f in zip(heads, feats) if c]",
                           "[a for (a, b), c in rows]",
                           "a + b * c",
                           "(a + b) * c",
                           "a - (b - c)",
                           "a - b - c",
                           "2 ** 3 ** 2",
                           "(2 ** 3) ** 2",
                           "-x ** 2",
                           "(-x) ** 2",
                           "not a and b or c",
                           "a < b <= c",
                           "(a < b) == c",
                           "a not in b",
                           "a if c else b",
                           "(a if c else b) + 1",
                           "x -> f -> g(1)",
                           "Adam(lr=0.001, betas=(0.9, 0.999))",
                           "a | b & c",
                           "~a",
                           "warmup(100) -> cosine(min_lr=0.00001)"}) {
    CAPTURE(text);
    const std::string printed = ast::text_of(read(text));
    CHECK(ast::text_of(read(printed)) == printed);
  }
}

TEST_CASE("print: parentheses stand where they are needed, and nowhere else") {
  CHECK(ast::text_of(read("((a + b)) * (c)")) == "(a + b) * c");
  CHECK(ast::text_of(read("(a * b) + c")) == "a * b + c");
  CHECK(ast::text_of(read("a - (b - c)")) == "a - (b - c)");
  CHECK(ast::text_of(read("(2 ** 3) ** 2")) == "(2 ** 3) ** 2");
  CHECK(ast::text_of(read("(x -> f)(y)")) == "(x -> f)(y)");
  CHECK(ast::text_of(read("1e-3")) == "0.001");
}
