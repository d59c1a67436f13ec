// `data.valid` as a part of the training rows. Reports M8109 and M8312 to M8314.
#pragma once

#include "ir/recipe.h"
#include "recipe/given.h"

namespace modelc::recipe {

/// `train` is null where the source is faulty: no name of a column is judged then.
ir::Split read_split(const Given& given, const ast::Setting& section, const ir::Source* train);

}  // namespace modelc::recipe
