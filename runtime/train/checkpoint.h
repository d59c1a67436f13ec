// What a run goes on from: one file, replaced whole, with the one before it kept beside it. Holds the model, the
// optimiser, the random state and where the training stands, so that nothing in it is of two steps.
#pragma once

#include <optional>

#include "diagnostics/sink.h"
#include "train/run_folder.h"

namespace modelc::train {

struct Checkpoint {
  std::map<std::string, at::Tensor> tensors;
  std::map<std::string, std::string> metadata;
  bool newest = true;  // or the one before, since the newest is damaged
};

/// The fault's text, or empty.
std::string write_checkpoint(const RunFolder& folder, const weights::NamedTensors& tensors,
                             const std::map<std::string, std::string>& metadata);

/// The newest one that holds what was written; a damaged one is reported and passed over. nullopt after reporting.
std::optional<Checkpoint> read_checkpoint(const RunFolder& folder, diagnostics::Sink& sink);
/// The one before takes the place of the newest, so that no save puts a damaged one in its place first.
std::string drop_newest(const RunFolder& folder);

}  // namespace modelc::train
