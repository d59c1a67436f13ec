// The tensors of a model that a weight file may hold.
#pragma once

#include <string>
#include <vector>

#include "ir/module_tree.h"

namespace modelc::weights {

struct ModelTensor {
  std::string key;
  const ir::Tensor* tensor;
  bool counts_calls;  // a whole number that the calls of its operator move on
};

/// In PyTorch's order: a module's own tensors, then its children.
std::vector<ModelTensor> model_tensors(const ir::ModuleTree& tree);

}  // namespace modelc::weights
