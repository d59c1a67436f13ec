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

/// What the metadata of a checkpoint say of its tensors; of a file without checksums, nothing.
class Checksums {
 public:
  explicit Checksums(const formats::WeightFile& file);
  /// What is not as it was written, or empty: of the file's header, of a tensor's bytes in row-major order.
  const std::string& header_damage() const { return header_damage_; }
  std::string damage(const std::string& name, std::string_view bytes) const;

 private:
  bool there_ = false;
  std::string header_damage_;
  std::map<std::string, std::string> sums_;
};

/// One tensor of a file, in memory of its own, row-major; what is not as `sums` have it is a fault.
formats::Result<at::Tensor> read_tensor(const formats::WeightFile& file, const formats::TensorEntry& entry,
                                        const Checksums& sums);
/// A whole file, held against its checksums where it has some.
formats::Result<NamedTensors> read_safetensors(const std::string& path,
                                               std::map<std::string, std::string>* metadata = nullptr);

/// In the order given. Tensors may be strided or on another device. The fault's text, or empty; on a fault `path` is as
/// it was.
std::string write_safetensors(const std::string& path, const NamedTensors& tensors,
                              const std::map<std::string, std::string>& metadata);

/// The metadata with a checksum of each tensor, and a place for the one of the header that they become part of.
std::map<std::string, std::string> with_checksums(const NamedTensors& tensors,
                                                  std::map<std::string, std::string> metadata);

/// A state dict that `torch.load(weights_only=True)` takes; names of one tensor share its storage. The versions of the
/// modules' layouts go with it.
std::string write_torch(const std::string& path, const NamedTensors& tensors, const formats::ModuleVersions& versions);
/// By the suffix: `.pt`, `.pth` for PyTorch, which has no place for the metadata; else safetensors, which has none for
/// the versions.
std::string write_weights(const std::string& path, const NamedTensors& tensors,
                          const std::map<std::string, std::string>& metadata, const formats::ModuleVersions& versions);

}  // namespace modelc::weights
