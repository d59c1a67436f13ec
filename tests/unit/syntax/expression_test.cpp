// covers: build.cpp faults.cpp operators.cpp parse.cpp strings.cpp types.cpp
// Expressions and types as trees, printed back with every bracket that precedence implies, and their faults.
#include "syntax/expression/expression.h"

#include <doctest/doctest.h>

#include <random>

#include "ast/raw.h"

namespace {

using namespace modelc;
using ast::ExprKind;
using ast::TypeKind;

ast::Node scalar(std::string text, ast::ScalarStyle style = ast::ScalarStyle::Plain) {
  ast::Node node;
  node.kind = ast::NodeKind::Scalar;
  node.style = style;
  node.text = std::move(text);
  for (std::uint32_t i = 0; i <= node.text.size(); ++i) node.offsets.push_back(i);
  node.span = {1, 0, static_cast<std::uint32_t>(node.text.size())};
  return node;
}

std::string show(const ast::ExprPtr& e);

std::string variables(const ast::LoopVariables& loop, const ast::Nesting& nesting, std::size_t& next) {
  if (nesting.whole()) return loop.names.at(next++).text;
  std::string all;
  for (const ast::Nesting& part : nesting.parts) {
    const std::string one = variables(loop, part, next);
    all += (all.empty() ? "" : ",") + (part.whole() ? one : "(" + one + ")");
  }
  return nesting.parts.size() == 1 ? all + "," : all;
}

std::string variables(const ast::LoopVariables& loop) {
  std::size_t next = 0;
  return variables(loop, loop.nesting, next);
}

std::string joined(const std::vector<ast::ExprPtr>& all, std::size_t from) {
  std::string out;
  for (std::size_t i = from; i < all.size(); ++i) out += (i > from ? ", " : "") + show(all[i]);
  return out;
}

std::string show(const ast::ExprPtr& e) {
  if (!e) return "";
  const auto& c = e->children;
  switch (e->kind) {
    case ExprKind::Int:
      return std::to_string(e->int_value);
    case ExprKind::Float:
      return fmt::format("{}f", e->float_value);
    case ExprKind::Bool:
      return e->bool_value ? "true" : "false";
    case ExprKind::Null:
      return "null";
    case ExprKind::Name:
      return e->text;
    case ExprKind::Ellipsis:
      return "...";
    case ExprKind::String: {
      if (e->parts.empty()) return "'" + e->text + "'";
      std::string out = "'";
      for (const auto& [text, value] : e->parts) out += value ? "${" + show(value) + "}" : text;
      return out + "'";
    }
    case ExprKind::List:
      return "[" + joined(c, 0) + "]";
    case ExprKind::Tuple:
      return "tuple(" + joined(c, 0) + ")";
    case ExprKind::Comprehension:
      return fmt::format("[{} for {} in {}{}]", show(c[0]), variables(e->variables), show(c[1]),
                         c.size() > 2 ? " if " + show(c[2]) : "");
    case ExprKind::Call: {
      std::string out = show(c[0]) + "(";
      for (const auto& a : e->args) {
        if (out.back() != '(') out += ", ";
        out += (a.spread ? "*" : "") + (a.name.empty() ? "" : a.name + "=") + show(a.value);
      }
      return out + ")";
    }
    case ExprKind::Member:
      return show(c[0]) + "." + e->text;
    case ExprKind::Index:
      return show(c[0]) + "[" + joined(c, 1) + "]";
    case ExprKind::Slice:
      return show(c[0]) + ":" + show(c[1]) + ":" + show(c[2]);
    case ExprKind::Unary:
      return "(" + std::string(ast::sign(e->op)) + " " + show(c[0]) + ")";
    case ExprKind::Binary:
      return "(" + show(c[0]) + " " + std::string(ast::sign(e->op)) + " " + show(c[1]) + ")";
    case ExprKind::Compare: {
      std::string out = "(" + show(c[0]);
      for (std::size_t i = 0; i < e->operators.size(); ++i) {
        out += " " + std::string(ast::sign(e->operators[i])) + " " + show(c[i + 1]);
      }
      return out + ")";
    }
    case ExprKind::Conditional:
      return "(" + show(c[0]) + " if " + show(c[1]) + " else " + show(c[2]) + ")";
    case ExprKind::Pipe:
      return "(" + show(c[0]) + " -> " + show(c[1]) + ")";
    case ExprKind::Raw:
      return "raw";
    case ExprKind::Spread:
      return "*" + show(c[0]);
    case ExprKind::Hole:
      return "hole";
  }
  return "?";
}

std::string parsed(const std::string& text, ast::ScalarStyle style = ast::ScalarStyle::Plain) {
  diagnostics::Sink sink;
  const ast::Node node = scalar(text, style);
  const ast::ExprPtr e = syntax::parse_expression(syntax::Text(node), sink);
  if (!e) {
    REQUIRE(sink.size() == 1);  // one cause, one report
    const auto& d = sink.found().front();
    return fmt::format("{}@{}-{}: {}{}", d.code, d.span.begin, d.span.end, d.message,
                       d.help.empty() ? "" : " | " + d.help);
  }
  REQUIRE(sink.size() == 0);
  return show(e);
}

std::string show_type(const ast::TypePtr& t) {
  std::string out;
  switch (t->kind) {
    case TypeKind::Tensor:
      out = t->word + "[" + joined(t->dims, 0) + "]";
      break;
    case TypeKind::Scalar:
      out = t->word;
      if (t->low || t->high) out += " in " + show(t->low) + ".." + show(t->high);
      break;
    case TypeKind::Choice:
      out = "choice[";
      for (const auto& [word, place] : t->words) out += word + ";";
      out += "]";
      break;
    case TypeKind::List:
      out = t->parts.empty() ? "list" : "list[" + show_type(t->parts[0]) + "]";
      break;
    case TypeKind::Tuple:
    case TypeKind::Signature:
      out = "(";
      for (const auto& part : t->parts) out += show_type(part) + ";";
      out += ")";
      if (t->result) out += " -> " + show_type(t->result);
      break;
    case TypeKind::Module:
      out = "module";
      break;
    case TypeKind::Any:
      out = "any";
      break;
  }
  return out + (t->optional ? "?" : "");
}

std::string declared(const std::string& text, ast::ScalarStyle style = ast::ScalarStyle::Plain) {
  diagnostics::Sink sink;
  const ast::Node node = scalar(text, style);
  const auto d = syntax::parse_declared(syntax::Text(node), sink);
  // A type that could be read stays, with a hole for its value.
  if (!d || sink.size() != 0) {
    REQUIRE(sink.size() == 1);
    if (d) REQUIRE(d->type);
    const auto& f = sink.found().front();
    return fmt::format("{}@{}-{}: {}{}", f.code, f.span.begin, f.span.end, f.message,
                       f.help.empty() ? "" : " | " + f.help);
  }
  REQUIRE(sink.size() == 0);
  std::string out = d->type ? "<" + show_type(d->type) + ">" : "";
  if (d->value) out += show(d->value) + "{" + d->value_text + "}" + (d->quoted ? "q" : "");
  return out;
}

TEST_CASE("precedence is Python's, with the pipe below all") {
  CHECK(parsed("a + b * c") == "(a + (b * c))");
  CHECK(parsed("a - b - c") == "((a - b) - c)");
  CHECK(parsed("-x ** 2") == "(- (x ** 2))");
  CHECK(parsed("2 ** -x ** 2 * y") == "((2 ** (- (x ** 2))) * y)");
  CHECK(parsed("2 ** 3 ** 2") == "(2 ** (3 ** 2))");
  CHECK(parsed("a // b % c @ d / e") == "((((a // b) % c) @ d) / e)");
  CHECK(parsed("~a & b | c + d") == "(((~ a) & b) | (c + d))");
  CHECK(parsed("not a == b and c or d") == "(((not (a == b)) and c) or d)");
  CHECK(parsed("a < b <= c != d") == "(a < b <= c != d)");
  CHECK(parsed("(a < b) < c") == "((a < b) < c)");
  CHECK(parsed("a in b not in c") == "(a in b not in c)");
  CHECK(parsed("a | b == c") == "((a | b) == c)");
  CHECK(parsed("a if b else c if d else e") == "(a if b else (c if d else e))");
  CHECK(parsed("x -> f -> g(1) -> h.0.k[2]") == "(((x -> f) -> g(1)) -> h.0.k[2])");
  CHECK(parsed("a if c else b -> f") == "((a if c else b) -> f)");
  CHECK(parsed("x + y -> f") == "((x + y) -> f)");
  CHECK(parsed("-x.y(1)[2] ** -1") == "(- (x.y(1)[2] ** (- 1)))");
  CHECK(parsed("0.3 * f(aux) if training else 0") == "((0.3f * f(aux)) if training else 0)");
  CHECK(parsed("not not a") == "(not (not a))");
  CHECK(parsed("a<-b") == "(a < (- b))");
  CHECK(parsed("a--b") == "(a - (- b))");
}

TEST_CASE("atoms, calls, members, indices") {
  CHECK(parsed("1_000") == "1000");
  CHECK(parsed("1e-3") == "0.001f");
  CHECK(parsed("1.") == "1f");
  CHECK(parsed(".5") == "0.5f");
  CHECK(parsed("0x1F") == "31");
  CHECK(parsed("inf") == "inff");
  CHECK(parsed("True") == "true");
  CHECK(parsed("None") == "null");
  CHECK(parsed("9223372036854775807") == "9223372036854775807");
  CHECK(parsed("f(*xs, 2, k=v, )") == "f(*xs, 2, k=v)");
  CHECK(parsed("f(a == b, c=d == e)") == "f((a == b), c=(d == e))");
  CHECK(parsed("f(x -> g, y=x -> h)") == "f((x -> g), y=(x -> h))");
  CHECK(parsed("layer4.1.bn2") == "layer4.1.bn2");
  CHECK(parsed("features.0.weight") == "features.0.weight");
  CHECK(parsed("x[:, -1]") == "x[::, (- 1)]");
  CHECK(parsed("x[..., ::2]") == "x[..., ::2]");
  CHECK(parsed("x[:, null]") == "x[::, null]");
  CHECK(parsed("x[1:n+1, 2:, :3]") == "x[1:(n + 1):, 2::, :3:]");
  CHECK(parsed("(a)") == "a");
  CHECK(parsed("(a,)") == "tuple(a)");
  CHECK(parsed("(a, b)") == "tuple(a, b)");
  CHECK(parsed("()") == "tuple()");
  CHECK(parsed("[1, 2, ]") == "[1, 2]");
  CHECK(parsed("[h(f) for h, f in zip(heads, feats) if c]") == "[h(f) for h,f in zip(heads, feats) if c]");
  CHECK(parsed("[x for x in xs if a if b]") == "[x for x in xs if (a and b)]");
  CHECK(parsed("modules[\"block1-0\"](x)") == "modules['block1-0'](x)");
  CHECK(parsed("forks + notable + inner + ifx") == "(((forks + notable) + inner) + ifx)");
  CHECK(parsed("a\n  + b") == "(a + b)");
}

TEST_CASE("strings") {
  CHECK(parsed(R"('it\'s \x41\u00e9\n')") == "'it's A\xc3\xa9\n'");
  CHECK(parsed(R"("a\101\0")").size() == 5);
  CHECK(parsed(R"("\q")") == "'\\q'");
  CHECK(parsed(R"("${kind}_decoder")") == "'${kind}_decoder'");
  CHECK(parsed(R"("a${x["k"] + 1}b${y}")") == "'a${(x['k'] + 1)}b${y}'");
  CHECK(parsed(R"("\${x}")") == "'${x}'");
  CHECK(parsed(R"("\xZ1")").starts_with("M2007@1-3"));
  CHECK(parsed("'abc").starts_with("M2004@0-4"));
  CHECK(parsed("'${a'").starts_with("M2022@1-3"));
  CHECK(parsed("f(${a})").starts_with("M2011@2-4"));
}

TEST_CASE("comments in block scalars only") {
  CHECK(parsed("a # one\n + b # two", ast::ScalarStyle::Literal) == "(a + b)");
  CHECK(parsed("'a # b'", ast::ScalarStyle::Literal) == "'a # b'");
  CHECK(parsed("a # b").starts_with("M2001@2-3"));
  ast::Node folded = scalar("a # one + b", ast::ScalarStyle::Folded);
  for (std::size_t i = 8; i < folded.offsets.size(); ++i) folded.offsets[i] += 4;  // the line's end lies before `+`
  diagnostics::Sink sink;
  CHECK(show(syntax::parse_expression(syntax::Text(folded), sink)) == "(a + b)");
}

TEST_CASE("a fault says what stands there and what is due") {
  CHECK(parsed("x -> f + y") ==
        "M2010@5-10: `f + y` stands right of `->`, a name, a dotted or indexed name, or a call expected | write `(x -> "
        "f) + y` or `x -> (f + y)`, whichever is meant");
  CHECK(parsed("x -> f if c else y").starts_with("M2010@5-18"));
  CHECK(parsed("x -> (f)").starts_with("M2010@5-8"));
  CHECK(parsed("x -> 3").starts_with("M2010@5-6"));
  CHECK(parsed("010") == "M2005@0-3: `010` is no number | write `10`: a number has no leading zero");
  CHECK(parsed("3x3").starts_with("M2005@0-3"));
  CHECK(parsed("9223372036854775808").starts_with("M2006@0-19"));
  CHECK(parsed("f(a, b").starts_with("M2002@1-2"));
  CHECK(parsed("f(a]").starts_with("M2003@3-4"));
  CHECK(parsed("a)").starts_with("M2001@1-2: `)` found, an operator or the end"));
  CHECK(parsed("a b").starts_with("M2001@2-3: `b` found"));
  CHECK(parsed("a +").starts_with("M2001@3-3: the end found, a value expected"));
  CHECK(parsed("").starts_with("M2013"));
  CHECK(parsed("a && b").starts_with("M2012@2-4: `&&` is no operator, `and`, of tensors `&`, expected"));
  CHECK(parsed("a || b").starts_with("M2012@2-4"));
  CHECK(parsed("!a").starts_with("M2012@0-1"));
  CHECK(parsed("a = b").starts_with("M2012@2-3: `=` is no operator, `==` expected"));
  CHECK(parsed("a ^ b").starts_with("M2012@2-3"));
  CHECK(parsed("a is None").starts_with("M2012@2-4"));
  CHECK(parsed("lambda x: x").find("there is no `lambda`") != std::string::npos);
  CHECK(parsed("x++").find("there is no `++`") != std::string::npos);
  CHECK(parsed("f'{x}'").find("f-strings") != std::string::npos);
  CHECK(parsed("sum(x for x in xs)").find("in brackets") != std::string::npos);
  CHECK(parsed("a, b").find("a tuple has parentheses") != std::string::npos);
  CHECK(parsed("f(a=1, 2)").starts_with("M2014@7-8"));
  CHECK(parsed("f(a=1, a=2)").starts_with("M2015@7-8"));
  CHECK(parsed("x[]").starts_with("M2016@1-3"));
  CHECK(parsed("a == not b").starts_with("M2001@5-8"));
  CHECK(parsed("a if b").starts_with("M2001@6-6: the end found, `else` expected"));
  CHECK(parsed("[x for x, x in y]").starts_with("M2021"));
  CHECK(parsed("[x for not in y]").starts_with("M2001"));
  CHECK(parsed("{a: 1}").starts_with("M2001@0-1"));
  CHECK(parsed("f(...)").starts_with("M2001@2-5"));
  CHECK(parsed("x.1a").starts_with("M2005@2-4"));
  CHECK(parsed("x not y").starts_with("M2001"));
}

TEST_CASE("deep and long texts are faults, no crashes") {
  CHECK(parsed(std::string(100000, '(')).starts_with("M2008"));
  CHECK(parsed(std::string(100000, '[')).starts_with("M2008"));
  CHECK(parsed(std::string(100000, '-') + "x").starts_with("M2008"));
  std::string sum = "1", power = "1", pipe = "x", chain = "x", compare = "1", cond = "a", calls = "f", raw = "'";
  for (int i = 0; i < 20000; ++i) {
    sum += "+1", power += "**1", pipe += "->f", chain += ".a", compare += "<1", cond += " if b else a", calls += "()";
    raw += "${'";
  }
  for (const std::string& text : {sum, power, pipe, chain, cond, calls, raw}) CHECK(parsed(text).starts_with("M20"));
  CHECK(parsed(compare).size() > 1000);  // a chain is one node
  diagnostics::Sink sink;
  std::string arrows;
  for (int i = 0; i < 20000; ++i) arrows += "()->";
  const ast::Node node = scalar(arrows + "int");
  CHECK(syntax::parse_type(syntax::Text(node), sink) == nullptr);
  CHECK(parsed(std::string(5u << 20, 'x')).starts_with("M2009"));
}

TEST_CASE("random texts are parsed or reported") {
  std::mt19937 random(7);
  const std::vector<std::string> words = {"a",     "1",    "(",     ")",     "[",  "]",  ",",  "->", " if ", " else ",
                                          " for ", " in ", " not ", "-",     "**", ".",  ":",  "=",  "'",    "${",
                                          "}",     "...",  "..",    "float", "?",  "\\", "\n", "#"};
  for (int i = 0; i < 20000; ++i) {
    std::string text;
    for (std::size_t n = random() % 14; n > 0; --n) text += words[random() % words.size()];
    const ast::Node node = scalar(text, i % 2 ? ast::ScalarStyle::Plain : ast::ScalarStyle::Literal);
    diagnostics::Sink a, b, c;
    const bool read = syntax::parse_expression(syntax::Text(node), a) != nullptr;
    CHECK(read == (a.size() == 0));
    const auto declared = syntax::parse_declared(syntax::Text(node), b);
    const bool whole = declared && !(declared->value && declared->value->kind == ast::ExprKind::Hole);
    CHECK(whole == (b.size() == 0));
    const bool type_read = syntax::parse_type(syntax::Text(node), c) != nullptr;
    CHECK(type_read == (c.size() == 0));
    syntax::parse_raw(syntax::Text(node));
  }
}

TEST_CASE("declarations: a type, a type with a value, a value") {
  CHECK(declared("int") == "<int>");
  CHECK(declared("int = 3") == "<int>3{3}");
  CHECK(declared("int in 1..4096") == "<int in 1..4096>");
  CHECK(declared("int in 8..2048 = 64") == "<int in 8..2048>64{64}");
  CHECK(declared("int in 1..") == "<int in 1..>");
  CHECK(declared("float in ..0.5") == "<float in ..0.5f>");
  CHECK(declared("float in 0..1 = 0") == "<float in 0..1>0{0}");
  CHECK(declared("int? = null") == "<int?>null{null}");
  CHECK(declared("choice[relu, gelu] = relu") == "<choice[relu;gelu;]>raw{relu}");
  CHECK(declared("list[module] = []") == "<list[module]>[]{[]}");
  CHECK(declared("list[list[int in 1..4]?]") == "<list[list[int in 1..4]?]>");
  CHECK(declared("list") == "<list>");
  CHECK(declared("str = hello world") == "<str>raw{hello world}");
  CHECK(declared("2.0") == "2f{2.0}");
  CHECK(declared("float[]") == "<float[]>");
  CHECK(declared("float[] = 2.0") == "<float[]>2f{2.0}");
  CHECK(declared("float[..., I]") == "<float[..., I]>");
  CHECK(declared("float[B, 128*(H//4)]") == "<float[B, (128 * (H // 4))]>");
  CHECK(declared("float[1, B, D] = null") == "<float[1, B, D]>null{null}");
  CHECK(declared("(float[1, B, D], float[1, B, D]) = null") == "<(float[1, B, D];float[1, B, D];)>null{null}");
  CHECK(declared("bool[B, T] = ones_like(ids) > 0") == "<bool[B, T]>(ones_like(ids) > 0){ones_like(ids) > 0}");
  CHECK(declared("(float[B,3,H,W]) -> float[B,E]") == "<(float[B, 3, H, W];) -> float[B, E]>");
  CHECK(declared("(float[B,3,H,W]) -> float[B,E] = Net(3)") == "<(float[B, 3, H, W];) -> float[B, E]>Net(3){Net(3)}");
  CHECK(declared("(float[B]) -> (float[B], int[B])") == "<(float[B];) -> (float[B];int[B];)>");
  CHECK(declared("() -> any") == "<() -> any>");
  CHECK(declared("module = Linear(10)") == "<module>Linear(10){Linear(10)}");
  CHECK(declared("relu") == "relu{relu}");
  CHECK(declared("zeros(n, heads)") == "zeros(n, heads){zeros(n, heads)}");
  CHECK(declared("arange(w)[:, null] - arange(w)").starts_with("(arange(w)[::, null] - arange(w))"));
  CHECK(declared("(a, b)") == "tuple(a, b){(a, b)}");
  CHECK(declared("(x + y) -> f") == "((x + y) -> f){(x + y) -> f}");
  CHECK(declared("float(x) == 3") == "(float(x) == 3){float(x) == 3}");
  CHECK(declared("sizes[0]") == "sizes[0]{sizes[0]}");
  CHECK(declared("ints[0]") == "ints[0]{ints[0]}");
  CHECK(declared("float[B, 4]", ast::ScalarStyle::DoubleQuoted) == "<float[B, 4]>");
  CHECK(declared("hello", ast::ScalarStyle::SingleQuoted) == "hello{hello}q");
  CHECK(declared("flaot[B, 4]").starts_with("M2017@0-5: `flaot` is no type | did you mean `float`?"));
  CHECK(declared("(flaot[B]) -> float[B]").starts_with("M2017@1-6"));
  CHECK(declared("int64").starts_with("M2018@0-5"));
  CHECK(declared("float[..., B, ...]").starts_with("M2019@14-17"));
  CHECK(declared("str in 1..2").starts_with("M2020"));
  CHECK(declared("float[B, 4").starts_with("M2002@5-6"));
  CHECK(declared("float[B] float").starts_with("M2001@9-14"));
  CHECK(declared("int =").starts_with("M2013"));
  CHECK(declared("choice").starts_with("M2001"));
}

TEST_CASE("names of a loop nest, lists take `*`") {
  CHECK(parsed("[a for a, (b, c) in rows]") == "[a for a,(b,c) in rows]");
  CHECK(parsed("[a for ((a), b), in rows]") == "[a for (a,b), in rows]");
  CHECK(parsed("[a for (a, b) in rows]") == "[a for a,b in rows]");
  CHECK(parsed("[a, *b, *[c]]") == "[a, *b, *[c]]");
  CHECK(parsed("[*a]") == "[*a]");
  CHECK(parsed("(*a, b)") == "tuple(*a, b)");
  CHECK(parsed("(*a,)") == "tuple(*a)");
  CHECK(parsed("(*a)").starts_with("M2001"));
  CHECK(parsed("[*a for a in b]").starts_with("M2001"));
  CHECK(parsed("[a for () in b]").starts_with("M20"));
  CHECK(parsed("[a for (b, b) in c]").starts_with("M20"));
  CHECK(parsed("*a").starts_with("M2001"));
}

TEST_CASE("heads, patterns, names, raw scalars") {
  diagnostics::Sink sink;
  const ast::Node head = scalar("k, c in zip(a, b)");
  const auto loop = syntax::parse_for(syntax::Text(head), sink);
  REQUIRE(loop);
  CHECK(loop->variables.names.size() == 2);
  CHECK(loop->variables.names[1].span == support::Span{1, 3, 4});
  CHECK(show(loop->iterable) == "zip(a, b)");
  const ast::Node bad = scalar("k in");
  CHECK(!syntax::parse_for(syntax::Text(bad), sink));
  CHECK(sink.size() == 1);
  const ast::Node pattern = scalar("block${i+1}_\\x");
  CHECK(show(syntax::parse_pattern(syntax::Text(pattern), sink)) == "'block${(i + 1)}_\\x'");
  const ast::Node plain = scalar("block");
  CHECK(syntax::parse_pattern(syntax::Text(plain), sink) == nullptr);
  CHECK(sink.size() == 1);
  CHECK(syntax::is_name("lambda"));
  CHECK(!syntax::is_name("inf"));
  CHECK(!syntax::is_name("1a"));
  CHECK(!syntax::is_name("a-b"));
  const ast::Node text = scalar("two words", ast::ScalarStyle::DoubleQuoted);
  const auto raw = syntax::parse_raw(syntax::Text(text));
  CHECK(raw->quoted);
  CHECK(raw->children[0] == nullptr);
  REQUIRE(raw->fault);
  CHECK(raw->fault->code == "M2001");
  CHECK(raw->fault->span == support::Span{1, 4, 9});
  // Where an expression is due the fault is the one that the expression's own place would have given.
  diagnostics::Sink late, direct;
  CHECK(ast::expression_in(raw, late)->kind == ExprKind::Hole);
  CHECK(!syntax::parse_expression(syntax::Text(text), direct));
  REQUIRE(late.size() == 1);
  CHECK(late.has_errors());
  CHECK(late.found()[0].code == direct.found()[0].code);
  CHECK(late.found()[0].message == direct.found()[0].message);
  CHECK(late.found()[0].help == direct.found()[0].help);
}

}  // namespace
