// A setting after its `for` and `if`: what `device`, `dtype` and `allow` say for the values that the params have.
#pragma once

#include "ast/description.h"
#include "eval/environment.h"

namespace modelc::elaborate {

/// Entries alone, with their names and texts as they are once `${…}` is inserted. What one unnamed scalar is left of is
/// that scalar. Null stays null.
ast::SettingPtr decided(eval::Environment& env, const ast::SettingPtr& setting, const eval::Scope& scope);

}  // namespace modelc::elaborate
