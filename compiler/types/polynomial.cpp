// Arithmetic and structural order of polynomials over atoms.
#include <algorithm>
#include <numeric>

#include "types/dim_table.h"

namespace modelc::types {

Poly add(const Poly& a, const Poly& b) {
  Poly sum;
  sum.bad = a.bad || b.bad;
  sum.terms.reserve(a.terms.size() + b.terms.size());
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < a.terms.size() || j < b.terms.size()) {
    if (j == b.terms.size() || (i < a.terms.size() && a.terms[i].mono < b.terms[j].mono)) {
      sum.terms.push_back(a.terms[i++]);
    } else if (i == a.terms.size() || b.terms[j].mono < a.terms[i].mono) {
      sum.terms.push_back(b.terms[j++]);
    } else {
      std::int64_t factor = 0;
      sum.bad |= __builtin_add_overflow(a.terms[i].factor, b.terms[j].factor, &factor);
      if (factor != 0) sum.terms.push_back({a.terms[i].mono, factor});
      ++i, ++j;
    }
  }
  return sum;
}

Poly scale(const Poly& a, std::int64_t factor) {
  Poly product;
  product.bad = a.bad;
  if (factor == 0) return product;
  product.terms = a.terms;
  for (Term& term : product.terms) product.bad |= __builtin_mul_overflow(term.factor, factor, &term.factor);
  return product;
}

Poly multiply(DimTable::Impl& t, const Poly& a, const Poly& b) {
  if (a.bad || b.bad || a.terms.size() * b.terms.size() > 16 * kMaxTerms) return {{}, true};
  if (b.is_constant()) return scale(a, b.constant());
  if (a.is_constant()) return scale(b, a.constant());
  std::vector<Term> terms;
  terms.reserve(a.terms.size() * b.terms.size());
  for (const Term& x : a.terms) {
    for (const Term& y : b.terms) {
      const auto mono = t.multiply(x.mono, y.mono);
      std::int64_t factor = 0;
      if (!mono || __builtin_mul_overflow(x.factor, y.factor, &factor)) return {{}, true};
      terms.push_back({*mono, factor});
    }
  }
  std::sort(terms.begin(), terms.end(), [](const Term& x, const Term& y) { return x.mono < y.mono; });
  Poly product;
  for (const Term& term : terms) {
    if (!product.terms.empty() && product.terms.back().mono == term.mono) {
      auto& factor = product.terms.back().factor;
      product.bad |= __builtin_add_overflow(factor, term.factor, &factor);
    } else {
      if (!product.terms.empty() && product.terms.back().factor == 0) product.terms.pop_back();
      product.terms.push_back(term);
    }
  }
  if (!product.terms.empty() && product.terms.back().factor == 0) product.terms.pop_back();
  return product;
}

namespace {

/// Graded, then lexicographic by atom id: an order that multiplication keeps, as exact division needs.
bool graded_less(const Monomial& a, const Monomial& b) {
  if (a.exponents != b.exponents) return a.exponents < b.exponents;
  std::size_t i = 0;
  for (; i < a.powers.size() && i < b.powers.size(); ++i) {
    if (a.powers[i].atom != b.powers[i].atom) return a.powers[i].atom > b.powers[i].atom;
    if (a.powers[i].exponent != b.powers[i].exponent) return a.powers[i].exponent < b.powers[i].exponent;
  }
  return a.powers.size() - i < b.powers.size() - i;
}

Term leading(const DimTable::Impl& t, const Poly& a) {
  return *std::max_element(a.terms.begin(), a.terms.end(), [&](const Term& x, const Term& y) {
    return graded_less(t.monomials[x.mono], t.monomials[y.mono]);
  });
}

std::optional<MonoId> divide(DimTable::Impl& t, MonoId a, MonoId b) {
  std::vector<Power> powers;
  const auto& y = t.monomials[b].powers;
  std::size_t j = 0;
  for (const Power& power : t.monomials[a].powers) {
    if (j < y.size() && y[j].atom == power.atom) {
      if (y[j].exponent > power.exponent) return std::nullopt;
      if (power.exponent > y[j].exponent) powers.push_back({power.atom, power.exponent - y[j].exponent});
      ++j;
    } else {
      powers.push_back(power);
    }
  }
  return j == y.size() ? t.monomial(std::move(powers)) : std::nullopt;
}

}  // namespace

