// `checks`: what must hold of the description (LANGUAGE §12), read and held against the declarations of its keys.
#pragma once

#include "ir/check.h"
#include "recipe/given.h"

namespace modelc::recipe {

std::vector<ir::Check> read_checks(const Given& given, const ast::Setting& section);

}  // namespace modelc::recipe
