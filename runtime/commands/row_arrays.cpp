// The outputs of all rows as arrays.
#include <ATen/Functions.h>
#include <fmt/format.h>

#include <algorithm>

#include "commands/row_outputs.h"
#include "data/contact_sheet.h"
#include "formats/arrays.h"
#include "formats/zip.h"
#include "support/whole_file.h"
#include "weights/tensor_file.h"

namespace modelc::runtime {
namespace {

/// One array that grows batch by batch: NumPy's header, where it is to have one, then the values.
struct Growing {
  Spool spool;
  at::ScalarType type = at::kFloat;
  std::vector<std::int64_t> shape;  // of all rows
};

class RowArrays final : public RowOutput {
 public:
  RowArrays(const std::string& spec, std::int64_t rows) : rows_(rows) {
    const std::size_t equal = spec.find('=');
    file_ = equal == std::string::npos ? spec : spec.substr(equal + 1);
    if (equal != std::string::npos) only_ = spec.substr(0, equal);
    image_ = file_.ends_with(".png");
    numpy_ = !image_ && !file_.ends_with(".safetensors");
  }

  std::string add(const data::Dataset&, const std::vector<std::int64_t>&, const NamedBatch& batch) override {
    for (const auto& [name, tensor] : batch) {
      if (!only_.empty() && name != only_) continue;
      if (std::string fault = append(name, tensor); !fault.empty()) return fault;
    }
    if (arrays_.empty()) return fmt::format("there is no output `{}`", only_);
    return "";
  }

  std::string finish() override {
    std::string fault;
    std::vector<formats::StoredMember> members;
    weights::NamedTensors tensors;
    for (auto& [name, array] : arrays_) {
      const std::string_view bytes = array.spool.bytes(fault);
      if (!fault.empty()) return fault;
      members.push_back({name + ".npy", bytes});
      if (!numpy_)
        tensors.emplace_back(
            name, at::from_blob(const_cast<char*>(bytes.data()), array.shape, at::TensorOptions().dtype(array.type)));
    }
    if (image_) return data::write_contact_sheet(file_, tensors[0].second);
    if (!numpy_) return weights::write_safetensors(file_, tensors, {});
    if (!only_.empty()) return support::write_atomically(file_, {members[0].bytes});
    const formats::ZipFrame frame = formats::frame_zip(members);
    return support::write_atomically(file_, formats::zip_pieces(frame, members));
  }

 private:
  std::string append(const std::string& name, const at::Tensor& batch) {
    at::Tensor plain = batch.detach();
    if (numpy_ && plain.scalar_type() == at::kBFloat16) plain = plain.to(at::kFloat);  // which NumPy lacks
    plain = plain.contiguous();
    auto found = std::find_if(arrays_.begin(), arrays_.end(), [&](const auto& one) { return one.first == name; });
    if (found == arrays_.end()) {
      Growing fresh;
      fresh.type = plain.scalar_type();
      fresh.shape = plain.sizes().vec();
      fresh.shape[0] = rows_;
      if (std::string fault = fresh.spool.open(file_); !fault.empty()) return fault;
      if (numpy_) {
        const std::string header = formats::npy_header(weights::dtype_of(fresh.type), fresh.shape);
        if (std::string fault = fresh.spool.append(header); !fault.empty()) return fault;
      }
      arrays_.emplace_back(name, std::move(fresh));
      found = arrays_.end() - 1;
    }
    const std::vector<std::int64_t> row = plain.sizes().slice(1).vec();
    if (!std::equal(row.begin(), row.end(), found->second.shape.begin() + 1, found->second.shape.end()))
      return fmt::format("the rows of `{}` have several sizes, which one array cannot hold", name);
    return found->second.spool.append({static_cast<const char*>(plain.data_ptr()), plain.nbytes()});
  }

  std::int64_t rows_;
  std::string file_, only_;
  bool numpy_ = true, image_ = false;
  std::vector<std::pair<std::string, Growing>> arrays_;
};

}  // namespace

std::unique_ptr<RowOutput> row_arrays(const std::string& spec, std::int64_t rows) {
  return std::make_unique<RowArrays>(spec, rows);
}

}  // namespace modelc::runtime
