// What `check` can say of values before data are loaded: integers that the model takes for positions (classes, rows of
// an embedding) and that come from a column as it is, or numbered by `category`. What is computed, and files of more
// than a MiB, are judged when they are read. Reports
// M8105, M8134, and conditions that the size of the batches breaks.
#pragma once

#include "diagnostics/sink.h"
#include "ir/program.h"
#include "ir/recipe.h"

namespace modelc::pipeline {

/// Warns (M8134) of a last batch of a single row that a normalisation over the batch cannot take, where the source says
/// how many rows there are.
void check_last_batch(const ir::Program& program, const ir::Recipe& recipe, diagnostics::Sink& sink);

/// False after reporting (M6002) a condition of the model that no full batch of the training meets.
bool check_batch(const ir::Program& program, const ir::Recipe& recipe, diagnostics::Sink& sink);

/// False after reporting a value that the model has no room for.
bool check_data(const ir::Program& program, const ir::Data& data, diagnostics::Sink& sink);

}  // namespace modelc::pipeline
