// Operators of the catalogue that are written in the language (ops::Written): their arguments, and the initial values
// that their parts have as copies of one module.
#pragma once

#include "instantiate/context.h"

namespace modelc::instantiate {

/// What the params of a component are given. Arguments of a built-in one are matched as an operator's are; nullopt
/// after reporting.
std::optional<Arguments> arguments_of(Context& context, const Definition& component);

/// Copies start from the values of the first, and what is drawn once more is, in the finished tree.
void settle_copies(Context& context);

}  // namespace modelc::instantiate
