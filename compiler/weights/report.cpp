// The verdicts of a match as a table.
#include <fmt/format.h>

#include <algorithm>

#include "weights/match_weights.h"

namespace modelc::weights {
namespace {

std::string_view verdict_word(WeightVerdict verdict) {
  switch (verdict) {
    case WeightVerdict::Loaded:
      return "loaded";
    case WeightVerdict::Kept:
      return "kept";
    case WeightVerdict::Unused:
      return "unused";
    case WeightVerdict::Missing:
      return "missing";
    case WeightVerdict::Unexpected:
      return "unexpected";
    case WeightVerdict::ShapeDiffers:
      return "other shape";
    case WeightVerdict::DtypeDiffers:
      return "other dtype";
  }
  return "";
}

}  // namespace

std::string WeightMatch::report() const {
  std::size_t width = 0;
  for (const WeightLine& line : lines)
    width = std::max(width, (line.model_name.empty() ? line.file_name : line.model_name).size());
  std::string out;
  for (const WeightLine& line : lines) {
    const std::string& name = line.model_name.empty() ? line.file_name : line.model_name;
    std::string note = line.why;
    if (!line.model_name.empty() && !line.file_name.empty() && line.file_name != line.model_name)
      note = fmt::format("from {}{}{}", line.file_name, note.empty() ? "" : "; ", note);
    out += note.empty() ? fmt::format("{:<11}  {}\n", verdict_word(line.verdict), name)
                        : fmt::format("{:<11}  {:<{}}  {}\n", verdict_word(line.verdict), name, width, note);
  }
  return out;
}

}  // namespace modelc::weights
