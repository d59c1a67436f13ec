#include "train/phase.h"

#include <fmt/format.h>

#include <algorithm>

namespace modelc::train {

std::vector<data::Batch> batches_of(const Session& session, const ir::Training& training, std::int64_t epoch) {
  std::vector<data::Batch> all = data::batches(session.training_parts(), training.batch, true, session.seed(), epoch);
  if (training.batching.drop_last)
    std::erase_if(
        all, [&](const data::Batch& batch) { return static_cast<std::int64_t>(batch.rows.size()) < training.batch; });
  limit(all, session.request().trial.limit);
  const std::vector<data::Part>& parts = session.training_parts();
  const bool in_order = std::none_of(parts.begin(), parts.end(), [](const auto& part) { return part.data->shuffle; });
  if (!training.batching.carry.empty() && in_order) data::lay_along_windows(all, parts);
  return all;
}

Length length_of(const Session& session) {
  const ir::Training& training = session.phase().training;
  const auto batches = static_cast<std::int64_t>(batches_of(session, 1).size());
  const std::int64_t steps =
      std::max<std::int64_t>((batches + training.batching.accumulate - 1) / training.batching.accumulate, 1);
  return {training.steps.value_or(training.epochs.value_or(1) * steps), steps};
}

bool can_train(Session& session, const Stepper& stepper) {
  const support::Span span = session.recipe().data.span;
  if (stepper.parameters() == 0) {
    session.sink().report(span, diag::NothingToTrain, "trainable parameter");
    return false;
  }
  const auto has_none = [&](const ir::Phase& one) { return batches_of(session, one.training, 1).empty(); };
  if (std::none_of(session.phases().begin(), session.phases().end(), has_none)) return true;
  session.sink().report(span, diag::DataSplitEmpty, "`drop_last`",
                        fmt::format("{} rows", data::row_count(session.training_parts())), "no batch");
  return false;
}

bool ended(const ir::Training& training, const RunState& state) {
  if (state.stopped) return true;
  const PhaseBegun& begun = state.phase;
  return training.steps ? state.step - begun.step >= *training.steps
                        : state.epoch - begun.epoch > training.epochs.value_or(1);
}

bool ends(const ir::Training& training, const RunState& state, std::int64_t batches) {
  const PhaseBegun& begun = state.phase;
  if (training.steps) return state.step - begun.step >= *training.steps;
  return state.batch >= batches && state.epoch - begun.epoch >= training.epochs.value_or(1);
}

ir::Figure best_figure(const Session& session) {
  const ir::Training& training = session.phase().training;
  if (training.best) return *training.best;
  if (!session.valid_parts().empty()) return {"valid.loss", false};
  const auto minimises = [](const ir::Turn& turn) { return turn.follows.pairs.empty(); };
  if (std::count_if(training.turns.begin(), training.turns.end(), minimises) > 1) return {};
  return {"train.loss", false};
}

}  // namespace modelc::train
