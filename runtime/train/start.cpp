#include "train/start.h"

namespace modelc::train {

Start start_of(const runtime::Request& request, bool whole) {
  Start start;
  if (request.weights.empty()) {
    start.sources = request.program->weights;
    return start;
  }
  ir::WeightSource given = request.weight_keys;
  given.from = request.weights;
  return weights::start_of_command(given, request.replaced, whole);
}

}  // namespace modelc::train
