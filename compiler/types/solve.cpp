// One symbol: on each residue class of the period, between the changes of pos(), the dim is one polynomial; forward
// differences give its runs of one sign.
#include "types/solve.h"

#include <algorithm>
#include <numeric>

namespace modelc::types {

namespace {

constexpr std::int64_t kSampleBudget = 600000;
constexpr std::uint32_t kMaxSolvedDegree = 8;
constexpr Int128 kEndless = static_cast<Int128>(1) << 100;

struct Run {
  Int128 low;
  Int128 high;  // kEndless: no end
  int sign;
};

int sign_of(Int128 value) { return value > 0 ? 1 : value < 0 ? -1 : 0; }

/// sum of c[k]*binom(x, k); false on overflow.
bool newton(const Int128* c, std::size_t count, Int128 x, Int128& result) {
  result = 0;
  Int128 binomial = 1;
  for (std::size_t k = 0; k < count; ++k) {
    Int128 part = 0;
    if (__builtin_mul_overflow(c[k], binomial, &part) || __builtin_add_overflow(result, part, &result)) return false;
    if (k + 1 == count) break;
    if (__builtin_mul_overflow(binomial, x - static_cast<Int128>(k), &binomial)) return false;
    binomial /= static_cast<Int128>(k) + 1;
  }
  return true;
}

void push(std::vector<Run>& runs, Int128 low, Int128 high, int sign) {
  if (low > high) return;
  if (!runs.empty() && runs.back().sign == sign) {
    runs.back().high = high;
  } else {
    runs.push_back({low, high, sign});
  }
}

/// The first x in [low, high] with direction*f(x) >= threshold, high + 1 if none; f rises in `direction`.
bool first_reaching(const Int128* c, std::size_t count, int direction, Int128 threshold, Int128 low, Int128 high,
                    Int128& found) {
  const auto reached = [&](Int128 x, bool& yes) {
    Int128 value = 0;
    if (!newton(c, count, x, value)) return false;
    yes = direction * value >= threshold;
    return true;
  };
  bool yes = false;
  if (high == kEndless) {
    Int128 step = 1;
    high = low;
    while (true) {
      if (!reached(high, yes)) return false;
      if (yes) break;
      high = low + step;
      step *= 2;
    }
  } else {
    if (!reached(high, yes)) return false;
    if (!yes) {
      found = high + 1;
      return true;
    }
  }
  while (low < high) {
    const Int128 middle = low + (high - low) / 2;
    if (!reached(middle, yes)) return false;
    if (yes) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  found = low;
  return true;
}

/// Signs of the polynomial with forward differences c on [0, last]; false on overflow.
bool runs_of(const Int128* c, std::size_t count, Int128 last, std::vector<Run>& result) {
  while (count > 1 && c[count - 1] == 0) --count;
  if (count == 1 || last == 0) {
    push(result, 0, last, sign_of(c[0]));
    return true;
  }
  std::vector<Run> slopes;
  if (!runs_of(c + 1, count - 1, last == kEndless ? last : last - 1, slopes)) return false;
  for (std::size_t i = 0; i < slopes.size(); ++i) {
    const Run& slope = slopes[i];
    const Int128 end = i + 1 == slopes.size() ? last : slope.high;
    if (slope.sign == 0) {
      Int128 value = 0;
      if (!newton(c, count, slope.low, value)) return false;
      push(result, slope.low, end, sign_of(value));
      continue;
    }
    Int128 zero = 0;
    Int128 beyond = 0;
    if (!first_reaching(c, count, slope.sign, 0, slope.low, end, zero)) return false;
    push(result, slope.low, zero - 1, -slope.sign);
    if (zero > end) continue;
    if (!first_reaching(c, count, slope.sign, 1, zero, end, beyond)) return false;
    push(result, zero, beyond - 1, 0);
    push(result, beyond, end, slope.sign);
  }
  return true;
}

/// The values at which some pos() inside the dim changes its sign; false: undecided.
bool collect_borders(const DimTable::Impl& t, Dim dim, std::vector<std::int64_t>& borders) {
  if (!t.facts(dim).has_pos) return true;
  for (const Term& term : t.node(dim).terms) {
    for (const Power& power : t.monomials[term.mono].powers) {
      const Atom& atom = t.atoms[power.atom];
      if (!collect_borders(t, atom.argument, borders)) return false;
      if (atom.kind != AtomKind::Pos) continue;
      const auto positive = solve(atom.argument, Relation::AtLeast);
      if (!positive) return false;
      const auto own = positive->borders();
      borders.insert(borders.end(), own.begin(), own.end());
      // A class that begins late must be cut at its first member too, which its borders already contain.
      if (borders.size() > 4096) return false;
    }
  }
  return true;
}

class Solver {
 public:
  Solver(const DimTable::Impl& t, Dim dim, Relation relation)
      : t_(t), dim_(dim), relation_(relation), symbol_(t.facts(dim).symbols[0]), point_{{symbol_, 0}} {}

  std::optional<ValueSet> run() {
    const Facts& facts = t_.facts(dim_);
    if (facts.has_opaque || facts.degree > kMaxSolvedDegree) return std::nullopt;
    const auto modulus = period(t_, dim_, symbol_, kMaxModulus);
    std::vector<std::int64_t> borders;
    if (!modulus || !collect_borders(t_, dim_, borders)) return std::nullopt;
    std::sort(borders.begin(), borders.end());
    borders.erase(std::unique(borders.begin(), borders.end()), borders.end());
    modulus_ = *modulus;
    degree_ = facts.degree;
    const std::int64_t least = t_.symbol(symbol_).least;
    std::vector<Intervals> classes(static_cast<std::size_t>(modulus_));
    for (residue_ = 0; residue_ < modulus_; ++residue_) {
      list_ = &classes[static_cast<std::size_t>(residue_)];
      std::int64_t start = first_from(least);
      for (const std::int64_t border : borders) {
        const std::int64_t cut = first_from(border);
        if (cut <= start) continue;
        if (!stretch(start, cut - 1)) return std::nullopt;
        start = cut;
      }
      if (!stretch(start, kUnbounded)) return std::nullopt;
    }
    return ValueSet::of_classes(std::move(classes));
  }

 private:
  std::int64_t first_from(std::int64_t value) const { return -floor_div_int(-(value - residue_), modulus_); }

  bool sample(std::int64_t at, Int128& value) {
    if (++samples_ > kSampleBudget) return false;
    point_[0].second = static_cast<Int128>(at) * modulus_ + residue_;
    return evaluate_wide(t_, dim_, point_, value);
  }

  void keep(std::int64_t low, std::int64_t high, int sign) {
    if (sign != 0 && (relation_ == Relation::Equal || sign < 0)) return;
    if (!list_->empty() && list_->back().high + 1 == low) {
      list_->back().high = high;
    } else {
      list_->push_back({low, high});
    }
  }

  bool stretch(std::int64_t low, std::int64_t high) {
    Int128 values[kMaxSolvedDegree + 1];
    const std::size_t count = degree_ + 1;
    const bool few = high != kUnbounded && high - low < static_cast<std::int64_t>(count);
    const std::int64_t end = few ? high : low + static_cast<std::int64_t>(degree_);
    for (std::int64_t at = low; at <= end; ++at) {
      Int128& value = values[at - low];
      if (!sample(at, value)) return false;
      if (few) keep(at, at, sign_of(value));
    }
    if (few) return true;
    for (std::size_t order = 1; order < count; ++order)
      for (std::size_t i = count - 1; i >= order; --i)
        if (__builtin_sub_overflow(values[i], values[i - 1], &values[i])) return false;
    std::vector<Run> runs;
    if (!runs_of(values, count, high == kUnbounded ? kEndless : static_cast<Int128>(high) - low, runs)) return false;
    constexpr Int128 kFar = static_cast<Int128>(1) << 61;
    for (const Run& run : runs) {
      if ((run.low + low) * modulus_ > kFar || (run.high != kEndless && (run.high + low) * modulus_ > kFar))
        return false;
      keep(static_cast<std::int64_t>(run.low) + low,
           run.high == kEndless ? kUnbounded : static_cast<std::int64_t>(run.high) + low, run.sign);
    }
    return true;
  }

  const DimTable::Impl& t_;
  Dim dim_;
  Relation relation_;
  SymbolId symbol_;
  Point point_;
  std::int64_t modulus_ = 1;
  std::int64_t residue_ = 0;
  std::uint32_t degree_ = 0;
  std::int64_t samples_ = 0;
  Intervals* list_ = nullptr;
};

}  // namespace

std::shared_ptr<const ValueSet> solve(Dim dim, Relation relation) {
  DimTable::Impl& t = table();
  const auto key = std::make_pair(dim.key(), static_cast<std::uint64_t>(relation));
  if (const auto found = t.solved.find(key); found != t.solved.end()) return found->second;
  std::shared_ptr<const ValueSet> result;
  if (t.facts(dim).symbols.size() == 1) {
    if (auto set = Solver(t, dim, relation).run()) result = std::make_shared<const ValueSet>(std::move(*set));
  }
  t.solved.emplace(key, result);
  return result;
}

std::optional<std::int64_t> period(const DimTable::Impl& t, Dim dim, SymbolId symbol, std::int64_t cap) {
  std::int64_t result = 1;
  const Facts& facts = t.facts(dim);
  if ((!facts.has_floor && !facts.has_pos) || !std::binary_search(facts.symbols.begin(), facts.symbols.end(), symbol))
    return result;
  for (const Term& term : t.node(dim).terms) {
    for (const Power& power : t.monomials[term.mono].powers) {
      const Atom& atom = t.atoms[power.atom];
      if (atom.kind == AtomKind::Symbol || atom.kind == AtomKind::Opaque) continue;
      const auto& inside = atom.facts.symbols;
      if (!std::binary_search(inside.begin(), inside.end(), symbol)) continue;
      const auto inner = period(t, atom.argument, symbol, cap);
      std::int64_t own = 0;
      const std::int64_t divisor = atom.kind == AtomKind::Floor ? atom.divisor.constant() : 1;
      if (!inner || divisor > cap || __builtin_mul_overflow(*inner, divisor, &own) || own > cap) return std::nullopt;
      result = std::lcm(result, own);
      if (result > cap) return std::nullopt;
    }
  }
  return result;
}

}  // namespace modelc::types
