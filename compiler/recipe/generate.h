// `predict.generate`: what makes an input longer, one step at a time (LANGUAGE §11). Reports M8310 to M8313, M8354.
#pragma once

#include "ir/recipe.h"
#include "recipe/given.h"

namespace modelc::recipe {

bool generates(const ast::Description& file);

/// nullopt where the description generates nothing, or after reporting.
std::optional<ir::Generate> read_generate(const Given& given);

/// Instead of its outputs a graph puts out `next`, what is appended, in the form of the input that grows; and `stop`
/// where there is one.
void trace_generation(Tracer& tracer, Frame& frame, const Scope& scope, ir::Graph& graph);

}  // namespace modelc::recipe
