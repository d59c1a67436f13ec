// `normal(std=0.02)`, `kaiming_uniform`: what a tensor starts from, by torch.nn.init's formulas.
#pragma once

#include "instantiate/context.h"

namespace modelc::instantiate {

/// nullopt: the expression is no initialiser. What is wrong with one is reported.
std::optional<ops::Init> initialiser(Context& context, const ast::ExprPtr& expr, const std::vector<std::int64_t>& shape,
                                     const Scope& scope);

}  // namespace modelc::instantiate
