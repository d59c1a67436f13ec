// Worked examples of docs/dimensions.md, one a line: KIND | INPUT | EXPECTED. norm: an expression and its normal form.
// cmp: A ? B [; conditions assumed] and the verdict. ge: the same for A >= B. assume: the printed form under
// conditions. conds: the merged list. unify: [formal] [actual], formal symbols written $X. broadcast: two shapes. op:
// an output size.
#include <doctest/doctest.h>

#include <algorithm>
#include <sstream>

#include "dim_text.h"

namespace {

using namespace modelc::types;
using modelc::types::testing::DimText;

constexpr const char* kCases = R"(
norm | (H//2)//2 | H//4
norm | (H - 1)//2 + 1 | (H + 1)//2
norm | (2*H)//2 | H
norm | (2*H + 1)//2 | H
norm | (H + 7)//8*8 | 8*((H + 7)//8)
norm | -((-H)//2) | (H + 1)//2
norm | H - H//2 | (H + 1)//2
norm | H - 3*(H//3) | H % 3
norm | (4*H + 6)//8 | (H + 1)//2
norm | ((H + 1)//2 + 1)//2 | (H + 3)//4
norm | (H//3 + H)//4 | H//3
norm | 128*(H//4)*(W//4) | 128*(H//4)*(W//4)
norm | min(T, 512) | min(T, 512)
norm | max(H - 1, 0) | H - 1
norm | max(H, 8) + min(H, 8) | H + 8
norm | (H*W*6)//4 | H*W + (H*W)//2
norm | (H + W)*(H - W) | H**2 - W**2
norm | 2*((H + 1)//2 - 1) + 1 | 2*((H + 1)//2) - 1
cmp | 2*(H//2) ? H | iff H % 2 == 0
cmp | (H - 1)//2 + 1 ? (H + 1)//2 | equal
cmp | H//2 + (H + 1)//2 ? H | equal
cmp | H//2 ? H//3 | iff H in {1, 3}
cmp | H ? H + 1 | different
cmp | H ? W | relates
cmp | 2*H + 1 ? 2*W | different
cmp | (H + 31)//32 ? 7 | iff 193 <= H <= 224
cmp | 16*(H//16) ? H | iff H % 16 == 0
cmp | 4*(H//4) ? 2*(H//2) | iff H % 4 in {0, 1}
cmp | B*T*64 ? B*512 | iff T == 8
cmp | 4*(H//2)*(W//2) ? H*W | iff H % 2 == 0, W % 2 == 0
cmp | min(T, 512) ? T | iff T <= 512
cmp | H*H ? 49 | iff H == 7
cmp | H*H ? 50 | different
cmp | H % 3 ? H % 2 | iff H % 6 in {0, 1}
cmp | (H//2 + (H + 1)//2)*W ? H*W | equal
cmp | 32*(H//32) ? H ; H % 32 == 0 | equal
cmp | 2*((H + 1)//2) ? H ; H % 2 == 1 | different
ge | H + 6 >= 7 | equal
ge | H + 2 >= 11 | iff H >= 9
ge | H//4 >= 3 | iff H >= 12
assume | 128*(H//4)*(H//8) ; H % 32 == 0 | 4*H**2
assume | (H + 31)//32 ; H % 32 == 0 | H//32
assume | 2*((H + 1)//2) ; H % 2 == 1 | H + 1
conds | H >= 33, 32*(H//32) == H, H >= 8 | H >= 33, H % 32 == 0
conds | 2*(H//8) == H//4, 2*(H//4) == H//2, 2*(H//2) == H | H % 8 == 0
conds | 4*(H//4) == H, H//4 == 6, H >= 30 | contradiction: 24 <= H <= 27 and H >= 30
unify | [B, 2*$H, $W] [B, 64, W] | $H = 32, $W = W
unify | [B, 2*$H, $W] [B, K, W] | $H = K//2, $W = W where K % 2 == 0
unify | [B, 2*$H] [B, 63] | error
unify | [$B, ..., $C] [B, T, H, 8] | $B = B, $C = 8
unify | [$H, $H] [8, K] | $H = 8 where K == 8
unify | [$K*$H, $K] [12, 4] | $H = 3, $K = 4
unify | [$H//2] [K] | error
broadcast | [B, 1, T] [H, 1] | [B, H, T]
broadcast | [B, H, 64] [2*(H//2), 64] | [B, H, 64] where H % 2 == 0
broadcast | [B, T, 64] [1, 512, 64] | [B, 512, 64] where T == 512
op | conv(H, k=7, s=2, p=3) | (H + 1)//2
op | pool(H, k=3, s=2, ceil=True) | H//2 where H >= 2
op | conv_transpose(conv(H, k=4, s=2, p=1), k=4, s=2, p=1) | 2*(H//2) where H >= 2
op | chunk(T, 2) | [T//2, T//2] where T % 2 == 0
)";

std::string trimmed(const std::string& text) {
  const auto begin = text.find_first_not_of(" \n");
  if (begin == std::string::npos) return "";
  return text.substr(begin, text.find_last_not_of(" \n") - begin + 1);
}

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  int depth = 0;
  std::string part;
  for (const char c : text) {
    if (c == '(' || c == '[') ++depth;
    if (c == ')' || c == ']') --depth;
    if (c == separator && depth == 0) {
      parts.push_back(trimmed(part));
      part.clear();
    } else {
      part += c;
    }
  }
  parts.push_back(trimmed(part));
  return parts;
}

/// Conditions under test: each line of a case is one, `H % 32 == 0` or `H >= 8`.
struct Bench {
  DimTable table;
  DimTable::Scope scope{table};
  DimText text{table};
  Conditions conditions;

  Outcome relate(const std::string& condition, bool assumed) {
    const bool equal = condition.find(">=") == std::string::npos;
    const auto at = condition.find(equal ? "==" : ">=");
    const Dim a = text.read(condition.substr(0, at));
    const Dim b = text.read(condition.substr(at + 2));
    const Relation relation = equal ? Relation::Equal : Relation::AtLeast;
    return assumed ? conditions.assume(a, relation, b, {}) : conditions.require(a, relation, b, {});
  }
  void assume_all(const std::string& list) {
    for (const std::string& one : split(list, ',')) relate(one, true);
  }
  std::string merged() const {
    std::string all;
    for (const auto& [words, origins] : conditions.merged()) all += (all.empty() ? "" : ", ") + words;
    return all;
  }
  std::string where(const std::string& result) const {
    return merged().empty() ? result : result + " where " + merged();
  }
};

std::string verdict_text(const Outcome& outcome) {
  switch (outcome.verdict) {
    case Verdict::Holds:
      return "equal";
    case Verdict::Conditional:
      return "iff " + outcome.words;
    case Verdict::Fails:
    case Verdict::Contradiction:
      return "different";
    case Verdict::Relates:
      return "relates";
    case Verdict::Undecided:
      return "undecided";
  }
  return "";
}

std::string run_comparison(Bench& bench, const std::string& input, const std::string& sign, Relation relation) {
  const auto halves = split(input, ';');
  // Symbols are declared in the order in which the case names them.
  const auto at = halves[0].find(sign);
  const Dim a = bench.text.read(halves[0].substr(0, at));
  const Dim b = bench.text.read(halves[0].substr(at + sign.size()));
  if (halves.size() > 1) bench.assume_all(halves[1]);
  return verdict_text(bench.conditions.compare(a, relation, b));
}

std::string run_conds(Bench& bench, const std::string& input) {
  for (const std::string& one : split(input, ',')) {
    const Outcome outcome = bench.relate(one, false);
    if (outcome.verdict != Verdict::Contradiction) continue;
    std::string text;
    for (const auto& [words, origin] : outcome.conflict) text += (text.empty() ? "contradiction: " : " and ") + words;
    return text;
  }
  return bench.merged();
}

std::vector<std::string> shape_texts(const std::string& text) { return split(text.substr(1, text.size() - 2), ','); }

std::string run_unify(Bench& bench, const std::string& input) {
  const auto sides = split(input, ' ');
  auto formal_text = shape_texts(sides[0]);
  auto actual_text = shape_texts(sides[1]);
  const auto dots = std::find(formal_text.begin(), formal_text.end(), "...");
  if (dots != formal_text.end()) {
    const auto extra = static_cast<std::ptrdiff_t>(actual_text.size() + 1 - formal_text.size());
    const auto first = actual_text.begin() + (dots - formal_text.begin());
    actual_text.erase(first, first + extra);
    formal_text.erase(dots);
  }
  std::vector<Dim> formal;
  std::vector<Dim> actual;
  std::vector<std::pair<std::string, SymbolId>> formals;
  for (const std::string& one : formal_text) {
    formal.push_back(bench.text.read(one));
    for (const SymbolId symbol : formal.back().symbols()) {
      const std::string& name = bench.table.symbol_name(symbol);
      const auto seen = std::find(formals.begin(), formals.end(), std::make_pair(name, symbol));
      if (name[0] == '$' && seen == formals.end()) formals.emplace_back(name, symbol);
    }
  }
  for (const std::string& one : actual_text) actual.push_back(bench.text.read(one));
  const auto is_formal = [&](SymbolId symbol) { return bench.table.symbol_name(symbol)[0] == '$'; };
  const Unification result = unify(formal, actual, is_formal, {}, bench.conditions, {});
  if (!result.ok) return "error";
  std::sort(formals.begin(), formals.end());
  std::string text;
  for (const auto& [name, symbol] : formals)
    text += (text.empty() ? "" : ", ") + name + " = " + result.values.at(symbol).str();
  return bench.where(text);
}

std::string run_broadcast(Bench& bench, const std::string& input) {
  const auto sides = split(input, ' ');
  std::vector<Dim> a;
  std::vector<Dim> b;
  for (const std::string& one : shape_texts(sides[0])) a.push_back(bench.text.read(one));
  for (const std::string& one : shape_texts(sides[1])) b.push_back(bench.text.read(one));
  if (a.size() < b.size()) a.insert(a.begin(), b.size() - a.size(), Dim(1));
  if (b.size() < a.size()) b.insert(b.begin(), a.size() - b.size(), Dim(1));
  std::string text;
  for (std::size_t i = 0; i < a.size(); ++i) {
    Dim size = a[i] == Dim(1) || b[i].is_constant() ? b[i] : a[i];
    if (b[i] == Dim(1)) size = a[i];
    if (a[i] != Dim(1) && b[i] != Dim(1) && !bench.conditions.require(a[i], Relation::Equal, b[i], {}).ok())
      return "error";
    text += (i == 0 ? "[" : ", ") + size.str();
  }
  return bench.where(text + "]");
}

int named(const std::vector<std::string>& arguments, const std::string& name, int otherwise) {
  for (const std::string& one : arguments)
    if (one.rfind(name + "=", 0) == 0)
      return one.substr(name.size() + 1) == "True" ? 1 : std::stoi(one.substr(name.size() + 1));
  return otherwise;
}

Dim run_op(Bench& bench, const std::string& call, std::vector<Dim>* pieces) {
  const auto open = call.find('(');
  if (open == std::string::npos) return bench.text.read(call);
  const std::string name = call.substr(0, open);
  const auto arguments = split(call.substr(open + 1, call.size() - open - 2), ',');
  const Dim n = run_op(bench, arguments[0], nullptr);
  const int k = named(arguments, "k", 1);
  const int s = named(arguments, "s", 1);
  const int p = named(arguments, "p", 0);
  const auto require = [&](Dim a, Relation relation, Dim b) { bench.conditions.require(a, relation, b, {}); };
  if (name == "conv") {
    require(n + 2 * p, Relation::AtLeast, k);
    return floor_div(n + (2 * p - k), s) + 1;
  }
  if (name == "pool") {
    const int e = named(arguments, "ceil", 0) == 1 ? std::min(2 * p - k + s - 1, p - 1) : 2 * p - k;
    require(n + e, Relation::AtLeast, 0);
    return floor_div(n + e, s) + 1;
  }
  if (name == "conv_transpose") {
    require(n, Relation::AtLeast, 1);
    return (n - 1) * s - 2 * p + k;
  }
  REQUIRE(name == "chunk");
  const int count = std::stoi(arguments[1]);
  require(floor_mod(n, count), Relation::Equal, 0);
  pieces->assign(static_cast<std::size_t>(count), floor_div(n, count));
  return 0;
}

std::string run_case(const std::string& kind, const std::string& input) {
  Bench bench;
  if (kind == "norm") return bench.text.read(input).str();
  if (kind == "cmp") return run_comparison(bench, input, "?", Relation::Equal);
  if (kind == "ge") return run_comparison(bench, input, ">=", Relation::AtLeast);
  if (kind == "conds") return run_conds(bench, input);
  if (kind == "unify") return run_unify(bench, input);
  if (kind == "broadcast") return run_broadcast(bench, input);
  if (kind == "assume") {
    const auto halves = split(input, ';');
    const Dim dim = bench.text.read(halves[0]);
    bench.assume_all(halves[1]);
    return bench.conditions.simplify(dim).str();
  }
  REQUIRE(kind == "op");
  std::vector<Dim> pieces;
  const Dim size = run_op(bench, input, &pieces);
  if (pieces.empty()) return bench.where(size.str());
  std::string text;
  for (const Dim piece : pieces) text += (text.empty() ? "[" : ", ") + piece.str();
  return bench.where(text + "]");
}

}  // namespace

TEST_CASE("dimensions: every worked example") {
  std::istringstream lines(kCases);
  int count = 0;
  for (std::string line; std::getline(lines, line);) {
    const auto fields = split(line, '|');
    if (fields.size() != 3) continue;
    ++count;
    CAPTURE(line);
    CHECK(run_case(fields[0], fields[1]) == fields[2]);
  }
  CHECK(count == 60);
}
