// `data.valid` as a part of the training rows, and other keys that name a column of theirs. Reports M8109 and M8312 to
// M8314.
#pragma once

#include "ir/recipe.h"
#include "recipe/given.h"
#include "recipe/settings.h"

namespace modelc::recipe {

/// `train` is null where the source is faulty: no name of a column is judged then.
ir::Split read_split(const Given& given, const ast::Setting& section, const ir::Source* train);

/// The name of a column of the training source, or one that the feed binds; empty where none is given.
std::string read_column(const Given& given, const Fields& fields, catalogue::KeyId key, const ir::Source* train);

}  // namespace modelc::recipe
