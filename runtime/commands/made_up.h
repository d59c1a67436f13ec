// Inputs where there are no data: of the declared types, at sizes that meet the conditions of a graph.
#pragma once

#include <ATen/core/Tensor.h>

#include <map>

#include "ir/graph.h"

namespace modelc::runtime {

/// `sizes` are those of some symbols; the others are `preferred`, or the next that may be. What is no tensor stays
/// undefined.
std::vector<at::Tensor> made_up_inputs(const ir::Graph& graph, std::map<types::SymbolId, std::int64_t> sizes,
                                       std::int64_t preferred);

}  // namespace modelc::runtime
