// For which values of its symbols a dim is zero, or not negative: exactly for one symbol, by bounds for several.
#pragma once

#include <map>
#include <memory>

#include "types/conditions.h"
#include "types/dim_table.h"

namespace modelc::types {

/// What each symbol may be; a symbol without an entry may be anything from its least value on.
using Domains = std::map<SymbolId, ValueSet>;

ValueSet domain_of(const DimTable::Impl& t, const Domains& domains, SymbolId symbol);

/// The values of the one symbol of `dim` with `dim == 0` or `dim >= 0`; null: past the limits. Kept by the table.
std::shared_ptr<const ValueSet> solve(Dim dim, Relation relation);

/// True where `dim >= bound` is proved for all values of the domains; false means nothing.
bool always_at_least(Dim dim, std::int64_t bound, const Domains& domains);

/// Facts of the domains put in (residue classes, single values, pos of known sign); the shorter text of both.
Dim simplify_under(Dim dim, const Domains& domains);

}  // namespace modelc::types
