#include "train/start.h"

namespace modelc::train {

Start start_of(const runtime::Request& request, bool whole) {
  if (!request.weights.empty())
    return weights::start_of_command(*request.program, request.weights, request.weight_keys, request.replaced, whole);
  Start start;
  start.sources = request.program->weights;
  return start;
}

}  // namespace modelc::train
