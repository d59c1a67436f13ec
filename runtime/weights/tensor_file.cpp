#include "weights/tensor_file.h"

#include <ATen/Functions.h>
#include <fmt/format.h>

#include <cstring>
#include <nlohmann/json.hpp>

#include "formats/own_checkpoint.h"
#include "formats/safetensors.h"
#include "formats/zip.h"
#include "support/checksum.h"
#include "support/whole_file.h"

namespace modelc::weights {
namespace {

/// Its values in their order, in memory: a gradient that is zero everywhere has none in LibTorch, a negated view none
/// of its own.
at::Tensor as_stored(const at::Tensor& tensor) {
  const at::Tensor here = tensor.detach().to(at::kCPU);
  return here._is_zerotensor() ? at::zeros(here.sizes(), here.options()) : here.resolve_neg().contiguous();
}

std::string checksum_of(std::string_view bytes) { return fmt::format("{:016x}", support::checksum(bytes)); }

}  // namespace

std::map<std::string, std::string> with_checksums(const NamedTensors& tensors,
                                                  std::map<std::string, std::string> metadata) {
  nlohmann::json sums = nlohmann::json::object();
  for (const auto& [name, tensor] : tensors) {
    const at::Tensor stored = as_stored(tensor);
    sums[name] = checksum_of({static_cast<const char*>(stored.data_ptr()), stored.nbytes()});
  }
  metadata[formats::kTensorSums] = sums.dump();
  metadata[formats::kHeaderSum] = std::string(16, '0');
  metadata[formats::kFormat] = std::to_string(formats::kNewestFormat);
  return metadata;
}

Checksums::Checksums(const formats::WeightFile& file) : header_damage_(formats::header_damage(file)) {
  const auto found = file.metadata.find(formats::kTensorSums);
  if (found == file.metadata.end()) return;
  there_ = true;
  const nlohmann::json sums = nlohmann::json::parse(found->second, nullptr, false);
  if (sums.is_object())
    for (const auto& [name, sum] : sums.items())
      if (sum.is_string()) sums_[name] = sum;
}

std::string Checksums::damage(const std::string& name, std::string_view bytes) const {
  if (!there_) return "";
  const auto found = sums_.find(name);
  return found != sums_.end() && found->second == checksum_of(bytes)
             ? ""
             : fmt::format("`{}` is not as it was written", name);
}

formats::Result<at::Tensor> read_tensor(const formats::WeightFile& file, const formats::TensorEntry& entry,
                                        const Checksums& sums) {
  formats::Result<std::string> bytes = formats::read_tensor_values(file, entry);
  if (!bytes) return {{}, std::move(bytes.fault)};
  if (std::string why = sums.damage(entry.name, *bytes.value); !why.empty())
    return {{}, formats::file_fault(file.file, std::move(why))};
  // Bytes other than 0 and 1 are no bools to C++.
  if (entry.dtype == types::DType::Bool)
    for (char& byte : *bytes.value) byte = byte ? 1 : 0;
  at::Tensor tensor = at::empty(entry.shape, at::TensorOptions().dtype(scalar_type(entry.dtype)));
  if (!bytes.value->empty()) std::memcpy(tensor.data_ptr(), bytes.value->data(), bytes.value->size());
  return {std::move(tensor), {}};
}

formats::Result<NamedTensors> read_safetensors(const std::string& path, std::map<std::string, std::string>* metadata) {
  formats::Result<formats::WeightFile> header = formats::read_safetensors_header(path);
  if (!header) return {{}, std::move(header.fault)};
  const Checksums sums(*header.value);
  if (!sums.header_damage().empty()) return {{}, formats::file_fault(path, sums.header_damage())};
  NamedTensors out;
  for (const formats::TensorEntry& entry : header.value->tensors) {
    formats::Result<at::Tensor> tensor = read_tensor(*header.value, entry, sums);
    if (!tensor) return {{}, std::move(tensor.fault)};
    out.emplace_back(entry.name, std::move(*tensor.value));
  }
  if (metadata) *metadata = std::move(header.value->metadata);
  return {std::move(out), {}};
}

std::string write_safetensors(const std::string& path, const NamedTensors& tensors,
                              const std::map<std::string, std::string>& metadata) {
  std::vector<formats::TensorEntry> entries;
  std::vector<at::Tensor> kept;
  for (const auto& [name, tensor] : tensors) {
    entries.push_back({name, dtype_of(tensor.scalar_type()), tensor.sizes().vec(), {}, 0, 0});
    kept.push_back(as_stored(tensor));
  }
  std::string header = formats::make_safetensors_header(entries, metadata);
  formats::seal_header(header);
  std::vector<std::string_view> pieces{header};
  for (const at::Tensor& tensor : kept)
    if (tensor.nbytes() > 0) pieces.emplace_back(static_cast<const char*>(tensor.data_ptr()), tensor.nbytes());
  return support::write_atomically(path, pieces);
}

std::string write_torch(const std::string& path, const NamedTensors& tensors, const formats::ModuleVersions& versions) {
  std::vector<formats::TensorEntry> entries;
  std::vector<at::Tensor> storages;
  std::map<std::pair<const void*, std::vector<std::int64_t>>, std::size_t> known;  // by place and shape
  for (const auto& [name, tensor] : tensors) {
    const auto [storage, fresh] = known.emplace(std::pair(tensor.data_ptr(), tensor.sizes().vec()), storages.size());
    if (fresh || tensor.numel() == 0) {
      storage->second = storages.size();
      storages.push_back(as_stored(tensor));
    }
    formats::TensorEntry entry;
    entry.name = name;
    entry.dtype = dtype_of(tensor.scalar_type());
    entry.shape = tensor.sizes().vec();
    entry.part = storage->second;
    entries.push_back(std::move(entry));
  }
  const std::string pickle = formats::make_state_dict(entries, versions);
  std::vector<formats::StoredMember> members{{"archive/data.pkl", pickle}, {"archive/byteorder", "little"}};
  for (std::size_t i = 0; i < storages.size(); ++i) {
    const at::Tensor& storage = storages[i];
    members.push_back({fmt::format("archive/data/{}", i),
                       {storage.nbytes() ? static_cast<const char*>(storage.data_ptr()) : "", storage.nbytes()}});
  }
  members.push_back({"archive/version", "3\n"});
  const formats::ZipFrame frame = formats::frame_zip(members);
  return support::write_atomically(path, formats::zip_pieces(frame, members));
}

std::string write_weights(const std::string& path, const NamedTensors& tensors,
                          const std::map<std::string, std::string>& metadata, const formats::ModuleVersions& versions) {
  const bool torch = path.ends_with(".pt") || path.ends_with(".pth");
  return torch ? write_torch(path, tensors, versions) : write_safetensors(path, tensors, metadata);
}

}  // namespace modelc::weights
