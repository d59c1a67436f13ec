#include "types/conditions.h"

#include <doctest/doctest.h>

#include "dim_text.h"

namespace {

using namespace modelc::types;
using modelc::types::testing::DimText;

struct Bench {
  DimTable table;
  DimTable::Scope scope{table};
  DimText text{table};
  Conditions conditions;

  Dim operator()(const std::string& expression) { return text.read(expression); }
  Outcome equal(const std::string& a, const std::string& b, const std::string& what = "") {
    const Dim left = text.read(a);
    return conditions.require(left, Relation::Equal, text.read(b), {{}, what});
  }
  Outcome at_least(const std::string& a, const std::string& b, const std::string& what = "") {
    const Dim left = text.read(a);
    return conditions.require(left, Relation::AtLeast, text.read(b), {{}, what});
  }
  std::string merged() const {
    std::string all;
    for (const auto& [words, origins] : conditions.merged()) {
      all += (all.empty() ? "" : "; ") + words + " from";
      for (const Origin& origin : origins) all += " " + origin.what;
    }
    return all;
  }
  Unification bind(const std::vector<std::string>& formal, const std::vector<std::string>& actual) {
    std::vector<Dim> f;
    std::vector<Dim> a;
    for (const std::string& one : formal) f.push_back(text.read(one));
    for (const std::string& one : actual) a.push_back(text.read(one));
    const auto is_formal = [&](SymbolId id) { return table.symbol_name(id)[0] == '$'; };
    return unify(f, a, is_formal, {}, conditions, {{}, "call"});
  }
};

}  // namespace

TEST_CASE("conditions: what is known is not recorded again") {
  Bench b;
  CHECK(b.at_least("H + 2", "9").words == "H >= 7");
  CHECK(b.at_least("H", "5").verdict == Verdict::Holds);
  CHECK(b.conditions.requirements().size() == 1);
  CHECK(b.conditions.at_least(b("H*W"), 7));
  CHECK_FALSE(b.conditions.at_least(b("H"), 8));
}

TEST_CASE("conditions: merged names only the lines that matter") {
  Bench b;
  b.at_least("H", "8", "pool");
  b.at_least("H", "33", "conv5");
  b.equal("32*(H//32)", "H", "cat");
  CHECK(b.merged() == "H >= 33 from conv5; H % 32 == 0 from cat");
}

TEST_CASE("conditions: a bound that the residues imply is not printed") {
  Bench b;
  b.at_least("H", "16", "pool");
  for (const int d : {16, 8, 4, 2})
    b.conditions.require(2 * floor_div(b("H"), d), Relation::Equal, floor_div(b("H"), d / 2), {{}, std::to_string(d)});
  CHECK(b.merged() == "H % 16 == 0 from 16 8 4 2");
}

TEST_CASE("conditions: a contradiction names the conditions to blame and keeps the domain") {
  Bench b;
  b.at_least("H", "3", "stem");
  b.equal("32*(H//32)", "H", "cat");
  const Outcome outcome = b.equal("H//4", "6", "linear");
  REQUIRE(outcome.verdict == Verdict::Contradiction);
  REQUIRE(outcome.conflict.size() == 2);
  CHECK(outcome.conflict[0].first == "H % 32 == 0");
  CHECK(outcome.conflict[0].second.what == "cat");
  CHECK(outcome.conflict[1].first == "24 <= H <= 27");
  CHECK(b.equal("H", "H//32*32").verdict == Verdict::Holds);
  CHECK(b.conditions.admissible(b.text.id("H"), 70) == 64);
}

TEST_CASE("conditions: where is used and words are relative to it") {
  Bench b;
  CHECK(b.conditions.assume(floor_mod(b("H"), 32), Relation::Equal, 0, {}).ok());
  CHECK(b.equal("16*(H//16)", "H").verdict == Verdict::Holds);
  CHECK(b.equal("(H//2)*W*2", "H*W").verdict == Verdict::Holds);
  CHECK(b.conditions.assume_not_equal(b("H"), 64, {}).words == "H != 64");
  CHECK(b.conditions.admissible(b.text.id("H"), 64) == 96);
  CHECK(b.equal("H", "64").verdict == Verdict::Contradiction);
  CHECK(b.conditions.assume_not_equal(b("W*W"), 50, {}).verdict == Verdict::Holds);
  CHECK(b.conditions.merged().empty());
  // Stated conditions are checked at run time like all others.
  const Requirement& square = b.conditions.requirements().back();
  CHECK(*square.a.evaluate({{b.text.id("H"), 64}}) < *square.b.evaluate({}));
  CHECK(*square.a.evaluate({{b.text.id("H"), 96}}) >= *square.b.evaluate({}));
}

TEST_CASE("conditions: a stated relation between symbols stays a check at run time") {
  Bench b;
  CHECK(b.conditions.assume(b("H"), Relation::Equal, b("2*W"), {}).verdict == Verdict::Relates);
  REQUIRE(b.conditions.requirements().size() == 1);
  CHECK(b.conditions.requirements()[0].words == "H == 2*W");
}

