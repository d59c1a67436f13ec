// Which symbols the sizes of given tensors fix: one unknown per dimension, linear in it (LANGUAGE §5). Exact: the
// normal form of the dims decides, no values are tried.
#pragma once

#include <optional>
#include <vector>

#include "types/dim.h"

namespace modelc::types {

/// `a` of `dim == a*symbol + b`, where neither `a` nor `b` depends on the symbol; nullopt where there is no such form.
std::optional<Dim> slope(Dim dim, SymbolId symbol);

/// The symbols of `dims` that their values do not fix, in the order of their ids. A symbol is fixed by a dim that is
/// linear in it, with a slope that is never 0, once the dim's other symbols are fixed.
std::vector<SymbolId> undetermined(const std::vector<Dim>& dims);

}  // namespace modelc::types
