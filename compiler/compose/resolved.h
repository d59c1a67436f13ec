// A composed description as one file of YAML: bases merged, the variant and the command line in it, paths from the root
// of the file system. Comments are not kept, nor are variants that were not chosen.
#pragma once

#include <optional>
#include <string>

#include "ast/description.h"

namespace modelc::compose {

/// `data_root` is where the description's data files are looked for, empty where it has none. nullopt where the
/// description says something that does not stand in one file. Whoever uses the text compares what it compiles to.
std::optional<std::string> resolved_text(const ast::Description& description, const std::string& data_root);

}  // namespace modelc::compose
