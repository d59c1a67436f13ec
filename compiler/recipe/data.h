// `data`: where rows come from, how they are divided, how columns become inputs and targets. Reports M8109, M8304 to
// M8314 and, of sources, what sources.h says.
#pragma once

#include "ir/recipe.h"
#include "recipe/given.h"

namespace modelc::recipe {

/// `judged`: the model is whole, so that what is fed to it can be judged.
ir::Data read_data(const Given& given, const ast::Setting& section, bool judged);

/// Whether the description says where training data come from, however faulty that is.
bool names_training_source(const Given& given);

/// The training source alone; nullopt where there is none, or a faulty one.
std::optional<ir::Source> read_training_source(const Given& given);

/// The folder in which its relative files are looked for.
std::string data_root(const Given& given);

}  // namespace modelc::recipe
