#include "types/dim_form.h"

#include <algorithm>

#include "types/dim_table.h"

namespace modelc::types {

namespace {

DimFactor factor_of(const Atom& atom, std::uint32_t exponent) {
  DimFactor factor;
  factor.exponent = exponent;
  switch (atom.kind) {
    case AtomKind::Symbol:
      factor.symbol = atom.symbol;
      break;
    case AtomKind::Floor:
    case AtomKind::Opaque:
      factor.kind = DimFactor::FloorDivision;
      factor.divisor = atom.divisor;
      break;
    case AtomKind::Pos:
      factor.kind = DimFactor::AtLeastZero;
      break;
  }
  factor.argument = atom.argument;
  return factor;
}

bool mentions(Dim dim, SymbolId symbol) {
  const std::vector<SymbolId> symbols = dim.symbols();
  return std::find(symbols.begin(), symbols.end(), symbol) != symbols.end();
}

}  // namespace

std::vector<DimProduct> products_of(Dim dim) {
  if (dim.is_poison()) return {};
  if (dim.is_constant()) return {{dim.constant(), {}}};
  const DimTable::Impl& t = table();
  std::vector<DimProduct> products;
  for (const Term& term : ordered_terms(t, t.node(dim).terms)) {
    DimProduct product{term.factor, {}};
    for (const Power& power : t.monomials[term.mono].powers)
      product.factors.push_back(factor_of(t.atoms[power.atom], power.exponent));
    products.push_back(std::move(product));
  }
  return products;
}

bool is_linear_in(Dim dim, SymbolId symbol) {
  for (const DimProduct& product : products_of(dim)) {
    for (const DimFactor& factor : product.factors) {
      if (factor.kind == DimFactor::Symbol) {
        if (factor.symbol == symbol && factor.exponent > 1) return false;
      } else if (mentions(factor.argument, symbol) || mentions(factor.divisor, symbol)) {
        return false;
      }
    }
  }
  return !dim.is_poison();
}

}  // namespace modelc::types
