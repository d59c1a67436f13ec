// From weight files into a module tree, all or nothing, and from a tree into a checkpoint. Reports M7xxx.
#pragma once

#include "build/tree_module.h"
#include "weights/match_weights.h"
#include "weights/tensor_file.h"

namespace modelc::weights {

/// Copies what `sources` give into the tree after all of it was found to fit. False after reporting. A source whose
/// file is `opened` already is read through that, so that tensors and metadata are of one version of the file.
bool load_weights(const ir::Program& program, build::TreeModule& tree, const std::vector<ir::WeightSource>& sources,
                  const weights::MatchOptions& options, diagnostics::Sink& sink, weights::WeightMatch* match = nullptr,
                  const formats::WeightFile* opened = nullptr);

}  // namespace modelc::weights
