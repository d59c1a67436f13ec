// A Dim taken apart: the sum of products that its normal form is. For whoever makes something else of sizes.
#pragma once

#include <vector>

#include "types/dim.h"

namespace modelc::types {

/// One factor of a product, with its exponent.
struct DimFactor {
  enum Kind { Symbol, FloorDivision, AtLeastZero } kind = Symbol;
  SymbolId symbol = 0;  // Symbol
  Dim argument;         // FloorDivision: argument // divisor; AtLeastZero: max(argument, 0)
  Dim divisor;
  std::uint32_t exponent = 1;
};

struct DimProduct {
  std::int64_t coefficient = 0;
  std::vector<DimFactor> factors;
};

/// The products whose sum a symbolic Dim is, in the order of its text; of a constant one without factors. Poison has
/// none.
std::vector<DimProduct> products_of(Dim dim);

/// True where the Dim is `c*symbol + e`, c and e free of the symbol.
bool is_linear_in(Dim dim, SymbolId symbol);

}  // namespace modelc::types
