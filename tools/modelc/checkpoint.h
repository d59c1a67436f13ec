// A checkpoint among what the command line names, and what it remembers of the data it was trained on.
#pragma once

#include <memory>
#include <string>

#include "ir/recipe.h"
#include "modelc/invocation.h"

namespace modelc::cli {

/// The checkpoint that a FILE is, without its variant; empty for a description.
std::string checkpoint_of(const std::string& file);

/// Of the checkpoint whose weights are scored or predicted with, else of FILE where it is one; null where there is
/// none, or where the data themselves are looked at.
std::shared_ptr<const ir::DataMemory> memory_of(const Invocation& invocation, const std::string& file);

}  // namespace modelc::cli
