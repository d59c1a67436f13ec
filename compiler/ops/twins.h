// Modules and functions of one idea, for messages: `ReLU` and `relu`.
#pragma once

#include <algorithm>
#include <string>

#include "ops/op.h"

namespace modelc::ops {

/// The function that says the same as a module without parameters; empty where there is none to be called.
inline std::string function_twin(const Op& module) {
  const Op* function = module.becomes.op;
  if (!function || function->name.starts_with('_')) return {};
  for (std::size_t i = 0; i < function->inputs.size() && i < module.becomes.sources.size(); ++i) {
    const Source::Kind kind = module.becomes.sources[i].kind;
    const Param& param = function->inputs[i];
    const bool owned = kind == Source::Owned || kind == Source::AllOwned;
    if (owned && !param.nullable && !param.has_default) return {};
  }
  return function->name;
}

/// The module that becomes a function, the one with the shortest name; empty where there is none.
inline std::string module_twin(const Op& function) {
  std::string found;
  for (const Op& op : Catalogue::get().all())
    if (op.is_module && op.becomes.op == &function && (found.empty() || op.name.size() < found.size())) found = op.name;
  return found;
}

}  // namespace modelc::ops
