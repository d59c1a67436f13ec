// Random expressions against plain integers, with a fixed seed: normal forms, printed text, verdicts and their words.
#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <random>

#include "dim_text.h"
#include "types/value_set.h"

namespace {

using namespace modelc::types;
using modelc::types::testing::DimText;

struct Random {
  std::mt19937 engine{20240501};
  int below(int n) { return static_cast<int>(engine() % static_cast<unsigned>(n)); }
  int between(int low, int high) { return low + below(high - low + 1); }
};

/// A dim and the plain function it must equal.
struct Sample {
  Dim dim;
  std::function<std::int64_t(std::int64_t, std::int64_t)> plain;
};

Sample grow(Random& random, Dim h, Dim w, int depth, bool two, bool extremes) {
  if (depth == 0 || random.below(6) == 0) {
    if (two && random.below(2) == 0) return {w, [](std::int64_t, std::int64_t y) { return y; }};
    if (random.below(4) != 0) return {h, [](std::int64_t x, std::int64_t) { return x; }};
    const int n = random.between(-6, 9);
    return {Dim(n), [n](std::int64_t, std::int64_t) { return std::int64_t{n}; }};
  }
  const Sample a = grow(random, h, w, depth - 1, two, extremes);
  switch (random.below(extremes ? 9 : 7)) {
    case 0:
    case 1: {
      const int n = random.between(-9, 9);
      return {a.dim + n, [=](std::int64_t x, std::int64_t y) { return a.plain(x, y) + n; }};
    }
    case 2: {
      const int n = random.between(-3, 5);
      return {a.dim * n, [=](std::int64_t x, std::int64_t y) { return a.plain(x, y) * n; }};
    }
    case 3: {
      const int n = random.between(2, 8);
      return {floor_div(a.dim, n), [=](std::int64_t x, std::int64_t y) { return floor_div_int(a.plain(x, y), n); }};
    }
    case 4: {
      const int n = random.between(2, 8);
      return {floor_mod(a.dim, n),
              [=](std::int64_t x, std::int64_t y) { return a.plain(x, y) - n * floor_div_int(a.plain(x, y), n); }};
    }
    default:
      break;
  }
  const Sample b = grow(random, h, w, depth - 1, two, extremes);
  switch (random.below(extremes ? 5 : 3)) {
    case 0:
      return {a.dim + b.dim, [=](std::int64_t x, std::int64_t y) { return a.plain(x, y) + b.plain(x, y); }};
    case 1:
      return {a.dim - b.dim, [=](std::int64_t x, std::int64_t y) { return a.plain(x, y) - b.plain(x, y); }};
    case 2:
      return {a.dim * b.dim, [=](std::int64_t x, std::int64_t y) { return a.plain(x, y) * b.plain(x, y); }};
    case 3:
      return {dim_max(a.dim, b.dim),
              [=](std::int64_t x, std::int64_t y) { return std::max(a.plain(x, y), b.plain(x, y)); }};
    default:
      return {dim_min(a.dim, b.dim),
              [=](std::int64_t x, std::int64_t y) { return std::min(a.plain(x, y), b.plain(x, y)); }};
  }
}

struct Bench {
  DimTable table;
  DimTable::Scope scope{table};
  DimText text{table};
  Dim h = text.symbol("H");
  Dim w = text.symbol("W");
  SymbolId hid = text.id("H");
  SymbolId wid = text.id("W");
};

/// The condition words of one symbol, read by a plain evaluator: comparisons joined by `,`/`and`, then `or`.
bool atom_true(const std::string& atom, std::int64_t value) {
  const auto number = [&](const std::string& text) {
    REQUIRE_MESSAGE(text.find_first_of("0123456789") == 0, atom);
    return static_cast<std::int64_t>(std::stoll(text));
  };
  if (atom.find(" <= H <= ") != std::string::npos)
    return number(atom) <= value && value <= number(atom.substr(atom.find("<= H <= ") + 8));
  std::string rest = atom.substr(1);
  if (rest.rfind(" % ", 0) == 0) {
    value %= number(rest.substr(3));
    rest = rest.substr(rest.find(' ', 3));
  }
  const std::string sign = rest.substr(1, rest.find_first_of(" ", 1) - 1);
  const std::string right = rest.substr(2 + sign.size());
  if (sign == "==") return value == number(right);
  if (sign == "!=") return value != number(right);
  if (sign == ">=") return value >= number(right);
  if (sign == "<=") return value <= number(right);
  REQUIRE(sign == "in");
  for (std::size_t at = 1; at < right.size();
       at = right.find(' ', at) == std::string::npos ? right.size() : right.find(' ', at) + 1)
    if (number(right.substr(at)) == value) return true;
  return false;
}

bool words_true(const std::string& words, std::int64_t value) {
  CAPTURE(words);
  bool any = false;
  bool all = true;
  std::string atom;
  int braces = 0;
  const auto close = [&] {
    all = all && atom_true(atom, value);
    atom.clear();
  };
  for (std::size_t i = 0; i <= words.size(); ++i) {
    const bool end = i == words.size();
    if (!end && words[i] == '{') ++braces;
    if (!end && words[i] == '}') --braces;
    if (end || (braces == 0 && words.compare(i, 4, " or ") == 0)) {
      close();
      any = any || all;
      all = true;
      i += 3;
    } else if (braces == 0 && words.compare(i, 5, " and ") == 0) {
      close();
      i += 4;
    } else if (braces == 0 && words.compare(i, 2, ", ") == 0) {
      close();
      i += 1;
    } else {
      atom += words[i];
    }
  }
  return any;
}

/// Sets too ragged for words are listed in part.
const auto is_cut_short = [](const auto& entry) { return entry.first.find("...") != std::string::npos; };

}  // namespace

