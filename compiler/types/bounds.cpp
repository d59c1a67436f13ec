// Bounds of dims over several symbols, and dims rewritten by what is known.
#include <algorithm>
#include <numeric>

#include "types/solve.h"

namespace modelc::types {

namespace {

std::optional<std::int64_t> lower_bound(DimTable::Impl& t, Dim dim, const Domains& domains);

/// One symbol: the value at its least, if it never falls below that; else 1 or 0.
std::optional<std::int64_t> solved_bound(DimTable::Impl& t, Dim dim, const Domains& domains) {
  const SymbolId symbol = t.facts(dim).symbols[0];
  const ValueSet domain = domain_of(t, domains, symbol);
  const auto start = domain.min();
  constexpr Int128 kFar = 1 << 30;
  std::vector<std::int64_t> guesses;
  Int128 value = 0;
  if (start && evaluate_wide(t, dim, {{symbol, *start}}, value) && value < kFar && value > -kFar)
    guesses.push_back(static_cast<std::int64_t>(value));
  guesses.push_back(1);
  guesses.push_back(0);
  for (const std::int64_t guess : guesses) {
    const Dim above = dim - Dim(guess);
    const auto set = above.is_constant() ? nullptr : solve(above, Relation::AtLeast);
    if (set && ValueSet::subset(domain, *set)) return guess;
  }
  return std::nullopt;
}

std::optional<std::int64_t> least_of(DimTable::Impl& t, AtomId id, const Domains& domains) {
  const Atom atom = t.atoms[id];
  if (atom.kind == AtomKind::Symbol) return domain_of(t, domains, atom.symbol).min();
  const Dim dim = t.atom_dim(id);
  if (atom.facts.symbols.size() == 1) {
    if (const auto least = solved_bound(t, dim, domains)) return least;
  }
  const auto inside = lower_bound(t, atom.argument, domains);
  if (atom.kind == AtomKind::Pos) return std::max<std::int64_t>(inside.value_or(0), 0);
  if (!inside) return std::nullopt;
  if (atom.kind == AtomKind::Floor) return floor_div_int(*inside, atom.divisor.constant());
  const auto under = lower_bound(t, atom.divisor, domains);
  if (under && *under >= 1 && *inside >= 0) return 0;
  return std::nullopt;
}

/// Every atom of the top level as its least value plus something not negative: the constant is a lower bound where no
/// other factor is negative.
std::optional<std::int64_t> shifted_bound(DimTable::Impl& t, Dim dim, const Domains& domains) {
  if (dim.is_poison()) return std::nullopt;
  if (dim.is_constant()) return dim.constant();
  std::map<AtomId, Dim> shifted;
  Dim sum = 0;
  for (const Term& term : t.poly(dim).terms) {
    Dim product = Dim(term.factor);
    for (const Power& power : std::vector<Power>(t.monomials[term.mono].powers)) {
      auto found = shifted.find(power.atom);
      if (found == shifted.end()) {
        const auto least = least_of(t, power.atom, domains);
        if (!least) return std::nullopt;
        found = shifted.emplace(power.atom, Dim(*least) + t.hidden_symbol(100000 + shifted.size(), 0)).first;
      }
      product = product * dim_pow(found->second, static_cast<int>(power.exponent));
    }
    sum = sum + product;
  }
  if (sum.is_poison()) return std::nullopt;
  const Poly poly = t.poly(sum);
  for (const Term& term : poly.terms)
    if (term.mono != 0 && term.factor < 0) return std::nullopt;
  return poly.constant();
}

std::optional<std::int64_t> lower_bound(DimTable::Impl& t, Dim dim, const Domains& domains) {
  if (dim.is_poison()) return std::nullopt;
  if (dim.is_constant()) return dim.constant();
  if (t.facts(dim).symbols.size() == 1) {
    if (const auto least = solved_bound(t, dim, domains)) return least;
  }
  return shifted_bound(t, dim, domains);
}

/// Multiplies by the divisors of floors, outermost first, and puts `x - (d-1) <= d*(x//d) <= x` in: a polynomial that
/// is not above `scale` times the dim.
bool relaxed_not_negative(DimTable::Impl& t, Dim dim, const Domains& domains) {
  std::int64_t scale = 1;
  for (int round = 0; round < 16; ++round) {
    if (dim.is_poison()) return false;
    std::optional<AtomId> outermost;
    const Poly poly = t.poly(dim);
    for (const Term& term : poly.terms) {
      for (const Power& power : t.monomials[term.mono].powers) {
        const Atom& atom = t.atoms[power.atom];
        if (atom.kind == AtomKind::Floor &&
            (!outermost || atom.facts.depth > t.atoms[*outermost].facts.depth ||
             (atom.facts.depth == t.atoms[*outermost].facts.depth && compare_atoms(t, power.atom, *outermost) < 0)))
          outermost = power.atom;
      }
    }
    if (!outermost) break;
    const Atom floor = t.atoms[*outermost];
    const Dim divisor = floor.divisor;
    if (__builtin_mul_overflow(scale, divisor.constant(), &scale)) return false;
    Dim sum = 0;
    for (const Term& term : poly.terms) {
      Dim rest = Dim(term.factor);
      bool replaced = false;
      for (const Power& power : std::vector<Power>(t.monomials[term.mono].powers)) {
        int exponent = static_cast<int>(power.exponent);
        if (power.atom == *outermost) --exponent, replaced = true;
        if (exponent > 0) rest = rest * dim_pow(t.atom_dim(power.atom), exponent);
      }
      if (!replaced) {
        sum = sum + divisor * rest;
        continue;
      }
      for (const Power& power : std::vector<Power>(t.monomials[term.mono].powers)) {
        const auto least = least_of(t, power.atom, domains);
        if (!least || *least < 0) return false;
      }
      sum = sum + rest * (term.factor > 0 ? floor.argument - (divisor - Dim(1)) : floor.argument);
    }
    dim = sum;
  }
  const auto bound = shifted_bound(t, dim, domains);
  return bound && *bound > -scale;
}

}  // namespace

ValueSet domain_of(const DimTable::Impl& t, const Domains& domains, SymbolId symbol) {
  const auto found = domains.find(symbol);
  return found != domains.end() ? found->second : ValueSet::from(t.symbol(symbol).least);
}

bool always_at_least(Dim dim, std::int64_t bound, const Domains& domains) {
  const Dim p = dim - Dim(bound);
  if (p.is_poison()) return false;
  if (p.is_constant()) return p.constant() >= 0;
  DimTable::Impl& t = table();
  const std::vector<SymbolId> symbols = t.facts(p).symbols;
  if (symbols.size() == 1) {
    if (const auto set = solve(p, Relation::AtLeast)) return ValueSet::subset(domain_of(t, domains, symbols[0]), *set);
  }
  const auto least = shifted_bound(t, p, domains);
  if (least && *least >= 0) return true;
  return t.facts(p).has_floor && relaxed_not_negative(t, p, domains);
}

namespace {

/// What `symbol = modulus*t + residue` was put into, in terms of the symbol again.
struct Back {
  SymbolId hidden;
  Dim symbol;
  std::int64_t modulus;
  std::int64_t residue;

