// The stage of a training that runs: its batches and its length.
#pragma once

#include "train/rate_schedule.h"
#include "train/session.h"

namespace modelc::train {

/// The batches of an epoch in the order of training.
std::vector<data::Batch> batches_of(const Session& session, const ir::Training& training, std::int64_t epoch);
inline std::vector<data::Batch> batches_of(const Session& session, std::int64_t epoch) {
  return batches_of(session, session.phase().training, epoch);
}

Length length_of(const Session& session);

}  // namespace modelc::train
