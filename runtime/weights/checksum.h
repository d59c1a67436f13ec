// Under the name by which the runtime's rooms know it.
#pragma once

#include "support/checksum.h"

namespace modelc::weights {

using support::checksum;

}  // namespace modelc::weights
