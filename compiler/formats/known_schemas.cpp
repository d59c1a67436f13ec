#include "formats/known_schemas.h"

#include <fmt/format.h>
#include <sys/stat.h>

namespace modelc::formats {
namespace {

std::string stamp_of(const std::string& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) return "";
  return fmt::format("{} {} {} {}.{:09} {}.{:09}", info.st_dev, info.st_ino, info.st_size, info.st_mtim.tv_sec,
                     info.st_mtim.tv_nsec, info.st_ctim.tv_sec, info.st_ctim.tv_nsec);
}

/// Changes with what the file holds, a database's log beside it included. Empty where there is none.
std::string version_of(const std::string& path) {
  const std::string stamp = stamp_of(path);
  return stamp.empty() ? stamp : stamp + " " + stamp_of(path + "-wal");
}

}  // namespace

KnownSchemas& KnownSchemas::get() {
  static KnownSchemas known;
  return known;
}

Result<Schema> KnownSchemas::find_or_make(const std::string& key, const std::string& path,
                                          const std::function<Result<Schema>()>& make) {
  const std::string version = version_of(path);
  {
    const std::lock_guard lock(mutex_);
    const auto found = known_.find(key);
    if (found != known_.end() && !version.empty() && found->second.version == version)
      return {found->second.schema, {}};
  }
  Result<Schema> made = make();
  // One that was written to meanwhile is looked at again the next time.
  if (made && version_of(path) == version) {
    const std::lock_guard lock(mutex_);
    known_[key] = {version, *made.value};
  }
  return made;
}

}  // namespace modelc::formats
