// What the command line says of weights, as a source.
#include "weights/match_weights.h"

namespace modelc::weights {

Start start_of_command(const ir::WeightSource& given, const std::vector<std::string>& edited, bool whole) {
  Start start;
  start.options.implied_new = !whole;
  start.options.skip_replaced = false;
  if (!whole) start.options.edited = edited;
  start.sources.push_back(given);
  start.sources[0].of_command = true;
  return start;
}

}  // namespace modelc::weights
