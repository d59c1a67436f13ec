#include "types/determined.h"

#include <algorithm>
#include <set>

#include "types/dim_table.h"
#include "types/solve.h"

namespace modelc::types {

namespace {

Dim dim_of(SymbolId symbol) {
  DimTable::Impl& t = table();
  return t.atom_dim(*t.atom(AtomKind::Symbol, symbol, 0, 0));
}

bool is_never_zero(Dim dim) {
  if (dim.is_constant()) return dim.constant() != 0;
  return always_at_least(dim, 1, {}) || always_at_least(-dim, 1, {});
}

}  // namespace

std::optional<Dim> slope(Dim dim, SymbolId symbol) {
  // What a dim grows by from one value of the symbol to the next is the same for all values exactly where it is linear.
  const Dim step = dim.substitute({{symbol, dim_of(symbol) + 1}}) - dim;
  if (step.is_poison()) return std::nullopt;
  const std::vector<SymbolId> left = step.symbols();
  if (std::find(left.begin(), left.end(), symbol) != left.end()) return std::nullopt;
  return step;
}

std::vector<SymbolId> undetermined(const std::vector<Dim>& dims) {
  std::set<SymbolId> left;
  for (const Dim dim : dims) {
    for (const SymbolId symbol : dim.symbols()) left.insert(symbol);
  }
  for (bool moved = true; moved;) {
    moved = false;
    for (const Dim dim : dims) {
      std::vector<SymbolId> unknown;
      for (const SymbolId symbol : dim.symbols()) {
        if (left.contains(symbol)) unknown.push_back(symbol);
      }
      if (unknown.size() != 1) continue;
      const auto by = slope(dim, unknown[0]);
      if (!by || !is_never_zero(*by)) continue;
      left.erase(unknown[0]);
      moved = true;
    }
  }
  return {left.begin(), left.end()};
}

}  // namespace modelc::types
