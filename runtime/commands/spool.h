// Bytes that are gathered on the disk until all are there, so that a result of any length takes little memory and is
// then written whole. The file has no name any more when it is used: nothing of it is left behind.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace modelc::runtime {

class Spool {
 public:
  Spool() = default;
  ~Spool();
  Spool(Spool&& other) noexcept;
  Spool(const Spool&) = delete;
  Spool& operator=(const Spool&) = delete;

  /// On the disk where `path` is to be written. The reason, or empty.
  std::string open(const std::string& path);
  /// The reason, or empty.
  std::string append(std::string_view bytes);
  /// All of it, for as long as the spool lives; nothing is appended afterwards. `fault` says what went wrong.
  std::string_view bytes(std::string& fault);

 private:
  std::string flush();

  int file_ = -1;
  std::string waiting_;
  std::uint64_t size_ = 0;
  void* mapped_ = nullptr;
};

}  // namespace modelc::runtime
