#include "data/stored_array.h"

#include <ATen/Functions.h>
#include <fmt/format.h>

#include <cstring>

#include "exec/executor.h"
#include "formats/file_bytes.h"
#include "weights/tensor_file.h"

namespace modelc::data {
namespace {

class ArrayRows : public StoredRows {
 public:
  explicit ArrayRows(formats::PlacedArray array) : array_(std::move(array)) {
    width_ = types::byte_size(array_.dtype);
    for (std::size_t i = 1; i < array_.shape.size(); ++i) width_ *= static_cast<std::uint64_t>(array_.shape[i]);
  }
  std::int64_t count() const override { return array_.shape[0]; }
  at::ScalarType type() const override { return weights::scalar_type(array_.dtype); }
  std::vector<std::int64_t> shape() const override { return {array_.shape.begin() + 1, array_.shape.end()}; }

  at::Tensor read(const std::vector<std::int64_t>& rows) const override {
    std::vector<std::int64_t> sizes = array_.shape;
    sizes[0] = static_cast<std::int64_t>(rows.size());
    at::Tensor out = at::empty(sizes, type());
    auto* to = static_cast<char*>(out.data_ptr());
    for (std::size_t at = 0; at < rows.size();) {
      std::size_t end = at + 1;
      while (end < rows.size() && rows[end] == rows[end - 1] + 1) ++end;
      const std::size_t wanted = (end - at) * width_;
      const auto bytes =
          formats::read_range(array_.file, array_.begin + static_cast<std::uint64_t>(rows[at]) * width_, wanted);
      if (!bytes || bytes.value->size() != wanted)
        throw exec::RuntimeFault({},
                                 bytes ? fmt::format("{}: has become shorter", array_.file.path) : bytes.fault.str());
      std::memcpy(to + at * width_, bytes.value->data(), wanted);
      at = end;
    }
    // Bytes other than 0 and 1 are no bools to C++.
    if (array_.dtype == types::DType::Bool)
      for (std::size_t i = 0; i < rows.size() * width_; ++i) to[i] = to[i] ? 1 : 0;
    return out;
  }

 private:
  formats::PlacedArray array_;
  std::uint64_t width_ = 1;  // bytes of a row
};

}  // namespace

std::shared_ptr<const StoredRows> rows_in_file(formats::PlacedArray array) {
  return std::make_shared<ArrayRows>(std::move(array));
}

}  // namespace modelc::data
