// `train --dry-run`: everything that a training does before its first step, and that step, so that what would go wrong
// does so now; what it would take is estimated from it. Nothing is kept.
#pragma once

#include "train/session.h"

namespace modelc::train {

/// Figures on standard output; the exit code of the program. Throws exec::RuntimeFault where the step fails.
int dry_run(Session& session);

}  // namespace modelc::train
