// What was found out about files by reading all of them, for as long as they stay as they are: a description asks for
// the columns of one file when it is checked, when a size is taken from them, and when its rows are loaded.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <string>

#include "formats/tables.h"

namespace modelc::formats {

class KnownSchemas {
 public:
  static KnownSchemas& get();
  /// `key` says how the file is read. What is at fault is not kept.
  Result<Schema> find_or_make(const std::string& key, const std::string& path,
                              const std::function<Result<Schema>()>& make);

 private:
  struct Known {
    std::string version;  // of the file
    Schema schema;
  };
  std::mutex mutex_;
  std::map<std::string, Known> known_;
};

}  // namespace modelc::formats
