#include "types/conditions.h"

#include <algorithm>
#include <set>

#include "types/decide.h"
#include "types/dim_form.h"

namespace modelc::types {

namespace {

struct Recorded {
  SymbolId symbol = 0;
  ValueSet set;
  std::string words;
  Origin origin;
  bool assumed = false;
};

using Sets = std::vector<std::pair<SymbolId, ValueSet>>;

const std::string& name_of(SymbolId symbol) { return DimTable::current().symbol_name(symbol); }

ValueSet universe(SymbolId symbol) { return ValueSet::from(table().symbol(symbol).least); }

/// `set` in words, to whom knows `base`: plain where that is as short.
std::string words_within(const ValueSet& set, const ValueSet& base, SymbolId symbol) {
  const ValueSet all = universe(symbol);
  std::string plain = words(set, all, name_of(symbol));
  if (ValueSet::subset(all, base)) return plain;
  const auto part = ValueSet::intersect(set, base);
  if (!part || part->empty()) return plain;
  std::string within = words(*part, base, name_of(symbol));
  return within.size() < plain.size() ? within : plain;
}

bool is_bound(const ValueSet& set) { return set.modulus() == 1 && set.of_class(0).size() == 1; }

/// Only residues are asked: each class is all or nothing.
bool is_residue(const ValueSet& set, std::int64_t least) {
  for (std::int64_t r = 0; r < set.modulus(); ++r) {
    const Intervals& list = set.of_class(r);
    if (list.empty()) continue;
    if (list.size() != 1 || list[0].high != kUnbounded || (list[0].low - 1) * set.modulus() + r >= least) return false;
  }
  return true;
}

/// One symbol and nothing else.
bool is_symbol(Dim dim) {
  if (dim.is_constant() || dim.is_poison()) return false;
  const auto products = products_of(dim);
  return products.size() == 1 && products[0].coefficient == 1 && products[0].factors.size() == 1 &&
         products[0].factors[0].kind == DimFactor::Symbol && products[0].factors[0].exponent == 1;
}

std::string relation_text(Dim a, Relation relation, Dim b) {
  return a.str() + (relation == Relation::Equal ? " == " : " >= ") + b.str();
}

}  // namespace

struct Conditions::Impl {
  Domains domains;  // everything known
  Domains where;    // what the user stated alone
  std::vector<Recorded> recorded;
  std::vector<Requirement> requirements;
  std::set<std::pair<std::uint64_t, Relation>> held;  // once true, true: domains only shrink
  std::map<SymbolId, Dim> equal;                      // what the user stated to be the size that another symbol is

  /// The difference of two sizes, with one symbol for those that are stated to be equal.
  Dim difference(Dim a, Dim b) const {
    const Dim p = a - b;
    return equal.empty() || p.is_poison() || p.is_constant() ? p : p.substitute(equal);
  }

  /// The user's word that two sizes are one: where one of them is a symbol it stands for the other from now on.
  void identify(Dim a, Dim b) {
    for (const auto& [symbol, other] : {std::pair{a, b}, std::pair{b, a}}) {
      const Dim one = symbol.substitute(equal), value = other.substitute(equal);
      const std::vector<SymbolId> within = value.symbols();
      if (!is_symbol(one) || std::find(within.begin(), within.end(), one.symbols()[0]) != within.end()) continue;
      for (auto& [known, meant] : equal) meant = meant.substitute({{one.symbols()[0], value}});
      equal.emplace(one.symbols()[0], value);
      return;
    }
  }

  Domains domains_of(const std::vector<std::size_t>& chosen) const {
    Domains result;
    for (const std::size_t i : chosen) narrow(result, recorded[i].symbol, recorded[i].set);
    return result;
  }

  static void narrow(Domains& domains, SymbolId symbol, const ValueSet& set) {
    // Where the common modulus is too large the wider domain stays: sound, only less is known.
    if (auto both = ValueSet::intersect(domain_of(table(), domains, symbol), set))
      domains.insert_or_assign(symbol, std::move(*both));
  }

