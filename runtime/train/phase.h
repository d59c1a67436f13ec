// The stage of a training that runs: its batches, its length, its end, and what makes a checkpoint the best one.
#pragma once

#include "train/rate_schedule.h"
#include "train/run_state.h"
#include "train/stepper.h"

namespace modelc::train {

/// The batches of an epoch in the order of training.
std::vector<data::Batch> batches_of(const Session& session, const ir::Training& training, std::int64_t epoch);
inline std::vector<data::Batch> batches_of(const Session& session, std::int64_t epoch) {
  return batches_of(session, session.phase().training, epoch);
}

Length length_of(const Session& session);

/// Whether there is something to change, and in each phase a batch to change it by; false after reporting.
bool can_train(Session& session, const Stepper& stepper);

/// Whether the phase has ended.
bool ended(const ir::Training& training, const RunState& state);
/// Whether it has no step after the last one, in an epoch of so many batches.
bool ends(const ir::Training& training, const RunState& state, std::int64_t batches);

/// What makes a checkpoint the best one. The losses of turns work against each other and their sum says nothing:
/// without a name the last one is.
ir::Figure best_figure(const Session& session);

}  // namespace modelc::train
