// What `modelc new` begins with: the files of models/templates, put into the program when it is built.
#pragma once

#include <string_view>
#include <vector>

namespace modelc::catalogue {

struct Template {
  std::string_view name;  // that of its file
  std::string_view text;

  /// What it is for: the comment in its first line.
  std::string_view sentence() const;
};

/// In alphabetical order. The source is written by this folder's CMakeLists.txt.
const std::vector<Template>& templates();
const Template* find_template(std::string_view name);

}  // namespace modelc::catalogue