std::optional<Poly> divide_exactly(DimTable::Impl& t, const Poly& a, const Poly& b) {
  if (a.bad || b.bad || b.terms.empty()) return std::nullopt;
  const Term divisor = leading(t, b);
  Poly rest = a;
  Poly quotient;
  for (std::size_t step = 0; !rest.terms.empty(); ++step) {
    if (step > 2 * kMaxTerms || rest.terms.size() > 2 * kMaxTerms) return std::nullopt;
    const Term top = leading(t, rest);
    const auto mono = divide(t, top.mono, divisor.mono);
    if (!mono || (divisor.factor == -1 && top.factor == INT64_MIN) || top.factor % divisor.factor != 0)
      return std::nullopt;
    const Poly piece{{{*mono, top.factor / divisor.factor}}, false};
    quotient = add(quotient, piece);
    rest = add(rest, scale(multiply(t, piece, b), -1));
    if (rest.bad || quotient.bad) return std::nullopt;
  }
  return quotient;
}

std::int64_t common_factor(const Poly& a, bool with_constant) {
  std::int64_t g = 0;
  for (const Term& term : a.terms)
    if ((with_constant || term.mono != 0) && term.factor != INT64_MIN) g = std::gcd(g, term.factor);
  return g;
}

namespace {

int compare_dims(const DimTable::Impl& t, Dim a, Dim b) {
  if (a == b) return 0;
  if (a.is_constant() && b.is_constant()) return a.constant() < b.constant() ? -1 : 1;
  const auto x = ordered_terms(t, t.poly(a).terms);
  const auto y = ordered_terms(t, t.poly(b).terms);
  for (std::size_t i = 0; i < x.size() && i < y.size(); ++i) {
    if (const int order = compare_monomials(t, x[i].mono, y[i].mono); order != 0) return order;
    if (x[i].factor != y[i].factor) return x[i].factor < y[i].factor ? -1 : 1;
  }
  return x.size() < y.size() ? -1 : 1;
}

}  // namespace

int compare_atoms(const DimTable::Impl& t, AtomId a, AtomId b) {
  if (a == b) return 0;
  const Atom& x = t.atoms[a];
  const Atom& y = t.atoms[b];
  if (x.kind != y.kind) return x.kind < y.kind ? -1 : 1;
  if (x.kind == AtomKind::Symbol) return x.symbol < y.symbol ? -1 : 1;
  if (const int order = compare_dims(t, x.divisor, y.divisor); order != 0) return order;
  return compare_dims(t, x.argument, y.argument);
}

int compare_monomials(const DimTable::Impl& t, MonoId a, MonoId b) {
  if (a == b) return 0;
  const Monomial& x = t.monomials[a];
  const Monomial& y = t.monomials[b];
  if (x.exponents != y.exponents) return x.exponents > y.exponents ? -1 : 1;
  const auto ordered = [&](const Monomial& m) {
    std::vector<Power> powers = m.powers;
    std::sort(powers.begin(), powers.end(),
              [&](const Power& p, const Power& q) { return compare_atoms(t, p.atom, q.atom) < 0; });
    return powers;
  };
  const auto p = ordered(x);
  const auto q = ordered(y);
  for (std::size_t i = 0; i < p.size() && i < q.size(); ++i) {
    if (const int order = compare_atoms(t, p[i].atom, q[i].atom); order != 0) return order;
    if (p[i].exponent != q[i].exponent) return p[i].exponent > q[i].exponent ? -1 : 1;
  }
  return p.size() < q.size() ? -1 : 1;
}

std::vector<Term> ordered_terms(const DimTable::Impl& t, const std::vector<Term>& terms) {
  std::vector<Term> ordered = terms;
  std::sort(ordered.begin(), ordered.end(),
            [&](const Term& a, const Term& b) { return compare_monomials(t, a.mono, b.mono) < 0; });
  return ordered;
}

}  // namespace modelc::types