  std::string words_of(const Sets& sets) const {
    std::string text;
    for (const auto& [symbol, set] : sets)
      text += (text.empty() ? "" : ", ") + words_within(set, domain_of(table(), where, symbol), symbol);
    return text;
  }

  /// As it reads without the conditions recorded so far.
  Decision under_where(Dim p, Relation relation, Decision decision) const {
    Decision stated = decide(p, relation, where);
    return stated.verdict == Verdict::Conditional ? stated : decision;
  }

  std::string relation_words(Dim a, Relation relation, Dim b) const {
    const auto solutions = solve(a - b, relation);
    if (solutions && !solutions->empty()) return words_of({{(a - b).symbols()[0], *solutions}});
    const Decision alone = decide(a - b, relation, where);
    if (alone.verdict == Verdict::Conditional) return words_of(alone.sets);
    return relation_text(a, relation, b);
  }

  /// Nothing is left: which recorded conditions are to blame, if any.
  Outcome conflict(Dim p, const std::string& words, const Origin& origin,
                   const std::function<bool(const Domains&)>& fails) const {
    const auto symbols = p.symbols();
    std::vector<std::size_t> kept;
    for (std::size_t i = 0; i < recorded.size(); ++i)
      if (std::binary_search(symbols.begin(), symbols.end(), recorded[i].symbol)) kept.push_back(i);
    for (std::size_t i = 0; i < kept.size();) {
      std::vector<std::size_t> fewer = kept;
      fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
      if (fails(domains_of(fewer))) {
        kept = std::move(fewer);
      } else {
        ++i;
      }
    }
    Outcome outcome;
    outcome.verdict = kept.empty() ? Verdict::Fails : Verdict::Contradiction;
    for (const std::size_t i : kept) outcome.conflict.emplace_back(recorded[i].words, recorded[i].origin);
    if (!kept.empty()) outcome.conflict.emplace_back(words, origin);
    return outcome;
  }

  Outcome judge(Dim a, Relation relation, Dim b, const Origin& origin, Sets* sets) const {
    Outcome outcome;
    const Dim p = difference(a, b);
    if (p.is_constant()) {
      const bool holds = relation == Relation::Equal ? p.constant() == 0 : p.constant() >= 0;
      outcome.verdict = holds ? Verdict::Holds : Verdict::Fails;
      return outcome;
    }
    if (held.count({p.key(), relation}) != 0) return outcome;
    Decision decision = decide(p, relation, domains);
    outcome.verdict = decision.verdict;
    outcome.words = decision.words;
    if (decision.verdict == Verdict::Fails)
      return conflict(p, relation_words(a, relation, b), origin,
                      [&](const Domains& some) { return decide(p, relation, some).verdict == Verdict::Fails; });
    if (decision.verdict == Verdict::Conditional) {
      decision = under_where(p, relation, std::move(decision));
      outcome.words = words_of(decision.sets);
      if (sets != nullptr) *sets = std::move(decision.sets);
    }
    return outcome;
  }

  void record(const Sets& sets, const Origin& origin, bool assumed) {
    for (const auto& [symbol, set] : sets) {
      recorded.push_back({symbol, set, words_of({{symbol, set}}), origin, assumed});
      narrow(domains, symbol, set);
      if (assumed) narrow(where, symbol, set);
    }
  }

