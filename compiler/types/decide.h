// Decides whether a dim is zero, or not negative, for the values that given domains leave. Records nothing.
#pragma once

#include "types/solve.h"

namespace modelc::types {

struct Decision {
  /// Holds, Conditional, Fails (for no value of these domains), Relates or Undecided.
  Verdict verdict = Verdict::Undecided;
  /// Conditional: it holds exactly where each symbol is in its set.
  std::vector<std::pair<SymbolId, ValueSet>> sets;
  /// Relates: two sample points in words.
  std::string words;
};

Decision decide(Dim p, Relation relation, const Domains& domains);

}  // namespace modelc::types
