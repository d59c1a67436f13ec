// A text file that grows by whole lines: a table of figures, a log. What has been written stays; a line that could not
// be written in full, or that a killed process left half done, is taken away. Faults come back as the reason.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "support/descriptor.h"

namespace modelc::support {

class GrowingFile {
 public:
  static constexpr std::uint64_t kAll = std::numeric_limits<std::uint64_t>::max();
  /// Opens the file or makes it; of what it holds the first `kept` bytes stay, so far as they are whole lines.
  std::string open(const std::string& path, std::uint64_t kept = kAll);
  bool is_open() const { return static_cast<bool>(file_); }
  std::uint64_t size() const { return size_; }
  /// A line, with its end; all of it or nothing.
  std::string append(std::string_view line);
  /// Everything so far is on the disk.
  std::string sync();

 private:
  bool cut(std::uint64_t size);
  bool end_of_lines(std::uint64_t& size) const;

  Descriptor file_;
  std::uint64_t size_ = 0;
};

}  // namespace modelc::support
