// Long texts as columns whose rows are read from their file when they are asked for, in as little memory as their
// pieces allow.
#pragma once

#include <cstdio>

#include "data/dataset.h"
#include "text/text_file.h"

namespace modelc::data {

/// The values of a file's bytes.
std::shared_ptr<const StoredRows> byte_rows(text::TextFile file);

/// Numbers that come one after the other, four bytes each: in memory, or in a file without a name where they are many.
class IdStore {
 public:
  IdStore();
  /// False where the disk is full.
  bool add(std::int32_t id);
  std::int64_t count() const { return count_; }
  std::shared_ptr<const StoredRows> rows() &&;

 private:
  bool spill();

  std::vector<std::int32_t> ids_;
  std::shared_ptr<std::FILE> file_;
  std::int64_t count_ = 0;
};

/// The characters of a file as codes. Of one whose characters are all of one byte nothing else is kept in memory.
class CharRows final : public StoredRows {
 public:
  /// `code(character)` gives the code of a new one. The fault of a file that is no text.
  static std::optional<formats::Fault> read(text::TextFile file, Dictionary& dictionary,
                                            std::shared_ptr<const StoredRows>& rows);
  std::int64_t count() const override { return count_; }
  at::ScalarType type() const override { return at::kLong; }
  std::vector<std::int64_t> shape() const override { return {}; }
  at::Tensor read(const std::vector<std::int64_t>& rows) const override;
  std::uint64_t checksum(std::uint64_t sum) const override;

 private:
  explicit CharRows(text::TextFile file) : file_(std::move(file)) {}
  std::int64_t code_of(std::string_view character) const;
  /// Codes of `count` characters from one on.
  void read_run(std::int64_t first, std::int64_t count, std::int64_t* out) const;

  static constexpr std::int64_t kStep = 256;  // characters from one place of the index to the next

  text::TextFile file_;
  std::int64_t count_ = 0;
  std::vector<std::uint64_t> index_;  // where each kStep-th character begins; empty: each is one byte
  std::vector<std::int32_t> codes_;   // by code point
};

/// Of all bytes of a file.
std::uint64_t checksum_of(const text::TextFile& file, std::uint64_t sum);

}  // namespace modelc::data
