#include "constraints.h"

#include <algorithm>
#include <sstream>

#include "case.h"
#include "ops/op.h"

namespace modelc::cases {

std::optional<std::string> breaking(const std::string& id) {
  std::istringstream lines(contents("constraints/" + id.substr(0, id.find('.')) + ".yaml"));
  std::optional<std::string> text;
  for (std::string line; std::getline(lines, line);) {
    if (line == id + ":") text = "";
    else if (!line.starts_with("  ") && text) break;
    else if (text) *text += line.substr(2) + "\n";
  }
  return text;
}

bool is_declared(const std::string& id) {
  const ops::Constraint wanted{id, {}};
  const std::vector<ops::Op>& all = ops::Catalogue::get().all();
  return std::any_of(all.begin(), all.end(), [&](const ops::Op& op) { return op.demands(wanted); });
}

}  // namespace modelc::cases
