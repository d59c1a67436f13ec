// The images of a folder as rows that are decoded when they are asked for.
#pragma once

#include <atomic>

#include "data/dataset.h"
#include "images/codec.h"

namespace modelc::data {

/// Red, green, blue of 8 bits, [3, H, W]. Where all of them together are small they are kept once they are decoded.
class ImageRows : public StoredRows {
 public:
  /// `span` is where the source stands, for faults.
  ImageRows(std::shared_ptr<const formats::ImageFolder> folder, support::Span span, std::int64_t most_kept = kMostKept);
  std::int64_t count() const override { return static_cast<std::int64_t>(folder_->files.size()); }
  at::ScalarType type() const override { return at::kByte; }
  std::vector<std::int64_t> shape() const override { return {3, folder_->size[0], folder_->size[1]}; }
  /// Throws DataFault where a file cannot be decoded, or has other sizes than when the folder was read.
  at::Tensor read(const std::vector<std::int64_t>& rows) const override;
  /// Of the names and bytes of the files; beyond `kMostRead` bytes of their names and lengths.
  std::uint64_t checksum(std::uint64_t sum) const override;

  static constexpr std::int64_t kMostKept = std::int64_t{512} << 20;
  static constexpr std::int64_t kMostRead = std::int64_t{256} << 20;

 private:
  enum State : char { Absent, Written, Ready };
  void decode(std::size_t row, const at::Tensor& out) const;
  std::string bytes_of(std::size_t row) const;
  const images::Codec& codec() const;

  std::shared_ptr<const formats::ImageFolder> folder_;
  support::Span span_;
  // What is kept: a row is written by the thread that found it absent, and read once it is ready.
  at::Tensor kept_;
  mutable std::vector<std::atomic<char>> states_;
};

}  // namespace modelc::data
