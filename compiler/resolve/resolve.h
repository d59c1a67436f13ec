// From a composed description to its table of names. Nothing is evaluated, no branch is left out, nothing is reported:
// a name that means nothing stands in the table as unknown. Made only when asked for.
#pragma once

#include <map>
#include <string>

#include "ast/description.h"
#include "resolve/names.h"

namespace modelc::resolve {

/// `files`: what `root` imports, by the path that stands in ast::Import (the part before `#`); those missing are files
/// that could not be read.
Names resolve(const ast::Description& root, const std::map<std::string, ast::DescriptionPtr>& files);

}  // namespace modelc::resolve
