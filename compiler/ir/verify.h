// The rules of the IR, checked. What is broken here is a fault of ours, in the tracer or in a pass: the text is for
// whoever wrote it, not for the user.
//
// Modules: a parent stands before its children, tensors have integer sizes. Graphs: ids in range, results defined once
// and before use, one operand and one attribute for each parameter and of a kind it takes, required ones given, types
// as the operator's rule infers them again, states read in their order, one line of random states, updates listed.
#pragma once

#include <string>
#include <vector>

#include "ir/program.h"

namespace modelc::ir {

/// Whether every operator's rule is asked again for the types of its results: as dear as inference itself.
enum class Types { Inferred, Trusted };

/// What is broken, or empty. Needs the DimTable of the program.
std::vector<std::string> verify(const Program& program, Types types = Types::Inferred);
std::vector<std::string> verify(const Graph& graph, const ModuleTree& tree);

}  // namespace modelc::ir
