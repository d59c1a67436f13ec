#include "types/dim.h"

#include <doctest/doctest.h>

#include "dim_text.h"

namespace {

using namespace modelc::types;
using modelc::types::testing::DimText;

}  // namespace

TEST_CASE("dim: floor division is Python's") {
  CHECK(floor_div_int(7, 2) == 3);
  CHECK(floor_div_int(-7, 2) == -4);
  CHECK(floor_div_int(7, -2) == -4);
  CHECK(floor_div_int(-7, -2) == 3);
  CHECK(floor_mod(Dim(-7), 3) == Dim(2));
  CHECK(ceil_div(Dim(7), 2) == Dim(4));
  CHECK(ceil_div(Dim(-7), 2) == Dim(-3));
}

TEST_CASE("dim: overflow and division by zero are poison, not wrong numbers") {
  CHECK(sizeof(Dim) == 8);
  CHECK(Dim(INT64_MAX).is_poison());
  CHECK((Dim(std::int64_t{1} << 60) * 4).is_poison());
  CHECK((Dim((std::int64_t{1} << 61) - 1) + 1).is_poison());
  CHECK(floor_div(5, 0).is_poison());
  CHECK(floor_mod(5, 0).is_poison());
  CHECK((Dim::poison() + 1).is_poison());
  CHECK(dim_pow(10, 40).is_poison());
  CHECK(Dim::poison().str() == "?");
  DimTable table;
  DimTable::Scope scope(table);
  const Dim h = table.symbol("H");
  CHECK((h * (std::int64_t{1} << 60) * 64).is_poison());
  CHECK(floor_div(h, 0).is_poison());
  CHECK(dim_pow(h, 100000).is_poison());
  CHECK_FALSE((h * (std::int64_t{1} << 40)).evaluate({{0, std::int64_t{1} << 40}}).has_value());
  CHECK_FALSE(h.evaluate({}).has_value());
}

TEST_CASE("dim: expressions without end become poison instead of filling memory") {
  DimTable table;
  DimTable::Scope scope(table);
  const Dim h = table.symbol("H");
  const Dim w = table.symbol("W");
  Dim nested = h;
  for (int i = 0; i < 3000; ++i) nested = floor_div(3 * nested + w, 5);
  CHECK(nested.is_poison());
  Dim wide = 1;
  for (int i = 0; i < 60; ++i) wide = wide * (table.symbol("S" + std::to_string(i)) + 1);
  CHECK(wide.is_poison());
  Dim opaque = h;
  for (int i = 0; i < 3000; ++i) opaque = floor_div(opaque + w, opaque - 1) + h;
  CHECK(opaque.is_poison());
}

TEST_CASE("dim: printing") {
  DimTable table;
  DimTable::Scope scope(table);
  DimText text(table);
  text.symbol("B"), text.symbol("H"), text.symbol("W"), text.symbol("T");
  const auto shown = [&](const std::string& expression) { return text.read(expression).str(); };
  CHECK(shown("W + H*B + 3 + H*H") == "B*H + H**2 + W + 3");
  CHECK(shown("0 - H") == "-H");
  CHECK(shown("W - H") == "W - H");
  CHECK(shown("0 - (H//2)") == "-(H//2)");
  CHECK(shown("5 - H//2") == "5 - H//2");
  CHECK(shown("128*(H//4)*(W//4)") == "128*(H//4)*(W//4)");
  CHECK(shown("(H//2)*(H//2)") == "(H//2)**2");
  CHECK(shown("2*(T % 7)") == "2*(T % 7)");
  CHECK(shown("W - H % 3") == "W - H % 3");
  CHECK(shown("64*min(T, 512)") == "64*min(T, 512)");
  CHECK(shown("W + min(T, 512)") == "W + min(T, 512)");
  CHECK(shown("max(T - 5, 0)") == "max(T - 5, 0)");
  CHECK(shown("max(T, H)*B") == "B*T + B*max(H - T, 0)");
  CHECK(shown("H//W") == "H//W");
  CHECK(shown("(2*B*H)//(2*B*W)") == "H//W");
  CHECK(shown("(H + 1)//(W - 1)") == "(H + 1)//(W - 1)");
  CHECK(shown("H*(W//2) - H") == "H*(W//2) - H");
}

TEST_CASE("dim: equal text does not depend on the order of construction") {
  for (const bool swap : {false, true}) {
    DimTable table;
    DimTable::Scope scope(table);
    DimText text(table);
    text.symbol("H"), text.symbol("W");
    if (swap) text.read("W//3 + W*H + W//5 + max(W, 3)");
    CHECK(text.read("H//3 + W//3 + H*W + max(H, W)").str() == "H*W + H//3 + W//3 + max(H, W)");
  }
}

TEST_CASE("dim: exact division") {
  DimTable table;
  DimTable::Scope scope(table);
  DimText text(table);
  const auto quotient = [&](const std::string& a, const std::string& b) {
    const auto result = exact_div(text.read(a), text.read(b));
    return result ? result->str() : "none";
  };
  CHECK(quotient("B*T*C", "B*C") == "T");
  CHECK(quotient("H*H - W*W", "H + W") == "H - W");
  CHECK(quotient("6*(H//2)", "3") == "2*(H//2)");
  CHECK(quotient("H", "2") == "none");
  CHECK(quotient("H", "0") == "none");
  CHECK(quotient("12", "4") == "3");
  CHECK(quotient("13", "4") == "none");
}

TEST_CASE("dim: substitution and evaluation") {
  DimTable table;
  DimTable::Scope scope(table);
  DimText text(table);
  const Dim dim = text.read("(H//4)*W + max(H - W, 0)");
  CHECK(dim.substitute({{text.id("H"), Dim(10)}, {text.id("W"), Dim(3)}}) == Dim(13));
  CHECK(dim.substitute({{text.id("H"), text.read("4*K")}}).str() == text.read("K*W + max(4*K - W, 0)").str());
  CHECK(dim.evaluate({{text.id("H"), 10}, {text.id("W"), 3}}) == 13);
  CHECK(dim.symbols() == std::vector<SymbolId>{text.id("H"), text.id("W")});
}

TEST_CASE("dim: chains of well-known networks") {
  DimTable table;
  DimTable::Scope scope(table);
  const Dim h = table.symbol("H");
  const auto conv = [](Dim n, int k, int s, int p) { return floor_div(n + (2 * p - k), s) + 1; };
  Dim resnet = conv(conv(h, 7, 2, 3), 3, 2, 1);
  for (int i = 0; i < 3; ++i) resnet = conv(resnet, 3, 2, 1);
  CHECK(resnet.str() == "(H + 31)//32");
  Dim vgg = h;
  for (int i = 0; i < 5; ++i) vgg = conv(vgg, 2, 2, 0);
  CHECK(vgg.str() == "H//32");
  const Dim alex = conv(conv(conv(conv(h, 11, 4, 2), 3, 2, 0), 3, 2, 0), 3, 2, 0);
  CHECK(alex.str() == "(H + 1)//32 - 1");
  CHECK((h + floor_mod(h, 2)).str() == "2*((H + 1)//2)");
}
