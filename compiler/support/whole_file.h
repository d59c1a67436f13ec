// Files that are whole or not there: written aside, synced, put in their place, the folder synced. Everything that
// modelc writes goes through here, but for what grows line by line (`growing_file.h`). Faults come back as the reason.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace modelc::support {

/// Makes `path` hold the pieces, one after another. A link is followed: what it points to is replaced, with its owner
/// and permissions; another hard link of the file keeps what it had. What is no file (a device, a pipe, standard output
/// as `/dev/stdout`) is written to and stays what it is; a file that may not be written, or a folder, is refused. The
/// reason, or empty where it is done.
std::string write_atomically(const std::string& path, const std::vector<std::string_view>& pieces);

struct Created {
  bool exists = false;  // something has this name already, even a link that leads nowhere, and was left alone
  std::string fault;    // why it could not be written
};
/// The same under a name that nothing has yet.
Created create_atomically(const std::string& path, std::string_view text);

/// `beside` becomes another name of the file, or a copy where the file system has no links; at each moment it is whole,
/// the old one or the new. The reason, or empty.
std::string keep_beside(const std::string& path, const std::string& beside);

/// Removes what writers of `folder` that were killed have left there: what is still being written is locked.
void remove_scratch(const std::string& folder);

/// Whether bytes written to `path` appear on standard output (`/dev/stdout`, `/proc/self/fd/1`).
bool is_standard_output(const std::string& path);

}  // namespace modelc::support
