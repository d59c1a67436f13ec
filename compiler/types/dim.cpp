// Operations of Dim and the rewriting rules R1 to R5 (docs/dimensions.md).
#include "types/dim.h"

#include <algorithm>
#include <numeric>

#include "types/dim_table.h"
#include "types/solve.h"

namespace modelc::types {

namespace {

template <typename Compute>
Dim memoised(DimTable::Impl& t, Memo memo, Dim a, Dim b, Compute compute) {
  auto& known = t.memos[static_cast<std::size_t>(memo)];
  const auto key = std::make_pair(a.key(), b.key());
  if (const auto found = known.find(key); found != known.end()) return found->second;
  const Dim result = compute();
  known.emplace(key, result);
  return result;
}

Dim finish(DimTable::Impl& t, Poly poly) { return tidy(t, t.intern(std::move(poly))); }

/// R1: takes the whole multiples of d out of `p`, adding them to `out`.
void take_whole_parts(Poly& p, std::int64_t d, Poly& out) {
  Poly whole;
  Poly rest;
  for (const Term& term : p.terms) {
    const std::int64_t q = floor_div_int(term.factor, d);
    if (q != 0) whole.terms.push_back({term.mono, q});
    if (const std::int64_t r = term.factor - q * d; r != 0) rest.terms.push_back({term.mono, r});
  }
  out = add(out, whole);
  p = std::move(rest);
}

/// R2: cancels a factor of d and of all non-constant terms.
void cancel(Poly& p, std::int64_t& d) {
  const std::int64_t g = std::gcd(common_factor(p, false), d);
  if (g <= 1) return;
  Poly smaller;
  for (const Term& term : p.terms)
    if (const std::int64_t q = floor_div_int(term.factor, g); q != 0) smaller.terms.push_back({term.mono, q});
  p = std::move(smaller);
  d /= g;
}

/// R3: `(a//b + r)//d = (a + b*r)//(b*d)`. False where no floor stands alone or numbers grow too large.
bool merge_floor(DimTable::Impl& t, Poly& p, std::int64_t& d) {
  std::optional<AtomId> inner;
  Term chosen;
  for (const Term& term : p.terms) {
    if (term.factor != 1) continue;
    const auto id = single_atom(t, term);
    if (!id || t.atoms[*id].kind != AtomKind::Floor) continue;
    if (!inner || compare_atoms(t, *id, *inner) < 0) inner = id, chosen = term;
  }
  if (!inner) return false;
  const Dim argument = t.atoms[*inner].argument;
  const std::int64_t b = t.atoms[*inner].divisor.constant();
  std::int64_t product = 0;
  if (__builtin_mul_overflow(b, d, &product) || Dim(product).is_poison()) return false;
  Poly merged = add(t.poly(argument), scale(add(p, {{{chosen.mono, -1}}, false}), b));
  if (merged.bad) return false;
  p = std::move(merged);
  d = product;
  return true;
}

Dim floor_by_integer(DimTable::Impl& t, Dim a, std::int64_t d) {
  Poly p = t.poly(a);
  Poly out;
  for (int round = 0; round < 64; ++round) {
    take_whole_parts(p, d, out);
    if (p.is_constant()) return finish(t, std::move(out));  // 0 <= p < d
    cancel(p, d);
    if (d == 1) return finish(t, add(out, p));
    if (!merge_floor(t, p, d)) break;
  }
  const Dim argument = tidy(t, t.intern(p));
  if (argument.is_poison()) return argument;
  const auto id = t.atom(AtomKind::Floor, 0, argument, Dim(d));
  if (!id) return Dim::poison();
  return finish(t, add(out, t.poly(t.atom_dim(*id))));
}

/// Symbols that are at least 1 and in every term of both leave, and common integer factors.
void cancel_common(DimTable::Impl& t, Poly& a, Poly& b) {
  const std::int64_t g = std::gcd(common_factor(a, true), common_factor(b, true));
  if (g > 1) {
    for (Term& term : a.terms) term.factor /= g;
    for (Term& term : b.terms) term.factor /= g;
  }
  if (b.terms.empty()) return;
  const std::vector<Power> candidates = t.monomials[b.terms.back().mono].powers;
  for (const Power& power : candidates) {
    const Atom& atom = t.atoms[power.atom];
    if (atom.kind != AtomKind::Symbol || t.symbol(atom.symbol).least < 1) continue;
    const Poly factor = t.poly(t.atom_dim(power.atom));
    for (std::uint32_t i = 0; i < power.exponent; ++i) {
      const auto x = divide_exactly(t, a, factor);
      const auto y = divide_exactly(t, b, factor);
      if (!x || !y) break;
      a = *x;
      b = *y;
    }
  }
}

Dim floor_by_symbols(DimTable::Impl& t, Dim a, Dim b) {
  if (const auto exact = divide_exactly(t, t.poly(a), t.poly(b))) return finish(t, *exact);
  Poly x = t.poly(a);
  Poly y = t.poly(b);
  cancel_common(t, x, y);
  const Dim over = t.intern(x);
  const Dim under = t.intern(y);
  if (under.is_constant()) return floor_div(over, under);
  if (over.is_poison() || under.is_poison()) return Dim::poison();
  const auto id = t.atom(AtomKind::Opaque, 0, over, under);
  return id ? t.atom_dim(*id) : Dim::poison();
}

}  // namespace

Dim Dim::poison() {
  Dim dim;
  dim.tag_ = 2;
  return dim;
}

std::int64_t floor_div_int(std::int64_t a, std::int64_t b) {
  if (b == -1) return a == INT64_MIN ? INT64_MAX : -a;
  const std::int64_t q = a / b;
  return (a % b != 0 && ((a < 0) != (b < 0))) ? q - 1 : q;
}

Dim operator+(Dim a, Dim b) {
  if (a.is_constant() && b.is_constant()) return Dim(a.constant() + b.constant());  // 62 + 62 bits fit in 64
  if (a.is_poison() || b.is_poison()) return Dim::poison();
  if (a == Dim(0)) return b;
  if (b == Dim(0)) return a;
  if (b.key() < a.key()) std::swap(a, b);
  DimTable::Impl& t = table();
  return memoised(t, Memo::Add, a, b, [&] { return finish(t, add(t.poly(a), t.poly(b))); });
}

Dim operator-(Dim a) { return a * Dim(-1); }
Dim operator-(Dim a, Dim b) {
  if (a.is_constant() && b.is_constant()) return Dim(a.constant() - b.constant());
  if (a == b && !a.is_poison()) return 0;
  return a + -b;
}

Dim operator*(Dim a, Dim b) {
  if (a.is_poison() || b.is_poison()) return Dim::poison();
  if (a.is_constant() && b.is_constant()) {
    std::int64_t product = 0;
    return __builtin_mul_overflow(a.constant(), b.constant(), &product) ? Dim::poison() : Dim(product);
  }
  if (a == Dim(1)) return b;
  if (b == Dim(1)) return a;
  if (b.key() < a.key()) std::swap(a, b);
  DimTable::Impl& t = table();
  return memoised(t, Memo::Multiply, a, b, [&] { return finish(t, multiply(t, t.poly(a), t.poly(b))); });
}

Dim floor_div(Dim a, Dim b) {
  if (a.is_poison() || b.is_poison() || b == Dim(0)) return Dim::poison();
  if (a.is_constant() && b.is_constant()) return Dim(floor_div_int(a.constant(), b.constant()));
  if (b == Dim(1)) return a;
  DimTable::Impl& t = table();
  return memoised(t, Memo::FloorDiv, a, b, [&] {
    if (!b.is_constant()) return floor_by_symbols(t, a, b);
    if (b.constant() == -1) return -a;
    return b.constant() < 0 ? floor_by_integer(t, -a, -b.constant()) : floor_by_integer(t, a, b.constant());
  });
}

Dim floor_mod(Dim a, Dim b) { return a - b * floor_div(a, b); }
Dim ceil_div(Dim a, Dim b) { return -floor_div(-a, b); }

Dim pos(Dim a) {
  if (a.is_poison()) return a;
  if (a.is_constant()) return Dim(std::max<std::int64_t>(a.constant(), 0));
  DimTable::Impl& t = table();
  return memoised(t, Memo::Pos, a, 0, [&]() -> Dim {
    if (always_at_least(a, 0, {})) return a;
    if (always_at_least(-a, 0, {})) return 0;
    Poly p = t.poly(a);
    const std::int64_t g = common_factor(p, true);
    if (g > 1) {
      for (Term& term : p.terms) term.factor /= g;
      return Dim(g) * pos(t.intern(p));
    }
    if (ordered_terms(t, p.terms).front().factor < 0) return pos(-a) + a;
    const auto id = t.atom(AtomKind::Pos, 0, a, 0);
    return id ? t.atom_dim(*id) : Dim::poison();
  });
}

Dim dim_max(Dim a, Dim b) {
  if (a.is_constant() && b.is_constant()) return std::max(a.constant(), b.constant());
  return b + pos(a - b);
}
Dim dim_min(Dim a, Dim b) {
  if (a.is_constant() && b.is_constant()) return std::min(a.constant(), b.constant());
  return a - pos(a - b);
}

Dim dim_pow(Dim a, int exponent) {
  if (exponent < 0 || a.is_poison()) return Dim::poison();
  if (a == Dim(0) || a == Dim(1)) return exponent == 0 ? Dim(1) : a;
  if (a == Dim(-1)) return exponent % 2 == 0 ? 1 : -1;
  Dim result = 1;
  for (int i = 0; i < exponent && !result.is_poison(); ++i) result = result * a;
  return result;
}

std::optional<Dim> exact_div(Dim a, Dim b) {
  if (a.is_poison() || b.is_poison() || b == Dim(0)) return std::nullopt;
  if (a.is_constant() && b.is_constant()) {
    if (a.constant() % b.constant() != 0) return std::nullopt;
    return Dim(a.constant() / b.constant());
  }
  DimTable::Impl& t = table();
  const auto quotient = divide_exactly(t, t.poly(a), t.poly(b));
  if (!quotient) return std::nullopt;
  const Dim result = finish(t, *quotient);
  if (result.is_poison()) return std::nullopt;
  return result;
}

std::vector<SymbolId> Dim::symbols() const {
  return is_constant() || is_poison() ? std::vector<SymbolId>{} : table().node(*this).facts.symbols;
}

namespace {

using Rewrite = std::function<std::optional<Dim>(const Atom&, Dim, Dim)>;

Dim rewrite(Dim dim, const Rewrite& atom_of, std::map<std::uint64_t, Dim>& done) {
  if (dim.is_constant() || dim.is_poison()) return dim;
  if (const auto found = done.find(dim.key()); found != done.end()) return found->second;
  DimTable::Impl& t = table();
  Dim sum = 0;
  for (const Term& term : t.poly(dim).terms) {
    Dim product = Dim(term.factor);
    for (const Power& power : std::vector<Power>(t.monomials[term.mono].powers)) {
      const Atom& atom = t.atoms[power.atom];
      const Dim argument = rewrite(atom.argument, atom_of, done);
      const Dim divisor = rewrite(atom.divisor, atom_of, done);
      Dim value;
      if (const auto given = atom_of(atom, argument, divisor)) {
        value = *given;
      } else if (atom.kind == AtomKind::Symbol || (argument == atom.argument && divisor == atom.divisor)) {
        value = t.atom_dim(power.atom);
      } else {
        value = atom.kind == AtomKind::Pos ? pos(argument) : floor_div(argument, divisor);
      }
      product = product * dim_pow(value, static_cast<int>(power.exponent));
    }
    sum = sum + product;
  }
  done.emplace(dim.key(), sum);
  return sum;
}

}  // namespace

Dim rewrite_atoms(Dim dim, const Rewrite& atom_of) {
  std::map<std::uint64_t, Dim> done;
  return rewrite(dim, atom_of, done);
}

Dim Dim::substitute(const std::map<SymbolId, Dim>& values) const {
  if (is_constant() || is_poison()) return *this;
  return rewrite_atoms(*this, [&](const Atom& atom, Dim, Dim) -> std::optional<Dim> {
    if (atom.kind != AtomKind::Symbol) return std::nullopt;
    const auto found = values.find(atom.symbol);
    if (found == values.end()) return std::nullopt;
    return found->second;
  });
}

std::optional<std::int64_t> Dim::evaluate(const std::map<SymbolId, std::int64_t>& point) const {
  if (is_poison()) return std::nullopt;
  if (is_constant()) return constant();
  const Point wide(point.begin(), point.end());
  Int128 value = 0;
  if (!evaluate_wide(table(), *this, wide, value) || value > INT64_MAX || value < INT64_MIN) return std::nullopt;
  return static_cast<std::int64_t>(value);
}

bool evaluate_wide(const DimTable::Impl& t, Dim dim, const Point& point, Int128& result) {
  if (dim.is_poison()) return false;
  result = 0;
  if (dim.is_constant()) {
    result = dim.constant();
    return true;
  }
  for (const Term& term : t.node(dim).terms) {
    Int128 product = term.factor;
    for (const Power& power : t.monomials[term.mono].powers) {
      const Atom& atom = t.atoms[power.atom];
      Int128 value = 0;
      if (atom.kind == AtomKind::Symbol) {
        const auto found =
            std::find_if(point.begin(), point.end(), [&](const auto& entry) { return entry.first == atom.symbol; });
        if (found == point.end()) return false;
        value = found->second;
      } else {
        Int128 under = 1;
        if (!evaluate_wide(t, atom.argument, point, value)) return false;
        if (atom.kind == AtomKind::Pos) {
          value = std::max<Int128>(value, 0);
        } else {
          if (!evaluate_wide(t, atom.divisor, point, under) || under == 0) return false;
          value = floor_div_wide(value, under);
        }
      }
      for (std::uint32_t i = 0; i < power.exponent; ++i)
        if (__builtin_mul_overflow(product, value, &product)) return false;
    }
    if (__builtin_add_overflow(result, product, &result)) return false;
  }
  return true;
}

}  // namespace modelc::types
