// Where a value of a composed description comes from: the places that gave it, the base first, the one that holds last
// (LANGUAGE §2 "Order of values").
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "ast/description.h"

namespace modelc::compose {

/// Whether a condition holds, of the description as it is composed; nullopt where that is open.
using Decide = std::function<std::optional<bool>(const ast::ExprPtr& condition)>;

/// What stands at a path: the param, definition or named thing `width`, `inputs.x`, `modules.fc`, or the key
/// `train.optimizer`. nullopt where there is nothing.
std::optional<std::vector<support::Span>> places_of(const ast::Description& description, const std::string& path,
                                                    const Decide& decide = {});
/// The paths that places_of knows.
std::vector<std::string> known_paths(const ast::Description& description);

}  // namespace modelc::compose
