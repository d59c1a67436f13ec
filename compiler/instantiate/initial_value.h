// What a tensor starts from by an initialiser of the catalogue: torch.nn.init's formulas.
#pragma once

#include "catalogue/bind.h"
#include "ops/op.h"

namespace modelc::instantiate {

/// nullopt after reporting at `at` or at an argument: M5001 to M5006, M6042, M9001.
std::optional<ops::Init> initial_value(const catalogue::Entry& entry, const std::vector<catalogue::Actual>& args,
                                       const std::vector<std::int64_t>& shape, support::Span at,
                                       diagnostics::Sink& sink);

}  // namespace modelc::instantiate
