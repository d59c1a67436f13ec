// What an epoch of a training is: its batches in their order, and how many steps they make.
#pragma once

#include "train/stepper.h"

namespace modelc::train {

/// The batches of an epoch in the order of training.
std::vector<data::Batch> batches_of(const Session& session, std::int64_t epoch);
/// How long the training is planned to be.
Length length_of(const Session& session);

/// Whether there is something to change, and a batch to change it by; false after reporting.
bool can_train(Session& session, const Stepper& stepper);

}  // namespace modelc::train
