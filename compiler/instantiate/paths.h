// What is said by path about the finished tree: tie, init, freeze, weights (LANGUAGE §7, §8), each relative to the
// component it stands in.
#pragma once

#include "instantiate/context.h"
#include "ir/weights.h"

namespace modelc::instantiate {

/// A parameter or buffer by its key in the state_dict; the pointers hold while no module is added.
struct Key {
  std::string name;
  ir::Tensor* tensor;
  ir::Module* module;
};
/// In the order of the state_dict.
std::vector<Key> keys(Tree& tree);

/// Whether modules of a type keep statistics that `freeze` holds.
bool is_normalisation(const std::string& type);

/// Reports a path that is not there, and a glob that matches nothing. `partial`: parts of the tree are missing for
/// faults already reported, so that only what is certainly absent is reported.
void check_pattern(Context& context, const std::string& pattern, Span span, const std::vector<Key>& all,
                   bool partial = false);
/// Whether a path is missing although nothing is missing from the tree around it.
bool certainly_absent(const Context& context, const std::string& path);
/// Only looks whether the paths of tie, init, freeze and moved are there, in a tree that is not whole.
void check_paths(Context& context);

struct Applied {
  std::vector<ir::WeightSource> weights;                   // what to load, the one that wins last
  std::vector<std::pair<std::string, std::string>> moved;  // old path -> new path
};
/// Ties, initialises and freezes what is named.
Applied apply_paths(Context& context);

/// The first level of a tree, where no path in it is near what was written.
void help_with_top(diagnostics::Report& report, const std::vector<std::string>& paths);

}  // namespace modelc::instantiate
