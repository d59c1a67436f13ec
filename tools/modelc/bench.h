// What `modelc bench` prints of the times that the runtime measured.
#pragma once

#include <cstddef>
#include <string>

#include "api.h"

namespace modelc::cli {

/// How many passes run before those that optimise graphs.
std::size_t passes_before_rewrites();

/// Medians, with the optimising passes and without.
std::string bench_results(const runtime::Times& with, const runtime::Times& without, bool json);

}  // namespace modelc::cli
