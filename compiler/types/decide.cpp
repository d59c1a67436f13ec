#include "types/decide.h"

#include <algorithm>
#include <numeric>

namespace modelc::types {

namespace {

constexpr std::int64_t kMaxBoxes = 4096;
constexpr std::size_t kMaxDecidedTerms = 64;

Decision just(Verdict verdict) { return {verdict, {}, ""}; }

/// Divides by what is common to all terms and positive.
Dim without_common(DimTable::Impl& t, Dim p, const Domains& domains) {
  if (p.is_constant() || p.is_poison()) return p;
  Poly poly = t.poly(p);
  const std::int64_t g = common_factor(poly, true);
  if (g > 1)
    for (Term& term : poly.terms) term.factor /= g;
  std::vector<Power> common = t.monomials[poly.terms.back().mono].powers;
  for (const Power& power : common) {
    const Atom atom = t.atoms[power.atom];
    const Dim dim = t.atom_dim(power.atom);
    const bool in_all = std::all_of(poly.terms.begin(), poly.terms.end(), [&](const Term& term) {
      const auto& powers = t.monomials[term.mono].powers;
      return std::any_of(powers.begin(), powers.end(), [&](const Power& q) { return q.atom == power.atom; });
    });
    if (!in_all || !always_at_least(dim, 1, domains)) continue;
    for (std::uint32_t i = 0; i < power.exponent; ++i) {
      const auto quotient = divide_exactly(t, poly, t.poly(dim));
      if (!quotient) break;
      poly = *quotient;
    }
  }
  return t.intern(std::move(poly));
}

bool never_zero(DimTable::Impl& t, Dim p, const Domains& domains) {
  const Poly poly = t.poly(p);
  const std::int64_t g = common_factor(poly, false);
  if (g > 1 && poly.constant() % g != 0) return true;
  return always_at_least(p, 1, domains) || always_at_least(-p, 1, domains);
}

Decision decide_one(DimTable::Impl& t, Dim p, Relation relation, const Domains& domains) {
  const SymbolId symbol = t.facts(p).symbols[0];
  const auto solutions = solve(p, relation);
  if (!solutions) return just(Verdict::Undecided);
  const ValueSet domain = domain_of(t, domains, symbol);
  if (ValueSet::subset(domain, *solutions)) return just(Verdict::Holds);
  const auto left = ValueSet::intersect(domain, *solutions);
  if (!left) return just(Verdict::Undecided);
  if (left->empty()) return just(Verdict::Fails);
  return {Verdict::Conditional, {{symbol, *solutions}}, ""};
}

enum class Box { Zero, NotZero, Unknown };

Box judge(DimTable::Impl& t, Dim q) {
  if (q.is_poison()) return Box::Unknown;
  q = without_common(t, q, {});
  if (q.is_constant()) return q.constant() == 0 ? Box::Zero : Box::NotZero;
  const auto symbols = q.symbols();
  if (symbols.size() == 1) {
    if (const auto set = solve(q, Relation::Equal)) {
      if (set->empty()) return Box::NotZero;
      return ValueSet::subset(domain_of(t, {}, symbols[0]), *set) ? Box::Zero : Box::Unknown;
    }
  }
  return never_zero(t, q, {}) ? Box::NotZero : Box::Unknown;
}

struct Axis {
  SymbolId symbol = 0;
  std::int64_t length = 1;
  std::int64_t least = 0;
  std::vector<std::int64_t> residues;  // admitted
  std::vector<char> good;              // per admitted residue
};

/// Equality of several symbols by residues: every combination is zero or is not. Undecided where one is neither.
Decision decide_boxes(DimTable::Impl& t, Dim p, const Domains& domains) {
  std::vector<Axis> axes;
  std::int64_t boxes = 1;
  for (const SymbolId symbol : p.symbols()) {
    const auto length = period(t, p, symbol, kMaxBoxes);
    if (!length || boxes * *length > kMaxBoxes) return just(Verdict::Undecided);
    boxes *= *length;
    const ValueSet domain = domain_of(t, domains, symbol);
    Axis axis{symbol, *length, domain.min().value_or(0), domain.residues(*length), {}};
    if (axis.residues.empty()) {
      axis.residues.resize(static_cast<std::size_t>(axis.length));
      std::iota(axis.residues.begin(), axis.residues.end(), 0);
    }
    axis.good.assign(axis.residues.size(), 0);
    axes.push_back(std::move(axis));
  }
  if (boxes == 1) return just(Verdict::Undecided);
  std::vector<std::size_t> at(axes.size(), 0);
  std::size_t good = 0;
  std::size_t all = 0;
  while (true) {
    std::map<SymbolId, Dim> values;
    for (std::size_t i = 0; i < axes.size(); ++i) {
      const Axis& axis = axes[i];
      const std::int64_t r = axis.residues[at[i]];
      const std::int64_t least = -floor_div_int(-(axis.least - r), axis.length);
      values.emplace(axis.symbol, Dim(axis.length) * t.hidden_symbol(200000 + i, least) + Dim(r));
    }
    const Box box = judge(t, p.substitute(values));
    if (box == Box::Unknown) return just(Verdict::Undecided);
    ++all;
    if (box == Box::Zero) {
      ++good;
      for (std::size_t i = 0; i < axes.size(); ++i) axes[i].good[at[i]] = 1;
    }
    std::size_t i = 0;
    while (i < axes.size() && ++at[i] == axes[i].residues.size()) at[i++] = 0;
    if (i == axes.size()) break;
  }
  if (good == all) return just(Verdict::Holds);
  if (good == 0) return just(Verdict::Fails);
  Decision decision{Verdict::Conditional, {}, ""};
  std::size_t product = 1;
  for (const Axis& axis : axes) {
    const auto count = static_cast<std::size_t>(std::count(axis.good.begin(), axis.good.end(), 1));
    product *= count;
    if (count == axis.good.size()) continue;
    std::vector<Intervals> classes(static_cast<std::size_t>(axis.length));
    const std::int64_t least = t.symbol(axis.symbol).least;
    for (std::size_t i = 0; i < axis.good.size(); ++i) {
      if (axis.good[i] == 0) continue;
      const std::int64_t r = axis.residues[i];
      classes[static_cast<std::size_t>(r)] = {{-floor_div_int(-(least - r), axis.length), kUnbounded}};
    }
    decision.sets.emplace_back(axis.symbol, ValueSet::of_classes(std::move(classes)));
  }
  return product == good ? decision : just(Verdict::Undecided);
}

/// Looks for a point that holds and one that does not.
Decision decide_samples(DimTable::Impl& t, Dim p, const Domains& domains) {
  const auto symbols = p.symbols();
  std::vector<std::vector<std::int64_t>> values;
  for (const SymbolId symbol : symbols) {
    const ValueSet domain = domain_of(t, domains, symbol);
    auto list = domain.first(symbols.size() <= 3 ? 12 : 6);
    for (const std::int64_t wanted : {32, 224})
      if (const auto near = domain.nearest(wanted)) list.push_back(*near);
    if (list.empty()) return just(Verdict::Undecided);
    values.push_back(std::move(list));
  }
  std::string holds;
  std::string fails;
  std::vector<std::size_t> at(symbols.size(), 0);
  for (int step = 0; step < 4096 && (holds.empty() || fails.empty()); ++step) {
    Point point;
    for (std::size_t i = 0; i < symbols.size(); ++i) point.emplace_back(symbols[i], values[i][at[i]]);
    Int128 value = 0;
    if (evaluate_wide(t, p, point, value)) {
      std::string& slot = value == 0 ? holds : fails;
      if (slot.empty()) {
        for (std::size_t i = 0; i < symbols.size(); ++i)
          slot += (i == 0 ? "" : ", ") + t.symbol(symbols[i]).name + " = " + std::to_string(values[i][at[i]]);
      }
    }
    std::size_t i = 0;
    while (i < symbols.size() && ++at[i] == values[i].size()) at[i++] = 0;
    if (i == symbols.size()) break;
  }
  if (holds.empty() || fails.empty()) return just(Verdict::Undecided);
  return {Verdict::Relates, {}, "equal for " + holds + ", not for " + fails};
}

/// `c*x*y >= k` with k <= c: as good as each factor being at least 1.
Decision decide_product(DimTable::Impl& t, Dim p, const Domains& domains) {
  const Poly poly = t.poly(p);
  if (poly.terms.size() != 2 || poly.terms[0].mono != 0 || poly.terms[0].factor >= 0 ||
      poly.terms[1].factor < -poly.terms[0].factor)
    return just(Verdict::Undecided);
  std::map<SymbolId, ValueSet> sets;
  for (const Power& power : std::vector<Power>(t.monomials[poly.terms[1].mono].powers)) {
    const Dim factor = t.atom_dim(power.atom);
    if (always_at_least(factor, 1, domains)) continue;
    if (!always_at_least(factor, 0, domains) || factor.symbols().size() != 1) return just(Verdict::Undecided);
    const Decision one = decide_one(t, factor - Dim(1), Relation::AtLeast, domains);
    if (one.verdict != Verdict::Conditional) return one;
    for (const auto& [symbol, set] : one.sets) {
      const auto [found, fresh] = sets.emplace(symbol, set);
      if (fresh) continue;
      const auto both = ValueSet::intersect(found->second, set);
      if (!both) return just(Verdict::Undecided);
      found->second = *both;
    }
  }
  if (sets.empty()) return just(Verdict::Holds);
  return {Verdict::Conditional, {sets.begin(), sets.end()}, ""};
}

}  // namespace

Decision decide(Dim p, Relation relation, const Domains& domains) {
  if (p.is_poison()) return just(Verdict::Undecided);
  DimTable::Impl& t = table();
  for (int round = 0; round < 2; ++round) {
    p = without_common(t, p, domains);
    if (p.is_poison()) return just(Verdict::Undecided);
    if (p.is_constant()) {
      const bool holds = relation == Relation::Equal ? p.constant() == 0 : p.constant() >= 0;
      return just(holds ? Verdict::Holds : Verdict::Fails);
    }
    if (t.node(p).terms.size() > kMaxDecidedTerms) return just(Verdict::Undecided);
    if (t.facts(p).symbols.size() == 1) {
      const Decision one = decide_one(t, p, relation, domains);
      if (one.verdict != Verdict::Undecided) return one;
    }
    const Dim simpler = simplify_under(p, domains);
    if (simpler == p) break;
    p = simpler;
  }
  if (p.is_constant()) return decide(p, relation, domains);
  if (relation == Relation::AtLeast) {
    if (always_at_least(p, 0, domains)) return just(Verdict::Holds);
    if (always_at_least(-p, 1, domains)) return just(Verdict::Fails);
    return decide_product(t, p, domains);
  }
  if (never_zero(t, p, domains)) return just(Verdict::Fails);
  if (t.facts(p).symbols.size() == 1) {
    const Decision one = decide_one(t, p, relation, domains);
    return one;
  }
  const Decision boxes = decide_boxes(t, p, domains);
  return boxes.verdict != Verdict::Undecided ? boxes : decide_samples(t, p, domains);
}

}  // namespace modelc::types
