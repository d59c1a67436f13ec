// Texts that are written whole or not at all: aside, synced, then put in their place.
#pragma once

#include <string>
#include <string_view>

namespace modelc::cli {

/// In the place of a file that is there and may be written, with its permissions; the reason, or empty.
std::string replace_file(const std::string& path, std::string_view text);

struct Created {
  bool exists = false;  // something has this name already, and was left alone
  std::string fault;    // why it could not be written
};
/// Under a name that nothing has yet, not even a link that leads nowhere.
Created create_file(const std::string& path, std::string_view text);

/// Under this name, whether or not there is a file of it; what is no regular file, a device or a pipe, takes the text
/// as it comes. The reason, or empty.
std::string write_file(const std::string& path, std::string_view text);

}  // namespace modelc::cli
