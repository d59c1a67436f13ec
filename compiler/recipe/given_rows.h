// `predict --data SOURCE`: rows of a source that the command line names. Reports what sources.h says.
#pragma once

#include "recipe/options.h"
#include "recipe/sources.h"

namespace modelc::recipe {

/// The source of the rows. A file is read with the options that the training source gives one of its kind.
std::optional<ir::Source> read_given_rows(const Given& given, const std::string& root, const ast::ExprPtr& train,
                                          std::vector<ir::Graph>& column_graphs);

}  // namespace modelc::recipe
