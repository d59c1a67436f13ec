#include "diagnostics/edits.h"

#include <algorithm>

namespace modelc::diagnostics {

Edited edited(const std::string& text, std::vector<Edit> edits) {
  std::stable_sort(edits.begin(), edits.end(),
                   [](const Edit& a, const Edit& b) { return a.span.begin < b.span.begin; });
  Edited out;
  std::uint32_t at = 0;
  for (const Edit& edit : edits) {
    const bool overlaps =
        edit.span.begin < at || (out.applied > 0 && edit.span.begin == edit.span.end && edit.span.begin == at);
    if (overlaps || edit.span.end < edit.span.begin || edit.span.end > text.size()) continue;
    out.text += text.substr(at, edit.span.begin - at) + edit.text;
    at = edit.span.end;
    ++out.applied;
  }
  out.text += text.substr(at);
  return out;
}

}  // namespace modelc::diagnostics
