// A compiled description as a text that a person can read and run again.
#pragma once

#include "pipeline/compile.h"

namespace modelc::pipeline {

/// One file of YAML that compiles to the same program and recipe, which is tried; where there is none, the bundle.
std::string resolved_description(const Compiled& compiled);

}  // namespace modelc::pipeline