  Dim operator()(DimTable::Impl& t, Dim dim) const {
    const auto& symbols = t.facts(dim).symbols;
    if (!std::binary_search(symbols.begin(), symbols.end(), hidden)) return dim;
    Dim sum = 0;
    for (const Term& term : t.poly(dim).terms) {
      std::int64_t factor = term.factor;
      Dim product = 1;
      for (const Power& power : std::vector<Power>(t.monomials[term.mono].powers)) {
        const Atom atom = t.atoms[power.atom];
        for (std::uint32_t i = 0; i < power.exponent; ++i) {
          if (atom.kind == AtomKind::Symbol && atom.symbol == hidden) {
            const std::int64_t g = std::gcd(factor, modulus);
            factor /= g;
            product = product * floor_div(symbol - Dim(residue), Dim(modulus / g));
          } else if (atom.kind == AtomKind::Symbol) {
            product = product * t.atom_dim(power.atom);
          } else if (atom.kind == AtomKind::Pos) {
            product = product * pos((*this)(t, atom.argument));
          } else {
            product = product * floor_div((*this)(t, atom.argument), (*this)(t, atom.divisor));
          }
        }
      }
      sum = sum + Dim(factor) * product;
    }
    return sum;
  }
};

Dim with_residue(DimTable::Impl& t, Dim dim, SymbolId symbol, const ValueSet& domain) {
  const std::int64_t m = domain.modulus();
  if (m == 1) return dim;
  std::int64_t residue = -1;
  for (std::int64_t r = 0; r < m; ++r) {
    if (domain.of_class(r).empty()) continue;
    if (residue >= 0) return dim;
    residue = r;
  }
  if (residue < 0) return dim;
  const Dim hidden = t.hidden_symbol(symbol, domain.of_class(residue).front().low);
  const Dim inside = dim.substitute({{symbol, Dim(m) * hidden + Dim(residue)}});
  if (inside.is_poison()) return dim;
  const Dim named = t.atom_dim(*t.atom(AtomKind::Symbol, symbol, 0, 0));
  return Back{hidden.symbols()[0], named, m, residue}(t, inside);
}

}  // namespace

Dim simplify_under(Dim dim, const Domains& domains) {
  if (dim.is_constant() || dim.is_poison()) return dim;
  DimTable::Impl& t = table();
  for (const SymbolId symbol : dim.symbols()) {
    const auto found = domains.find(symbol);
    if (found == domains.end()) continue;
    const auto only = found->second.values(1);
    const bool single = only && only->size() == 1;
    const Dim candidate =
        single ? dim.substitute({{symbol, Dim(only->front())}}) : with_residue(t, dim, symbol, found->second);
    if (!candidate.is_poison() && candidate != dim && (single || candidate.str().size() < dim.str().size()))
      dim = candidate;
  }
  if (!t.facts(dim).has_pos) return dim;
  return rewrite_atoms(dim, [&](const Atom& atom, Dim argument, Dim) -> std::optional<Dim> {
    if (atom.kind != AtomKind::Pos) return std::nullopt;
    if (always_at_least(argument, 0, domains)) return argument;
    if (always_at_least(-argument, 0, domains)) return Dim(0);
    return std::nullopt;
  });
}

}  // namespace modelc::types
