// A file of text that may be larger than memory: read piece by piece, taken apart as it is read. `.gz` is inflated.
#pragma once

#include <functional>

#include "formats/file_bytes.h"
#include "text/tokenizer.h"
#include "text/units.h"

namespace modelc::text {

class TextFile {
 public:
  static formats::Result<TextFile> open(const std::string& path);
  std::uint64_t size() const { return size_; }
  const std::string& path() const { return path_; }
  /// Bytes [offset, offset + count), fewer at the end.
  formats::Result<std::string> read(std::uint64_t offset, std::size_t count) const;

  /// `visit(piece, at)` for each character or word and the byte that it begins at. The fault of a file that cannot be
  /// read or is no UTF-8, with its line.
  std::optional<formats::Fault> each_piece(
      Unit unit, const std::function<void(std::string_view piece, std::uint64_t at)>& visit) const;
  /// `visit(ids)` for the numbers of one part of the file after the other. Files of more than a few megabytes are cut
  /// at ends of lines.
  std::optional<formats::Fault> each_block(const Tokenizer& tokenizer,
                                           const std::function<void(const std::vector<std::int32_t>&)>& visit) const;

 private:
  /// `visit(text, at, last)` takes as much of the text as it can and says how many bytes that were.
  std::optional<formats::Fault> stream(
      std::size_t block,
      const std::function<std::size_t(std::string_view text, std::uint64_t at, bool last)>& visit) const;

  std::string path_;
  std::uint64_t size_ = 0;
  formats::OpenFile file_;
  std::shared_ptr<const std::string> inflated_;  // of a `.gz`
};

/// The different characters or words of a whole file, sorted.
formats::Result<std::vector<std::string>> vocabulary_of(const std::string& path, Unit unit);

}  // namespace modelc::text
