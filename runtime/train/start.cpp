#include "train/start.h"

namespace modelc::train {

Start start_of(const runtime::Request& request, bool whole) {
  Start start;
  if (request.weights.empty()) {
    start.sources = request.program->weights;
    return start;
  }
  ir::WeightSource source;
  source.from = request.weights;
  source.of_command = true;
  start.options.implied_new = !whole;
  start.options.skip_replaced = false;
  // The command line has no `except` and `new`: its own edits say as much.
  if (!whole) source.except = source.created = request.replaced;
  start.sources.push_back(std::move(source));
  return start;
}

}  // namespace modelc::train
