// Tensors a level declares itself: `parameters` and `buffers` (LANGUAGE §5), and what they start from.
#pragma once

#include "trace/tracer.h"

namespace modelc::trace {

void declare_tensors(Tracer& tracer, const ast::Component& component, InstanceId id, Frame& frame);
/// What `dtype` says of a place: of several entries the last.
std::optional<types::DType> precision_at(const Tracer& tracer, const std::string& path);
/// The tensor of a module as a value of the graph, the same each time; poison where there is no graph.
Value tensor_reference(Tracer& tracer, InstanceId id, std::uint32_t index);

}  // namespace modelc::trace
