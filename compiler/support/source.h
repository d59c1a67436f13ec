// Source texts and places in them. A Span is a byte range of one file; lines and columns (in characters) are computed
// only when a place is shown. Texts stay alive as long as their SourceManager. Knows nothing of YAML or the language.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace modelc::support {

/// Index of a file in a SourceManager; 0 is "no file".
using FileId = std::uint32_t;

/// The byte range [begin, end) of one file.
struct Span {
  FileId file = 0;
  std::uint32_t begin = 0;
  std::uint32_t end = 0;

  bool valid() const { return file != 0; }
  /// The smallest span that covers both; both in one file, else `this`.
  Span to(const Span& other) const;
  bool operator==(const Span&) const = default;
};

/// A line and a column, both from 1; the column counts Unicode characters, not bytes.
struct Position {
  std::uint32_t line = 1;
  std::uint32_t column = 1;
};

class SourceFile {
 public:
  SourceFile(std::string path, std::string text);
  const std::string& path() const { return path_; }
  const std::string& text() const { return text_; }
  Position position(std::uint32_t offset) const;
  /// The text of a line (from 1) without its line break; empty where there is no such line.
  std::string_view line(std::uint32_t number) const;
  std::uint32_t line_count() const { return static_cast<std::uint32_t>(starts_.size()); }
  std::uint32_t line_start(std::uint32_t number) const;

 private:
  std::string path_;
  std::string text_;
  std::vector<std::uint32_t> starts_;
};

/// Owns the texts of one compilation. Files are never removed.
class SourceManager {
 public:
  FileId add(std::string path, std::string text);
  const SourceFile& file(FileId id) const;
  bool contains(FileId id) const { return id >= 1 && id <= files_.size(); }
  /// The bytes of a span; empty for an invalid one.
  std::string_view text(Span span) const;

 private:
  std::vector<std::unique_ptr<SourceFile>> files_;
};

}  // namespace modelc::support
