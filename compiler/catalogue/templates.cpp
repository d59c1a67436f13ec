#include "catalogue/templates.h"

#include <algorithm>

namespace modelc::catalogue {

std::string_view Template::sentence() const {
  constexpr std::string_view kComment = "# ";
  const std::string_view line = text.substr(0, text.find('\n'));
  return line.starts_with(kComment) ? line.substr(kComment.size()) : std::string_view{};
}

const Template* find_template(std::string_view name) {
  const std::vector<Template>& all = templates();
  const auto found = std::find_if(all.begin(), all.end(), [&](const Template& one) { return one.name == name; });
  return found == all.end() ? nullptr : &*found;
}

}  // namespace modelc::catalogue
