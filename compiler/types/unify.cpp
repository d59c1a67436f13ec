// Binding of a call's sizes: bare symbols first, then whatever has one unknown left, until nothing moves.
#include <algorithm>

#include "types/conditions.h"
#include "types/solve.h"

namespace modelc::types {

namespace {

/// `c*X + e` with neither c nor e over X; nullopt where X is not linear or stands in a floor.
struct Linear {
  Dim factor;
  Dim rest;
};

std::optional<Linear> linear_in(Dim dim, SymbolId unknown) {
  DimTable::Impl& t = table();
  const auto contains = [&](const std::vector<SymbolId>& symbols) {
    return std::binary_search(symbols.begin(), symbols.end(), unknown);
  };
  Linear result{0, 0};
  for (const Term& term : t.poly(dim).terms) {
    Dim others = Dim(term.factor);
    std::uint32_t degree = 0;
    for (const Power& power : std::vector<Power>(t.monomials[term.mono].powers)) {
      const Atom& atom = t.atoms[power.atom];
      if (atom.kind == AtomKind::Symbol && atom.symbol == unknown) {
        degree = power.exponent;
      } else if (contains(atom.facts.symbols)) {
        return std::nullopt;
      } else {
        others = others * dim_pow(t.atom_dim(power.atom), static_cast<int>(power.exponent));
      }
    }
    if (degree > 1) return std::nullopt;
    (degree == 1 ? result.factor : result.rest) = (degree == 1 ? result.factor : result.rest) + others;
  }
  return result;
}

class Unifier {
 public:
  Unifier(const std::vector<Dim>& formal, const std::vector<Dim>& actual,
          const std::function<bool(SymbolId)>& is_formal, const std::map<SymbolId, Dim>& known, Conditions& conditions,
          const Origin& origin)
      : formal_(formal),
        actual_(actual),
        is_formal_(is_formal),
        bound_(known),
        conditions_(conditions),
        origin_(origin),
        done_(formal.size(), false) {}

  Unification run() {
    if (formal_.size() != actual_.size()) {
      result_.index = std::min(formal_.size(), actual_.size());
      fail(result_.index, std::to_string(actual_.size()) + " dimensions, expected " + std::to_string(formal_.size()));
      return result_;
    }
    for (std::size_t i = 0; i < formal_.size() && result_.ok; ++i) bind_bare(i);
    bool moved = true;
    while (moved && result_.ok) {
      moved = false;
      for (std::size_t i = 0; i < formal_.size() && result_.ok; ++i) {
        if (done_[i]) continue;
        done_[i] = settle(i);
        moved |= done_[i];
      }
    }
    if (result_.ok) report_left();
    return result_;
  }

 private:
  void fail(std::size_t index, std::string error) {
    result_.ok = false;
    result_.index = index;
    result_.error = std::move(error);
  }

  std::vector<SymbolId> unknowns(Dim dim) const {
    std::vector<SymbolId> left;
    for (const SymbolId symbol : dim.symbols())
      if (is_formal_(symbol) && bound_.count(symbol) == 0) left.push_back(symbol);
    return left;
  }

  void bind(SymbolId symbol, Dim value) {
    bound_.insert_or_assign(symbol, value);
    result_.values.insert_or_assign(symbol, value);
  }

  /// False where the requirement cannot be met; the report is made.
  bool demand(std::size_t index, Dim a, Relation relation, Dim b, const std::string& error) {
    if (a.is_poison() || b.is_poison()) return true;  // reported where it arose
    Outcome outcome = conditions_.require(a, relation, b, origin_);
    if (outcome.ok()) return true;
    fail(index, error);
    result_.outcome = std::move(outcome);
    return false;
  }

  std::string text(std::size_t i) const { return "`" + formal_[i].str() + "`"; }
  std::string against(std::size_t i) const { return text(i) + " cannot be `" + actual_[i].str() + "`"; }

  static std::string name(SymbolId symbol) { return "`" + DimTable::current().symbol_name(symbol) + "`"; }

  bool demand_least(std::size_t i, SymbolId symbol, Dim value) {
    if (depends_on_data(value)) return true;  // may be none: who needs one says so
    const std::int64_t least = DimTable::current().symbol_least(symbol);
    return demand(i, value, Relation::AtLeast, Dim(least),
                  against(i) + ": " + name(symbol) + " would be `" + value.str() + "`, expected at least " +
                      std::to_string(least));
  }

