// `normal(std=0.02)`, `kaiming_uniform`: what a tensor starts from, by torch.nn.init's formulas.
#pragma once

#include "instantiate/context.h"

namespace modelc::instantiate {

/// nullopt: the expression is no initialiser. `report`: initialisers that are not supported yet are reported.
std::optional<ops::Init> initialiser(Context& context, const ast::ExprPtr& expr, const std::vector<std::int64_t>& shape,
                                     const Scope& scope, bool report);

}  // namespace modelc::instantiate
