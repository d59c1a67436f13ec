// What is called in `forward`: modules of the tree, functions of torch, components that need no place in the tree.
#pragma once

#include "trace/tracer.h"

namespace modelc::trace {

Value call_instance(Tracer& tracer, InstanceId id, Arguments args, Span span, const Scope& scope);
Value call_function(Tracer& tracer, const ops::Op& op, Arguments& args, Span span);
Value component_as_function(Tracer& tracer, const DefinitionPtr& definition, Arguments& args, Span span);
/// A module that a faulty value would have gone through: no lint is to ask why nothing calls it.
void mark_called(Tracer& tracer, InstanceId id);

}  // namespace modelc::trace
