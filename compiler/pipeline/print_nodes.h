// The tree that the YAML reader makes, as text: one line per node, with its place.
#pragma once

#include <string>

#include "ast/node.h"

namespace modelc::pipeline {

std::string print_nodes(const ast::Node& root, const support::SourceManager& sources);

}  // namespace modelc::pipeline
