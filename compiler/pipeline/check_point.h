// `check --where N=7`: a model is compiled once, for every size, so that it takes this one is more than that the same
// text with the number in place of the symbol would do (`chunk` of a known size may leave a shorter last piece).
#pragma once

#include "pipeline/compile.h"

namespace modelc::pipeline {

/// False after reporting conditions of the model that do not hold at the sizes of `options.where`. Arguments as of
/// compile(). Quiet about whatever else is wrong.
bool check_point(support::SourceManager& sources, const std::string& file, const compose::Overrides& overrides,
                 const elaborate::Options& options, diagnostics::Sink& sink);

}  // namespace modelc::pipeline
