// What `strip lower replace` make of one text: for the sizes that are counted before a run and for the rows of it.
#pragma once

#include "ir/recipe.h"

namespace modelc::ir {

std::string derived_text(const DerivedColumn& column, const std::string& text);

}  // namespace modelc::ir