TEST_CASE("dim: normal forms and their text equal plain integers") {
  Random random;
  for (int round = 0; round < 600; ++round) {
    Bench bench;
    const Sample sample = grow(random, bench.h, bench.w, random.between(1, 5), true, true);
    if (sample.dim.is_poison()) continue;
    const std::string text = sample.dim.str();
    CAPTURE(text);
    const Dim again = bench.text.read(text);
    for (int trial = 0; trial < 60; ++trial) {
      const std::int64_t x = random.between(1, 90);
      const std::int64_t y = random.between(1, 90);
      CAPTURE(x);
      CAPTURE(y);
      const auto value = sample.dim.evaluate({{bench.hid, x}, {bench.wid, y}});
      REQUIRE(value.has_value());
      REQUIRE(*value == sample.plain(x, y));
      REQUIRE(again.evaluate({{bench.hid, x}, {bench.wid, y}}) == value);
    }
  }
}

TEST_CASE("conditions: verdicts over one symbol, and their words, agree with trying every value") {
  Random random;
  int conditional = 0;
  int undecided = 0;
  for (int round = 0; round < 1500; ++round) {
    Bench bench;
    const bool extremes = round % 3 == 0;
    const Sample a = grow(random, bench.h, bench.w, random.between(1, 3), false, extremes);
    const Sample b = grow(random, bench.h, bench.w, random.between(0, 3), false, extremes);
    const Relation relation = random.below(2) == 0 ? Relation::Equal : Relation::AtLeast;
    const Outcome outcome = Conditions().compare(a.dim, relation, b.dim);
    CAPTURE(a.dim.str());
    CAPTURE(b.dim.str());
    CAPTURE(outcome.words);
    for (std::int64_t x = 1; x <= 400; ++x) {
      CAPTURE(x);
      const bool holds = relation == Relation::Equal ? a.plain(x, 1) == b.plain(x, 1) : a.plain(x, 1) >= b.plain(x, 1);
      if (outcome.verdict == Verdict::Holds) REQUIRE(holds);
      if (outcome.verdict == Verdict::Fails) REQUIRE_FALSE(holds);
      if (outcome.verdict == Verdict::Conditional && outcome.words.find("...") == std::string::npos)
        REQUIRE(words_true(outcome.words, x) == holds);
    }
    REQUIRE(outcome.verdict != Verdict::Relates);
    conditional += outcome.verdict == Verdict::Conditional ? 1 : 0;
    undecided += outcome.verdict == Verdict::Undecided ? 1 : 0;
  }
  CHECK(conditional > 200);
  CHECK(undecided < 15);
}

