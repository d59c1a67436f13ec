#include "ir/check.h"

namespace modelc::ir {

bool Bound::admits(double value) const {
  switch (relation) {
    case Equal:
      return value == number;
    case Below:
      return value < number;
    case AtMost:
      return value <= number;
    case Above:
      return value > number;
    case AtLeast:
      return value >= number;
  }
  return false;
}

}  // namespace modelc::ir
