// What would run of each graph, as text.
#pragma once

#include <string>

#include "ir/program.h"

namespace modelc::pipeline {

/// The plan of every graph for all that can be asked of it: outputs, losses, metrics.
std::string print_plans(const ir::Program& program);

}  // namespace modelc::pipeline
