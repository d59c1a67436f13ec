// Which integers the inputs may hold, from the operators that take them for positions: `label` of 3 classes 0 to 2.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "ir/program.h"

namespace modelc::passes {

struct IndexLimit {
  std::int64_t high = 0;              // from 0
  std::optional<std::int64_t> spare;  // one integer more that may stand there: `ignore_index`
  std::string what;                   // how many there are of what: `3 classes`
  bool operator==(const IndexLimit&) const = default;
};

/// By input; the narrowest of all that read it, in any graph that was checked. Nothing of an input that no operator
/// takes as it came, or where the number of positions is known at run time only.
std::map<std::string, IndexLimit> index_limits(const ir::Program& program);

}  // namespace modelc::passes
