// Files that are whole or not there: written aside, synced, renamed, the folder synced. Knows no tensors.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace modelc::weights {

/// Makes `path` hold the pieces, one after another. A link is followed: what it points to is replaced. A device or a
/// pipe
/// (`/dev/null`, `/dev/stdout`) is written to and stays what it is; a file that may not be written, or a folder, is
/// refused. The reason, or empty where it is done.
std::string write_atomically(const std::string& path, const std::vector<std::string_view>& pieces);

/// Removes what writers of `folder` that were killed have left there. Only where no other process writes into it.
void remove_scratch(const std::string& folder);

}  // namespace modelc::weights
