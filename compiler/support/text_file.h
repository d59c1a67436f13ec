// The bytes of a text file: a regular file, a pipe (`modelc check <(make-it)`, /dev/stdin) or a terminal.
#pragma once

#include <cstddef>
#include <string>

namespace modelc::support {

/// Appends at most `limit` bytes and one more, which tells a file of exactly that size from a longer one. A pipe is
/// waited for: one from which nothing comes for `patience` seconds is given up, since its writer may never come. The
/// reason, or empty where `text` holds all of it.
std::string read_text(const std::string& path, std::size_t limit, std::string& text, int patience = 10);

}  // namespace modelc::support
