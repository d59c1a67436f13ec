// Tensors of a checkpoint are found by names with dots; whoever kept them asks for those under a name of its own.
#pragma once

#include <ATen/core/Tensor.h>

#include <map>
#include <string>

namespace modelc::train {

/// The tensors whose names begin with `prefix`, without it.
inline std::map<std::string, at::Tensor> below(const std::map<std::string, at::Tensor>& tensors,
                                               const std::string& prefix) {
  std::map<std::string, at::Tensor> out;
  for (auto at = tensors.lower_bound(prefix); at != tensors.end() && at->first.starts_with(prefix); ++at)
    out[at->first.substr(prefix.size())] = at->second;
  return out;
}

}  // namespace modelc::train
