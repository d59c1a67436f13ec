#include "plan/plan.h"

#include <stdexcept>

namespace modelc::plan {

std::int64_t Attribute::as_int() const {
  if (!as_size().is_constant()) throw std::logic_error("a size is read before it is known");
  return as_size().constant;
}

std::string place_of(const Step& step) { return step.path.empty() ? step.what : step.what + " at " + step.path; }

}  // namespace modelc::plan
