// The training loop.
#pragma once

#include "train/session.h"

namespace modelc::train {

/// Trains by the recipe of an open session: a run folder with its logs, the best and the last checkpoint, results on
/// standard output. The exit code of the program; 130 after an interrupt, with what was reached saved. Throws
/// exec::RuntimeFault where a step fails.
int train(Session& session);

}  // namespace modelc::train
