// What must hold of the symbols of one compiled graph. require() decides a relation under everything known so far,
// records what it needs and says what became of it; the caller makes the diagnostic. docs/dimensions.md §2, §3.
#pragma once

#include "support/source.h"
#include "types/dim.h"

namespace modelc::types {

enum class Relation { Equal, AtLeast };

/// Holds whatever is known of symbols: between integers, or of a size and itself.
inline bool holds_plainly(Dim a, Relation relation, Dim b) {
  if (a.is_poison() || b.is_poison()) return false;
  if (a == b) return true;
  return relation == Relation::AtLeast && a.is_constant() && b.is_constant() && a.constant() >= b.constant();
}

enum class Verdict {
  Holds,          // for all values admitted so far
  Conditional,    // put on the model (require) or would have to be (compare)
  Fails,          // for no value
  Contradiction,  // for none that the recorded conditions leave
  Relates,        // would equate two symbols
  Undecided,
};

/// Who asked: shown by `summary` and in contradictions.
struct Origin {
  support::Span span;
  std::string what;
};

struct Outcome {
  Verdict verdict = Verdict::Holds;
  /// Conditional: the condition in words (`H % 32 == 0`). Relates: two sample points, one that holds and one that does
  /// not, in words.
  std::string words;
  /// Contradiction: the smallest set of recorded conditions that exclude each other, this one last.
  std::vector<std::pair<std::string, Origin>> conflict;
  bool ok() const { return verdict == Verdict::Holds || verdict == Verdict::Conditional; }
};

/// One required relation, kept to be checked when data arrive.
struct Requirement {
  Dim a;
  Relation relation;
  Dim b;
  Origin origin;
  std::string words;
};

class Conditions {
 public:
  Conditions();
  ~Conditions();
  Conditions(const Conditions&);
  Conditions& operator=(const Conditions&);
  Conditions(Conditions&&) noexcept;
  Conditions& operator=(Conditions&&) noexcept;

  /// Records `a rel b` if it is not known already. Nothing is recorded unless the outcome is Conditional.
  Outcome require(Dim a, Relation relation, Dim b, const Origin& origin);
  /// As require, but records nothing.
  Outcome compare(Dim a, Relation relation, Dim b) const;
  /// A condition of `where`: `words` is how the user wrote it. Several may be given at once joined by `and`.
  Outcome assume(Dim a, Relation relation, Dim b, const Origin& origin);
  /// `!=`, and sets of values, of `where`: keeps only values of one symbol for which `keep` holds, decided with period
  /// `modulus` (the caller passes a predicate as a Dim that must be non-zero).
  Outcome assume_not_equal(Dim a, Dim b, const Origin& origin);

  /// The dim rewritten by what is known (residues, single values); shorter or the same.
  Dim simplify(Dim dim) const;
  /// True where dim >= bound for every admitted value.
  bool at_least(Dim dim, std::int64_t bound) const;
  /// A size for each symbol that meets all conditions, near `preferred`; nullopt if none was found.
  std::optional<std::int64_t> admissible(SymbolId symbol, std::int64_t preferred) const;

  /// The merged list: `H >= 33`, `H % 32 == 0`, each with the lines that caused it.
  std::vector<std::pair<std::string, std::vector<Origin>>> merged() const;
  /// Every recorded relation, for checks at run time.
  const std::vector<Requirement>& requirements() const;
  /// Takes back what relates a size that data decide to another, where `gone` says that nobody asks for it any more:
  /// nothing was concluded from it.
  void withdraw(const std::function<bool(const Requirement&)>& gone);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Binds formal symbols so that the formal dims equal the actual ones (docs/dimensions.md §4, steps 2-4).
struct Unification {
  bool ok = true;
  std::map<SymbolId, Dim> values;  // formal symbols bound
  /// Why not, e.g. ``cannot tell `H` from `H//2` ``; the index of the dimension at fault.
  std::string error;
  std::size_t index = 0;
  Outcome outcome;  // of the failed comparison, where one failed
};
/// `formal` over symbols for which `is_formal` holds, already bound ones in `known`. Requirements are recorded.
Unification unify(const std::vector<Dim>& formal, const std::vector<Dim>& actual,
                  const std::function<bool(SymbolId)>& is_formal, const std::map<SymbolId, Dim>& known,
                  Conditions& conditions, const Origin& origin);

}  // namespace modelc::types
