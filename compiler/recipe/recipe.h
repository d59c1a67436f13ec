// What a description says beyond the model, `data` and `train`, as an ir::Recipe (LANGUAGE §11).
#pragma once

#include "ir/recipe.h"
#include "recipe/given.h"

namespace modelc::recipe {

/// `judged`: the model is whole, so that what is fed to it can be judged.
ir::Recipe read_recipe(const Given& given, bool judged);

}  // namespace modelc::recipe
