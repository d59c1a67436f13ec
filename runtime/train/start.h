// What a model's values start from: `--weights` or the checkpoint given as FILE, before what the description says.
#pragma once

#include "api.h"
#include "weights/match_weights.h"

namespace modelc::train {

using weights::Start;

/// `whole`: to score or predict, for which every tensor must come from the file.
Start start_of(const runtime::Request& request, bool whole);

}  // namespace modelc::train
