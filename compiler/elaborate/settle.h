// What must be known of a file before the whole of it is: which base it extends, which variants it has.
#pragma once

#include <optional>

#include "ast/description.h"
#include "diagnostics/sink.h"

namespace modelc::elaborate {

/// Decides Description::undecided by the params and definitions that stand in the file; a compose::Settle. False after
/// reporting.
bool settle(ast::Description& own, diagnostics::Sink& sink);

/// Whether a condition holds by the params and definitions of a composed description; nullopt where it cannot be told.
std::optional<bool> holds(const ast::Description& description, const ast::ExprPtr& condition);

}  // namespace modelc::elaborate
