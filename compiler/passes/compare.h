// What a model computes when it is evaluated, as text, so that two of them can be held against each other whose sizes
// live in tables of their own. What acts in training only is passed over.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "ir/program.h"

namespace modelc::passes {

/// The operators by path, and the nodes of the graphs in order.
struct Computation {
  std::map<std::string, std::string> modules;
  std::vector<std::string> nodes;
};
/// Needs the DimTable of the program.
Computation computation_of(const ir::Program& program);

/// Where a model and the one that a checkpoint carries differ, in words; nullopt where they compute the same.
std::optional<std::string> difference(const Computation& own, const Computation& stored);

}  // namespace modelc::passes
