#include "commands/made_up.h"

#include <ATen/Functions.h>

#include "weights/tensor_file.h"

namespace modelc::runtime {
namespace {

// Zeros for integers (always a valid index), and what may be a probability or a variance elsewhere.
at::Tensor made_up(const types::TensorType& type, const std::map<types::SymbolId, std::int64_t>& sizes,
                   std::int64_t preferred) {
  std::vector<std::int64_t> shape;
  for (const types::Dim& dim : type.shape) shape.push_back(dim.evaluate(sizes).value_or(preferred));
  const auto options = at::TensorOptions().dtype(weights::scalar_type(type.dtype));
  return types::is_floating(type.dtype) ? at::rand(shape, options) : at::zeros(shape, options);
}

}  // namespace

std::vector<at::Tensor> made_up_inputs(const ir::Graph& graph, std::map<types::SymbolId, std::int64_t> sizes,
                                       std::int64_t preferred) {
  for (const ir::Input& input : graph.inputs)
    for (const types::Dim& dim : input.type.tensor.shape)
      for (types::SymbolId symbol : dim.symbols())
        if (!sizes.contains(symbol)) sizes[symbol] = graph.conditions.admissible(symbol, preferred).value_or(preferred);
  std::vector<at::Tensor> inputs;
  for (const ir::Input& input : graph.inputs)
    inputs.push_back(input.type.is_tensor() ? made_up(input.type.tensor, sizes, preferred) : at::Tensor());
  return inputs;
}

}  // namespace modelc::runtime
