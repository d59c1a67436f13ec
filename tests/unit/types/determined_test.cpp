#include "types/determined.h"

#include <doctest/doctest.h>

#include "dim_text.h"

namespace {

using namespace modelc::types;
using modelc::types::testing::DimText;

struct Bench {
  DimTable table;
  DimTable::Scope scope{table};
  DimText text{table};

  std::string slope_of(const std::string& dim, const std::string& symbol) {
    const auto found = slope(text.read(dim), text.id(symbol));
    return found ? found->str() : "none";
  }
  std::string left(const std::vector<std::string>& dims) {
    std::vector<Dim> read;
    for (const std::string& one : dims) read.push_back(text.read(one));
    std::string names;
    for (const SymbolId id : undetermined(read)) names += (names.empty() ? "" : " ") + table.symbol_name(id);
    return names;
  }
};

}  // namespace

TEST_CASE("the slope of a dim in a symbol is exact") {
  Bench b;
  CHECK(b.slope_of("H", "H") == "1");
  CHECK(b.slope_of("2*H + 3", "H") == "2");
  CHECK(b.slope_of("5 - 3*H", "H") == "-3");
  CHECK(b.slope_of("H*W + H + W//2", "H") == "W + 1");
  CHECK(b.slope_of("W", "H") == "0");
  CHECK(b.slope_of("(4*H)//2", "H") == "2");
  CHECK(b.slope_of("H//2", "H") == "none");
  CHECK(b.slope_of("H % 3", "H") == "none");
  CHECK(b.slope_of("H*H", "H") == "none");
  // Linear up to 100, which a few small values cannot tell from a line.
  CHECK(b.slope_of("min(H, 100)", "H") == "none");
  CHECK(b.slope_of("H + H//1000", "H") == "none");
}

TEST_CASE("symbols are fixed one after the other") {
  Bench b;
  CHECK(b.left({"B", "3", "H", "W"}) == "");
  CHECK(b.left({"2*H"}) == "");
  CHECK(b.left({"H//2"}) == "H");
  CHECK(b.left({"H*W"}) == "H W");
  CHECK(b.left({"H*W", "W"}) == "");
  CHECK(b.left({"H + W", "W + D", "D"}) == "");
  CHECK(b.left({"H + W", "H - W"}) == "H W");
  CHECK(b.left({"min(H, 100)"}) == "H");
  CHECK(b.left({"H//2", "H + 1"}) == "");
  CHECK(b.left({}) == "");
}

TEST_CASE("a slope that may be 0 fixes nothing") {
  Bench b;
  CHECK(b.left({"(W - 6)*H", "W"}) == "H");
  CHECK(b.left({"(W - 7)*H", "W"}) == "H");
  CHECK(b.left({"(W + 1)*H", "W"}) == "");
  CHECK(b.left({"(1 - W)*H - H", "W"}) == "");  // -W*H
}
