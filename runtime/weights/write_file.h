// Whole files, under the name by which the runtime's rooms know them.
#pragma once

#include "support/whole_file.h"

namespace modelc::weights {

using support::write_atomically;

}  // namespace modelc::weights
