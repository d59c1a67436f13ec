// Evaluated arguments as the catalogue's binder sees them.
#pragma once

#include "catalogue/bind.h"
#include "eval/value.h"

namespace modelc::eval {

catalogue::Actual actual_of(const GivenArgument& argument);
std::vector<catalogue::Actual> actuals_of(const std::vector<GivenArgument>& arguments);

}  // namespace modelc::eval
