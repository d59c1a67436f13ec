// `data.categories("workclass")` (LANGUAGE §11): a static size taken from the training source, counted as `category`
// will number it; `data.weights("workclass")`: a weight for each of them, so that all weigh the same. They are asked
// for while the modules are made, so the source is read ahead of the recipe. Reports M8101, M8109, M8313 and M8316.
#pragma once

#include "recipe/given.h"

namespace modelc::recipe {

/// Whether the call asks this of the data.
bool asks_of_data(const ast::Expr& call);
/// What it comes to; what a checkpoint remembers goes before the files. `asked` is what the next one is to remember.
Value asked_of_data(Tracer& tracer, const trace::Model& model, const Options& options, const ast::Expr& call,
                    const Scope& scope, ir::DataMemory& asked);

}  // namespace modelc::recipe
