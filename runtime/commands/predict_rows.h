// `predict --data`: rows of a source through the feed and the model, batch by batch.
#pragma once

#include "api.h"

namespace modelc::runtime {

/// Exit code: 0, 1 where rows or what is asked of them are faulty, 3 where something could not be written or run.
int predict_rows(const Request& request);

}  // namespace modelc::runtime