TEST_CASE("conditions: verdicts over two symbols are never wrong on a grid") {
  Random random;
  int decided = 0;
  for (int round = 0; round < 500; ++round) {
    Bench bench;
    const Sample a = grow(random, bench.h, bench.w, random.between(1, 3), true, round % 4 == 0);
    const Sample b = grow(random, bench.h, bench.w, random.between(1, 3), true, round % 4 == 0);
    Conditions conditions;
    const Outcome outcome = conditions.require(a.dim, Relation::Equal, b.dim, {});
    CAPTURE(a.dim.str());
    CAPTURE(b.dim.str());
    CAPTURE(outcome.words);
    decided += outcome.verdict == Verdict::Undecided ? 0 : 1;
    for (std::int64_t x = 1; x <= 22; ++x) {
      for (std::int64_t y = 1; y <= 22; ++y) {
        const bool holds = a.plain(x, y) == b.plain(x, y);
        if (outcome.verdict == Verdict::Holds) REQUIRE(holds);
        if (outcome.verdict == Verdict::Fails) REQUIRE_FALSE(holds);
        if (outcome.verdict != Verdict::Conditional) continue;
        const bool admitted = conditions.admissible(bench.hid, x) == x && conditions.admissible(bench.wid, y) == y;
        REQUIRE(admitted == holds);
      }
    }
  }
  CHECK(decided > 400);
}

TEST_CASE("conditions: a list of conditions leaves what all of them leave") {
  Random random;
  for (int round = 0; round < 200; ++round) {
    Bench bench;
    Conditions conditions;
    std::vector<std::function<bool(std::int64_t)>> held;
    for (int k = 0; k < 4; ++k) {
      const Sample a = grow(random, bench.h, bench.w, 2, false, false);
      const Sample b = grow(random, bench.h, bench.w, 2, false, false);
      const Relation relation = random.below(2) == 0 ? Relation::Equal : Relation::AtLeast;
      const auto plain = [=](std::int64_t x) {
        return relation == Relation::Equal ? a.plain(x, 1) == b.plain(x, 1) : a.plain(x, 1) >= b.plain(x, 1);
      };
      const Outcome outcome = conditions.require(a.dim, relation, b.dim, {{}, std::to_string(k)});
      if (outcome.verdict == Verdict::Contradiction) {
        REQUIRE(outcome.conflict.size() >= 2);
        if (std::any_of(outcome.conflict.begin(), outcome.conflict.end(), is_cut_short)) continue;
        for (std::int64_t x = 1; x <= 300; ++x) {
          bool all = true;
          for (const auto& [words, origin] : outcome.conflict) all = all && words_true(words, x);
          CAPTURE(x);
          REQUIRE_FALSE(all);
        }
      }
      if (outcome.ok()) held.push_back(plain);
    }
    const Sample extra = grow(random, bench.h, bench.w, 3, false, false);
    const Dim simple = conditions.simplify(extra.dim);
    const auto merged = conditions.merged();
    const bool told = std::none_of(merged.begin(), merged.end(), is_cut_short);
    for (std::int64_t x = 1; x <= 200; ++x) {
      bool all = true;
      for (const auto& one : held) all = all && one(x);
      bool said = true;
      for (const auto& [words, origins] : merged) said = said && (!told || words_true(words, x));
      CAPTURE(x);
      if (told) REQUIRE(said == all);
      REQUIRE((conditions.admissible(bench.hid, x) == x) == all);
      if (all) REQUIRE(simple.evaluate({{bench.hid, x}}) == extra.plain(x, 1));
    }
  }
}

TEST_CASE("dim: ten thousand convolutions with a residual check each are quick") {
  Bench bench;
  Conditions conditions;
  const auto start = std::chrono::steady_clock::now();
  Dim size = bench.h;
  for (int i = 0; i < 10000; ++i) {
    const int stride = i % 2000 % 400 == 0 ? 2 : 1;
    if (i % 2000 == 0) size = bench.h;
    conditions.require(size + 2, Relation::AtLeast, 3, {});
    const Dim next = floor_div(size + 2 - 3, stride) + 1;
    const Dim shortcut = floor_div(size - 1, stride) + 1;
    REQUIRE(conditions.require(next, Relation::Equal, shortcut, {}).verdict == Verdict::Holds);
    size = next;
  }
  const auto spent = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - start);
  MESSAGE("10,000 convolutions: " << spent.count() << " ms");
  CHECK(spent.count() < 500);  // a loaded machine and a debug build included
}
