// Names in `only`, `except`, `rename` that name nothing in a weight file, and names in `new`, `resize` that name
// nothing in the model: a misspelt one would load what was to stay, or keep what was to load. Reports M7116.
#pragma once

#include "diagnostics/sink.h"
#include "formats/safetensors.h"
#include "ir/ir.h"

namespace modelc::weights {

/// True where every name of `only`, `except` and `rename` names something in the file.
bool check_names_of_file(const ir::WeightSource& source, const formats::WeightFile& file, diagnostics::Sink& sink);
/// True where every name of `new` and `resize` names something in the model; needs no file.
bool check_names_of_model(const ir::WeightSource& source, const ir::ModuleTree& tree, diagnostics::Sink& sink);

}  // namespace modelc::weights
