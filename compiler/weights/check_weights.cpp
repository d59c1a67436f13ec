// The weights that a description names, held against the headers of their files.
#include "weights/match_weights.h"
#include "weights/unmatched.h"

namespace modelc::weights {

bool check_weights(const ir::Program& program, bool must_exist, diagnostics::Sink& sink) {
  if (program.weights.empty()) return true;
  std::vector<formats::WeightFile> files;
  bool complete = true, refused = false;
  for (const ir::WeightSource& source : program.weights) {
    auto header = formats::read_weight_header(source.from);
    if (header) {
      files.push_back(std::move(*header.value));
      continue;
    }
    complete = false;
    refused |= !header.fault.not_found || must_exist;
    if (!header.fault.not_found) sink.report(source.span, diag::WeightsUnreadable, header.fault.str());
    else if (must_exist) sink.report(source.span, diag::WeightsNotFound, source.from);
    else sink.report(source.span, diag::WeightsNotFoundUnchecked, source.from);
  }
  if (complete) return match_weights(program, program.weights, files, {}, sink).ok;
  for (const ir::WeightSource& source : program.weights) refused |= !check_names_of_model(source, program.tree, sink);
  return !refused;
}

}  // namespace modelc::weights
