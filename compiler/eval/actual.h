// Evaluated arguments as the catalogue's binder sees them.
#pragma once

#include "catalogue/bind.h"
#include "eval/environment.h"

namespace modelc::eval {

catalogue::Actual actual_of(const GivenArgument& argument);
std::vector<catalogue::Actual> actuals_of(const std::vector<GivenArgument>& arguments);

/// Whether the entry is granted and not honoured yet, which is reported.
bool refused(Environment& env, const catalogue::Entry& entry, Span call);

/// Arguments of a call of `entry`, matched with what it takes; nullopt where one does not fit, which was reported.
std::optional<catalogue::Bound> bound_to(Environment& env, const catalogue::Entry& entry,
                                         const std::vector<catalogue::Actual>& arguments, Span call);

}  // namespace modelc::eval
