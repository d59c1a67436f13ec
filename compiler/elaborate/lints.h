// Warnings that need the whole model: modules that nothing calls, parameters that the loss does not reach.
#pragma once

#include "diagnostics/sink.h"
#include "instantiate/paths.h"

namespace modelc::elaborate {

using diagnostics::Sink;
using instantiate::Tree;

void check_called(Sink& sink, Tree& tree, const std::vector<ir::Graph>& graphs);
void lint_loss(Sink& sink, const Tree& tree, const std::vector<ir::Graph>& graphs,
               const std::vector<instantiate::Key>& all);

}  // namespace modelc::elaborate