TEST_CASE("conditions: sizes that are stated to be equal are one size from then on") {
  Bench b;
  b.conditions.assume(b("H"), Relation::Equal, b("2*W"), {});
  CHECK(b.equal("H", "2*W").verdict == Verdict::Holds);
  CHECK(b.equal("3*H + 1", "6*W + 1").verdict == Verdict::Holds);
  CHECK(b.equal("H", "W").verdict == Verdict::Fails);
  CHECK(b.equal("H//2", "W").verdict == Verdict::Holds);
  b.conditions.assume(b("W"), Relation::Equal, b("B"), {});
  CHECK(b.equal("H", "2*B").verdict == Verdict::Holds);
  Bench other;
  other.conditions.assume(other("2*H"), Relation::Equal, other("W + H"), {});
  CHECK(other.equal("W", "H").verdict == Verdict::Holds);
  CHECK(b.conditions.requirements().size() == 2);
}

TEST_CASE("conditions: two symbols are related by no condition; the samples show it") {
  Bench b;
  const Outcome outcome = b.equal("H", "W");
  CHECK(outcome.verdict == Verdict::Relates);
  CHECK(outcome.words == "equal for H = 1, W = 1, not for H = 2, W = 1");
  CHECK(b.conditions.requirements().empty());
  CHECK(b.equal("(H//W)*W", "H").verdict == Verdict::Relates);
}

TEST_CASE("conditions: a product of sizes is positive where each is") {
  Bench b;
  CHECK(b.at_least("(H//2)*(W//4)*B", "1").words == "H >= 2, W >= 4");
  CHECK(b.at_least("(H//2)*(W//4)*B*9", "7").verdict == Verdict::Holds);
  CHECK(b.at_least("H + W", "2").verdict == Verdict::Holds);
  CHECK(b.at_least("B*H", "7").verdict == Verdict::Undecided);
}

TEST_CASE("conditions: copies are independent") {
  Bench b;
  b.at_least("H", "8");
  Conditions other = b.conditions;
  CHECK(other.require(b("H"), Relation::Equal, 9, {}).words == "H == 9");
  CHECK(b.conditions.admissible(b.text.id("H"), 20) == 20);
  CHECK(other.admissible(b.text.id("H"), 20) == 9);
  CHECK(other.simplify(b("H*W + H//2")).str() == "9*W + 4");
}

TEST_CASE("conditions: sizes that depend on data start at zero") {
  Bench b;
  const Dim n = b.table.symbol("N", 0);
  const Outcome outcome = b.conditions.require(n, Relation::AtLeast, 1, {});
  CHECK(outcome.words == "N >= 1");
  CHECK(b.conditions.compare(n, Relation::AtLeast, 0).verdict == Verdict::Holds);
}

TEST_CASE("conditions: beyond the limits nothing is claimed") {
  Bench b;
  CHECK(b.conditions.compare(b("H//70001"), Relation::Equal, b("H//70003")).verdict == Verdict::Undecided);
  CHECK(b.conditions.compare(Dim::poison(), Relation::Equal, 3).verdict == Verdict::Undecided);
}

TEST_CASE("unify: order does not matter and errors say what is missing") {
  Bench b;
  auto r = b.bind({"$H + 1", "$H"}, {"10", "K"});
  CHECK(r.ok);
  CHECK(r.values.at(b.text.id("$H")).str() == "K");
  CHECK(b.merged() == "K == 9 from call");

  r = b.bind({"$A*$C"}, {"12"});
  CHECK_FALSE(r.ok);
  CHECK(r.error == "cannot tell `$A` and `$C` apart in `$A*$C`; bind one of them elsewhere");
  r = b.bind({"B", "$X//2"}, {"B", "M"});
  CHECK(r.error == "cannot tell `$X` from `$X//2`");
  CHECK(r.index == 1);
  r = b.bind({"2*$X"}, {"63"});
  CHECK(r.error == "`2*$X` cannot be `63`: `63` is not a multiple of 2");
  r = b.bind({"$X*$X"}, {"49"});
  CHECK(r.values.at(b.text.id("$X")) == Dim(7));
  r = b.bind({"$X*$X"}, {"50"});
  CHECK(r.error == "`$X**2` cannot be `50`: no value of `$X` makes it so");
  r = b.bind({"$X", "$X"}, {"3", "4"});
  CHECK(r.error == "`$X` (`3`) cannot be `4`");
  CHECK(r.index == 1);
  r = b.bind({"$X - 4"}, {"K"});
  CHECK(r.values.at(b.text.id("$X")).str() == "K + 4");
  r = b.bind({"$X + 4"}, {"4"});
  CHECK_FALSE(r.ok);
}

TEST_CASE("unify: known divisibility leaves no floor") {
  Bench b;
  auto r = b.bind({"2*$X"}, {"2*(K//2)"});
  CHECK(r.values.at(b.text.id("$X")).str() == "K//2");
  CHECK(b.merged() == "K >= 2 from call");
  r = b.bind({"$K*$Y", "$K"}, {"6*T", "T"});
  CHECK(r.values.at(b.text.id("$Y")) == Dim(6));
}
