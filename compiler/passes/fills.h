// Tensors of one number everywhere, and numbers as the elements of a dtype.
#pragma once

#include <optional>

#include "ir/graph.h"

namespace modelc::passes {

/// A number as an element of a dtype, as PyTorch converts it; nullopt where it is not certain to the last bit: numbers
/// out of range, integers of 2^53 and more, the short floating types.
std::optional<double> element(double number, types::DType dtype);
std::optional<double> element(const types::Constant& number, types::DType dtype);

/// What every element of a value is, where its node says so.
std::optional<double> filled_with(const ir::Graph& graph, ir::ValueId value);

/// The call `full` of a shape and dtype.
ir::Node fill(const types::TensorType& type, double with);

}  // namespace modelc::passes
