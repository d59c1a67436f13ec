// A loss is fed on another scale than it takes: softmax before `cross_entropy`, a sigmoid before `…_with_logits`,
// logits into `nll_loss`, a ReLU before a loss that wants logits.
#pragma once

#include "diagnostics/sink.h"
#include "ir/program.h"

namespace modelc::passes {

/// Warns (M4070, M4071) at the loss. True: the program may be used all the same.
bool loss_scales(const ir::Program& program, diagnostics::Sink& sink);

}  // namespace modelc::passes
