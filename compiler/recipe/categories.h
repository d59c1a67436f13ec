// `data.categories("workclass")` (LANGUAGE §11): a static size taken from the training source, counted as `category`
// will number it. It is asked for while the modules are made, so the source is read ahead of the recipe. Reports M8101,
// M8109, M8313 and M8316.
#pragma once

#include "recipe/given.h"

namespace modelc::recipe {

bool is_categories(const ast::Expr& call);
Value categories(Tracer& tracer, const trace::Model& model, const Options& options, const ast::Expr& call,
                 const Scope& scope);

}  // namespace modelc::recipe
