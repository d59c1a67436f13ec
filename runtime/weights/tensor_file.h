// Tensors in files: reading what compiler/formats found in a header, and writing safetensors. Faults come back as
// texts; the caller knows the place.
#pragma once

#include <ATen/core/Tensor.h>

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "formats/pickle.h"
#include "formats/safetensors.h"
#include "kernels/dtype.h"

namespace modelc::weights {

using NamedTensors = std::vector<std::pair<std::string, at::Tensor>>;

using kernels::dtype_of;
using kernels::scalar_type;

/// One tensor of a file, in memory of its own, row-major.
formats::Result<at::Tensor> read_tensor(const formats::WeightFile& file, const formats::TensorEntry& entry);
formats::Result<NamedTensors> read_safetensors(const std::string& path,
                                               std::map<std::string, std::string>* metadata = nullptr);

/// In the order given. Tensors may be strided or on another device. The fault's text, or empty; on a fault `path` is as
/// it was.
std::string write_safetensors(const std::string& path, const NamedTensors& tensors,
                              const std::map<std::string, std::string>& metadata);

/// The metadata with a checksum of each tensor and of the rest of the metadata.
std::map<std::string, std::string> with_checksums(const NamedTensors& tensors,
                                                  std::map<std::string, std::string> metadata);

/// The checksums that a file's metadata hold; a file without them is taken as it is.
class Checksums {
 public:
  explicit Checksums(const std::map<std::string, std::string>& metadata);
  /// What is not as it was written, or empty: of one tensor, of a whole file.
  std::string damage(const std::string& name, const at::Tensor& tensor) const;
  std::string damage(const NamedTensors& tensors) const;

 private:
  bool there_ = false, metadata_hold_ = true;
  std::map<std::string, std::string> sums_;
};

/// A state dict that `torch.load(weights_only=True)` takes; names of one tensor share its storage. The versions of the
/// modules' layouts go with it.
std::string write_torch(const std::string& path, const NamedTensors& tensors, const formats::ModuleVersions& versions);
/// By the suffix: `.pt`, `.pth` for PyTorch, which has no place for the metadata; else safetensors, which has none for
/// the versions.
std::string write_weights(const std::string& path, const NamedTensors& tensors,
                          const std::map<std::string, std::string>& metadata, const formats::ModuleVersions& versions);

}  // namespace modelc::weights
