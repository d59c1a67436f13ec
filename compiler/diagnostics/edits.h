// What a text is after the edits that diagnostics offer.
#pragma once

#include <string>
#include <vector>

#include "diagnostics/diagnostic.h"

namespace modelc::diagnostics {

struct Edited {
  std::string text;
  std::size_t applied = 0;
};
/// Of edits that overlap the first is made, and of several insertions in one place.
Edited edited(const std::string& text, std::vector<Edit> edits);

}  // namespace modelc::diagnostics
