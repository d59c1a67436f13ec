// How pieces of text are numbered.
#pragma once

#include <cstdint>

#include "text/units.h"

namespace modelc::text {

/// The number of the first piece of a vocabulary. Of a column's tokens 0 is padding and 1 stands for what the training
/// split does not have; of a long text's words 0 does; its characters begin at 0.
inline std::int64_t first_number(Unit unit, bool of_column) {
  if (of_column) return 2;
  return unit == Unit::Words ? 1 : 0;
}
/// The number of a piece that the training split does not have; -1 where it has none of its own.
inline std::int64_t unknown_number(Unit unit, bool of_column) { return first_number(unit, of_column) - 1; }

}  // namespace modelc::text
