// `predict --data SOURCE`: rows of a source that the command line names. Reports what sources.h says.
#pragma once

#include "diagnostics/sink.h"
#include "recipe/options.h"
#include "recipe/sources.h"

namespace modelc::recipe {

/// What the text of `--data` means: a file or folder that is there, else a call, else a file. nullopt after reporting.
std::optional<GivenRows> given_rows(support::SourceManager& sources, const std::string& text, diagnostics::Sink& sink);

/// The source of the rows. A file is read with the options that the training source gives one of its kind.
std::optional<ir::Source> read_given_rows(const Given& given, const std::string& root, const ast::ExprPtr& train,
                                          std::vector<ir::Graph>& column_graphs);

}  // namespace modelc::recipe
