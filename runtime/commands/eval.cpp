// `eval`: loss and metrics of trained weights on one split of the recipe's data.
#include "train/results.h"

namespace modelc::runtime {

int evaluate(const Request& request) {
  if (request.weights.empty() && request.program->weights.empty()) {
    request.sink->report({}, diag::WeightsNeeded);
    return 2;
  }
  train::Session session(request);
  if (!session.open(false)) return 1;
  if (!request.recipe->has_loss && request.program->graphs.front().metrics.empty()) {
    request.sink->report(request.recipe->data.span, diag::NothingToTrain, "`loss` or `metrics`");
    return 1;
  }
  const std::string split(word_of(session.scored_split()));
  const auto& parts = session.parts_of(session.scored_split());
  if (parts.empty()) {
    request.sink->report(request.recipe->data.span, diag::NothingToTrain, "`data." + split + "`");
    return 1;
  }
  try {
    const auto scores = session.score(parts);
    if (!scores) return 3;
    train::Results results;
    results.add("split", split);
    results.add("rows", scores->rows);
    results.add(split, *scores);
    return results.print(request.json) ? 0 : 3;
  } catch (const exec::RuntimeFault& fault) {
    return data::report_fault(fault, *request.sink);
  }
}

}  // namespace modelc::runtime