  Outcome add(Dim a, Relation relation, Dim b, const Origin& origin, bool assumed) {
    Sets sets;
    Outcome outcome = judge(a, relation, b, origin, &sets);
    const bool between_symbols = outcome.verdict == Verdict::Relates || outcome.verdict == Verdict::Undecided;
    if (between_symbols && !assumed && depends_on_data(a - b)) {
      // What data decide cannot be told before they are there: it is checked then.
      outcome = {Verdict::Conditional, relation_text(a, relation, b), {}};
      requirements.push_back({a, relation, b, origin, outcome.words});
      return outcome;
    }
    if (outcome.verdict == Verdict::Conditional) {
      record(sets, origin, assumed);
      requirements.push_back({a, relation, b, origin, outcome.words});
    } else if (assumed && between_symbols && !(a - b).is_poison()) {
      // Nothing can be concluded of it, but a stated condition is always checked when data arrive.
      requirements.push_back({a, relation, b, origin, relation_text(a, relation, b)});
      held.emplace(difference(a, b).key(), relation);
      if (relation == Relation::Equal) {
        held.emplace(difference(b, a).key(), relation);
        identify(a, b);
      }
    }
    if (outcome.ok() && !(a - b).is_constant()) held.emplace((a - b).key(), relation);
    return outcome;
  }
};

Conditions::Conditions() : impl_(std::make_unique<Impl>()) {}
Conditions::~Conditions() = default;
Conditions::Conditions(const Conditions& other) : impl_(std::make_unique<Impl>(*other.impl_)) {}
Conditions& Conditions::operator=(const Conditions& other) {
  if (this != &other) impl_ = std::make_unique<Impl>(*other.impl_);
  return *this;
}
Conditions::Conditions(Conditions&&) noexcept = default;
Conditions& Conditions::operator=(Conditions&&) noexcept = default;

Outcome Conditions::require(Dim a, Relation relation, Dim b, const Origin& origin) {
  return impl_->add(a, relation, b, origin, false);
}

Outcome Conditions::compare(Dim a, Relation relation, Dim b) const { return impl_->judge(a, relation, b, {}, nullptr); }

Outcome Conditions::assume(Dim a, Relation relation, Dim b, const Origin& origin) {
  return impl_->add(a, relation, b, origin, true);
}

Outcome Conditions::assume_not_equal(Dim a, Dim b, const Origin& origin) {
  const Dim p = a - b;
  Outcome outcome;
  if (p.is_constant()) {
    outcome.verdict = p.constant() != 0 ? Verdict::Holds : Verdict::Fails;
    return outcome;
  }
  // Kept for run time as a square, the two relations being all that a requirement knows.
  const Requirement kept{p * p, Relation::AtLeast, 1, origin, a.str() + " != " + b.str()};
  const auto zeros = p.is_poison() || p.symbols().size() != 1 ? nullptr : solve(p, Relation::Equal);
  const SymbolId symbol = zeros ? p.symbols()[0] : 0;
  const auto allowed = zeros ? ValueSet::minus(universe(symbol), *zeros) : std::nullopt;
  if (!allowed) {
    const bool never = !p.is_poison() && decide(p, Relation::Equal, impl_->domains).verdict == Verdict::Fails;
    outcome.verdict = never ? Verdict::Holds : Verdict::Undecided;
    if (!never && !kept.a.is_poison()) impl_->requirements.push_back(kept);
    return outcome;
  }
  const ValueSet domain = domain_of(table(), impl_->domains, symbol);
  if (ValueSet::subset(domain, *allowed)) return outcome;
  const auto fails = [&](const Domains& some) { return ValueSet::subset(domain_of(table(), some, symbol), *zeros); };
  if (fails(impl_->domains)) return impl_->conflict(p, kept.words, origin, fails);
  outcome.verdict = Verdict::Conditional;
  outcome.words = impl_->words_of({{symbol, *allowed}});
  impl_->record({{symbol, *allowed}}, origin, true);
  if (!kept.a.is_poison()) impl_->requirements.push_back(kept);
  return outcome;
}

Dim Conditions::simplify(Dim dim) const { return simplify_under(dim, impl_->domains); }

bool Conditions::at_least(Dim dim, std::int64_t bound) const { return always_at_least(dim, bound, impl_->domains); }

std::optional<std::int64_t> Conditions::admissible(SymbolId symbol, std::int64_t preferred) const {
  return domain_of(table(), impl_->domains, symbol).nearest(preferred);
}

const std::vector<Requirement>& Conditions::requirements() const { return impl_->requirements; }

void Conditions::withdraw(const std::function<bool(const Requirement&)>& gone) {
  std::erase_if(impl_->requirements, [&](const Requirement& r) {
    return depends_on_data(r.a - r.b) && (r.a - r.b).symbols().size() > 1 && gone(r);
  });
}

namespace {

/// Conditions on one symbol that print as one.
struct Group {
  std::vector<const Recorded*> members;
  ValueSet set;
};

/// The members without which the group would say less.
std::vector<Origin> needed(const Group& group, const ValueSet& where) {
  std::vector<const Recorded*> kept = group.members;
  for (std::size_t i = 0; i < kept.size() && kept.size() > 1;) {
    std::optional<ValueSet> rest = where;
    for (std::size_t j = 0; j < kept.size() && rest; ++j)
      if (j != i) rest = ValueSet::intersect(*rest, kept[j]->set);
    if (rest && ValueSet::subset(*rest, group.set)) {
      kept.erase(kept.begin() + static_cast<std::ptrdiff_t>(i));
    } else {
      ++i;
    }
  }
  std::vector<Origin> origins;
  for (const Recorded* one : kept) {
    const bool seen = std::any_of(origins.begin(), origins.end(), [&](const Origin& origin) {
      return origin.span == one->origin.span && origin.what == one->origin.what;
    });
    if (!seen) origins.push_back(one->origin);
  }
  return origins;
}

std::vector<Group> groups_of(const std::vector<const Recorded*>& conditions, SymbolId symbol) {
  const ValueSet all = universe(symbol);
  const std::int64_t least = table().symbol(symbol).least;
  Group bounds{{}, all};
  Group residues{{}, all};
  std::vector<Group> mixed;
  const auto join = [&](Group& group, const Recorded* one) {
    auto both = ValueSet::intersect(group.set, one->set);
    if (!both) {
      mixed.push_back({{one}, one->set});
      return;
    }
    group.members.push_back(one);
    group.set = std::move(*both);
  };
  for (const Recorded* one : conditions) {
    if (is_bound(one->set)) {
      join(bounds, one);
    } else if (is_residue(one->set, least)) {
      join(residues, one);
    } else {
      mixed.push_back({{one}, one->set});
    }
  }
  std::vector<Group> groups;
  if (!bounds.members.empty()) groups.push_back(std::move(bounds));
  if (!residues.members.empty()) groups.push_back(std::move(residues));
  groups.insert(groups.end(), mixed.begin(), mixed.end());
  return groups;
}

}  // namespace

std::vector<std::pair<std::string, std::vector<Origin>>> Conditions::merged() const {
  std::map<SymbolId, std::vector<const Recorded*>> by_symbol;
  for (const Recorded& one : impl_->recorded)
    if (!one.assumed) by_symbol[one.symbol].push_back(&one);
  std::vector<std::pair<std::string, std::vector<Origin>>> result;
  for (const auto& [symbol, conditions] : by_symbol) {
    const ValueSet where = domain_of(table(), impl_->where, symbol);
    std::vector<Group> groups = groups_of(conditions, symbol);
    for (std::size_t i = 0; i < groups.size();) {
      std::optional<ValueSet> rest = where;
      for (std::size_t j = 0; j < groups.size() && rest; ++j)
        if (j != i) rest = ValueSet::intersect(*rest, groups[j].set);
      if (rest && ValueSet::subset(*rest, groups[i].set)) {
        groups.erase(groups.begin() + static_cast<std::ptrdiff_t>(i));
      } else {
        ++i;
      }
    }
    for (const Group& group : groups) result.emplace_back(words_within(group.set, where, symbol), needed(group, where));
  }
  return result;
}

}  // namespace modelc::types