  void bind_bare(std::size_t i) {
    const auto left = unknowns(formal_[i]);
    if (left.size() != 1) return;
    const Dim bare = table().atom_dim(*table().atom(AtomKind::Symbol, left[0], 0, 0));
    if (formal_[i] != bare) return;
    done_[i] = true;
    if (!actual_[i].is_poison() && !demand_least(i, left[0], actual_[i])) return;
    bind(left[0], actual_[i]);
  }

  bool settle(std::size_t i) {
    const Dim formal = formal_[i].substitute(bound_);
    const Dim actual = actual_[i];
    const auto left = unknowns(formal_[i]);
    if (left.empty()) {
      const std::string shown = formal == formal_[i] ? "" : " (`" + formal.str() + "`)";
      demand(i, formal, Relation::Equal, actual, text(i) + shown + " cannot be `" + actual.str() + "`");
      return true;
    }
    if (left.size() > 1) return false;
    const SymbolId unknown = left[0];
    if (actual.is_poison() || formal.is_poison()) {
      bind(unknown, Dim::poison());
      return true;
    }
    const auto remaining = formal.symbols();
    if (!std::binary_search(remaining.begin(), remaining.end(), unknown)) {
      // It cancelled out (`H*0`): nothing here says what it is.
      demand(i, formal, Relation::Equal, actual, against(i));
      return false;
    }
    if (const auto linear = linear_in(formal, unknown)) return bind_linear(i, unknown, *linear, actual);
    return bind_solved(i, unknown, formal, actual);
  }

  bool bind_linear(std::size_t i, SymbolId unknown, const Linear& linear, Dim actual) {
    const Dim total = actual - linear.rest;
    Dim value;
    if (const auto exact = exact_div(total, linear.factor)) {
      value = *exact;
    } else if (linear.factor.is_constant()) {
      const std::int64_t step = linear.factor.constant() < 0 ? -linear.factor.constant() : linear.factor.constant();
      std::string shown = total == actual ? "`" + actual.str() + "`" : "`" + total.str() + "`";
      if (!demand(i, floor_mod(total, Dim(step)), Relation::Equal, 0,
                  against(i) + ": " + shown + " is not a multiple of " + std::to_string(step)))
        return true;
      // Known to divide: the short form says so where it can.
      value = conditions_.simplify(floor_div(total, linear.factor));
    } else {
      return false;
    }
    if (demand_least(i, unknown, value)) bind(unknown, value);
    return true;
  }

  bool bind_solved(std::size_t i, SymbolId unknown, Dim formal, Dim actual) {
    if (!actual.is_constant() || formal.symbols().size() != 1) return false;
    const auto solutions = solve(formal - actual, Relation::Equal);
    if (!solutions) return false;
    if (solutions->empty()) {
      fail(i, against(i) + ": no value of " + name(unknown) + " makes it so");
      result_.outcome.verdict = Verdict::Fails;
      return true;
    }
    const auto values = solutions->values(1);
    if (!values) return false;
    bind(unknown, Dim(values->front()));
    return true;
  }

  void report_left() {
    for (std::size_t i = 0; i < formal_.size(); ++i) {
      if (done_[i]) continue;
      const auto left = unknowns(formal_[i]);
      if (left.empty()) continue;
      if (left.size() == 1) {
        fail(i, "cannot tell " + name(left[0]) + " from " + text(i));
        return;
      }
      std::string names;
      for (std::size_t k = 0; k < left.size(); ++k)
        names += (k == 0 ? "" : k + 1 == left.size() ? " and " : ", ") + name(left[k]);
      fail(i, "cannot tell " + names + " apart in " + text(i) + "; bind one of them elsewhere");
      return;
    }
  }

  const std::vector<Dim>& formal_;
  const std::vector<Dim>& actual_;
  const std::function<bool(SymbolId)>& is_formal_;
  std::map<SymbolId, Dim> bound_;
  Conditions& conditions_;
  const Origin& origin_;
  std::vector<bool> done_;
  Unification result_;
};

}  // namespace

Unification unify(const std::vector<Dim>& formal, const std::vector<Dim>& actual,
                  const std::function<bool(SymbolId)>& is_formal, const std::map<SymbolId, Dim>& known,
                  Conditions& conditions, const Origin& origin) {
  return Unifier(formal, actual, is_formal, known, conditions, origin).run();
}

}  // namespace modelc::types
