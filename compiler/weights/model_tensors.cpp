#include "weights/model_tensors.h"

#include <algorithm>

#include "ops/op.h"
#include "support/dotted_path.h"

namespace modelc::weights {

namespace {

bool counts_calls(const ir::Module& module, const ir::Tensor& tensor) {
  if (!tensor.buffer || module.kind != ir::ModuleKind::Operator || !types::is_integral(tensor.type.dtype)) return false;
  const ops::Op* op = ops::Catalogue::get().module(module.type);
  if (!op || !op->becomes.op) return false;
  const auto& written = op->becomes.op->writes.inputs;
  return std::any_of(written.begin(), written.end(), [&](const auto& input) {
    const ops::SourcedParam found = ops::find_sourced(*op, *op->becomes.op, input);
    return found.is(ops::Source::Owned) && found.source->name == tensor.name;
  });
}

}  // namespace

std::vector<ModelTensor> model_tensors(const ir::ModuleTree& tree) {
  std::vector<ModelTensor> out;
  std::vector<ir::ModuleId> stack;
  if (!tree.modules.empty()) stack.push_back(0);
  while (!stack.empty()) {
    const ir::Module& module = tree.modules[stack.back()];
    stack.pop_back();
    for (const bool buffers : {false, true})
      for (const ir::Tensor& tensor : module.tensors)
        if (tensor.buffer == buffers && tensor.saved)
          out.push_back({support::joined_path(module.path, tensor.name), &tensor, counts_calls(module, tensor)});
    for (std::size_t i = module.children.size(); i-- > 0;) stack.push_back(module.children[i]);
  }
  return out;
}

}  // namespace modelc::weights
