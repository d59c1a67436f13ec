// What the command line says of weights, as sources.
#include "weights/match_weights.h"

namespace modelc::weights {

bool holds_trained_only(const std::string& path) {
  const formats::Result<formats::WeightFile> file = formats::read_weight_header(path);
  return file && file.value->metadata.contains(kSavedKey);
}

Start start_of_command(const ir::Program& program, const std::vector<std::string>& files, const ir::WeightSource& keys,
                       const std::vector<std::string>& edited, bool whole) {
  Start start;
  start.options.implied_new = !whole;
  if (!whole) start.options.edited = edited;
  if (files.size() == 1 && holds_trained_only(files[0])) start.sources = program.weights;
  for (std::size_t i = 0; i < files.size(); ++i) {
    ir::WeightSource source = i == 0 ? keys : ir::WeightSource();
    source.from = files[i];
    source.of_command = true;
    start.sources.push_back(std::move(source));
  }
  return start;
}

}  // namespace modelc::weights
