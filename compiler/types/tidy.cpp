// R6: a linear sum of floors of one symbol that is a single floor: `H - H//2` is `(H + 1)//2`.
#include <algorithm>
#include <numeric>

#include "types/dim_table.h"

namespace modelc::types {

namespace {

constexpr std::int64_t kTidyPeriod = 4096;

struct Line {  // k*((a*s + b)//d) + c
  std::int64_t k, a, b, d, c;
};

std::optional<Line> fit(const std::vector<std::int64_t>& f, std::int64_t rise) {
  const auto length = static_cast<std::int64_t>(f.size());
  for (std::int64_t k = 1; k <= 64 && k <= rise; ++k) {
    if (rise % k != 0) continue;
    if (!std::all_of(f.begin(), f.end(), [&](std::int64_t v) { return (v - f[0]) % k == 0; })) continue;
    const std::int64_t c = f[0] - floor_div_int(f[0], k) * k;
    const std::int64_t g = std::gcd(rise / k, length);
    const std::int64_t a = rise / k / g;
    const std::int64_t d = length / g;
    std::int64_t low = INT64_MIN;
    std::int64_t high = INT64_MAX;
    for (std::int64_t v = 0; v < length; ++v) {
      const std::int64_t at = d * ((f[static_cast<std::size_t>(v)] - c) / k) - a * v;
      low = std::max(low, at);
      high = std::min(high, at + d - 1);
    }
    if (low <= high) return Line{k, a, low, d, c};
  }
  return std::nullopt;
}

Dim tidied(DimTable::Impl& t, Dim dim) {
  const Facts facts = t.facts(dim);
  const auto length = period(t, dim, facts.symbols[0], kTidyPeriod);
  if (!length || *length * facts.weight > 400000) return dim;
  std::vector<std::int64_t> f;
  constexpr Int128 kLarge = static_cast<Int128>(1) << 40;
  for (std::int64_t v = 0; v <= *length; ++v) {
    Int128 value = 0;
    if (!evaluate_wide(t, dim, {{facts.symbols[0], v}}, value) || value > kLarge || value < -kLarge) return dim;
    f.push_back(static_cast<std::int64_t>(value));
  }
  std::int64_t rise = f.back() - f.front();
  f.pop_back();
  if (rise == 0) return dim;
  const bool falls = rise < 0;
  if (falls) {
    rise = -rise;
    for (std::int64_t& value : f) value = -value;
  }
  const auto line = fit(f, rise);
  if (!line) return dim;
  const Dim symbol = t.atom_dim(*t.atom(AtomKind::Symbol, facts.symbols[0], 0, 0));
  const Dim shorter = Dim(line->k) * floor_div(Dim(line->a) * symbol + Dim(line->b), Dim(line->d)) + Dim(line->c);
  const Dim result = falls ? -shorter : shorter;
  if (result.is_poison() || t.facts(result).weight >= facts.weight) return dim;
  return result;
}

}  // namespace

Dim tidy(DimTable::Impl& t, Dim dim) {
  if (dim.is_constant() || dim.is_poison()) return dim;
  const PolyNode& node = t.node(dim);
  const Facts& facts = node.facts;
  // A lone floor of a linear argument is as short as it gets.
  if (!facts.has_floor || facts.has_pos || facts.has_opaque || facts.degree != 1 || facts.symbols.size() != 1 ||
      facts.weight <= 2)
    return dim;
  auto& known = t.memos[static_cast<std::size_t>(Memo::Tidy)];
  const auto key = std::make_pair(dim.key(), std::uint64_t{0});
  if (const auto found = known.find(key); found != known.end()) return found->second;
  known.emplace(key, dim);  // while it is worked on
  const Dim result = tidied(t, dim);
  known[key] = result;
  return result;
}

}  // namespace modelc::types
