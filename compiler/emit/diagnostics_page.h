// The page of docs/reference that lists every diagnostic with its example.
#pragma once

#include <string>

namespace modelc::emit {

/// Below the page's title: a section for each code, then the numbers that were given up.
std::string diagnostics_sections();

}  // namespace modelc::emit
