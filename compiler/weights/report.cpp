// The verdicts of a match as a table, in groups, and as JSON.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "weights/match_weights.h"

namespace modelc::weights {
namespace {

const char* verdict_word(WeightVerdict verdict) {
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

const std::string& name_of(const WeightLine& line) {
  return line.model_name.empty() ? line.file_name : line.model_name;
}

/// How many bytes of whole levels two paths have in common at their ends.
std::size_t common_tail(const std::string& a, const std::string& b) {
  std::size_t best = 0;
  for (std::size_t n = 1; n <= std::min(a.size(), b.size()) && a[a.size() - n] == b[b.size() - n]; ++n)
    if ((n == a.size() || a[a.size() - n - 1] == '.') && (n == b.size() || b[b.size() - n - 1] == '.')) best = n;
  return best;
}

/// What is said of a line beside its name: tensors of which the same is said make a group.
std::string remark_of(const WeightLine& line) {
  std::string out;
  if (!line.model_name.empty() && !line.file_name.empty() && line.file_name != line.model_name) {
    const std::size_t tail = common_tail(line.model_name, line.file_name);
    const std::string head = line.file_name.substr(0, line.file_name.size() - tail);
    out = fmt::format("from `{}{}`", head, tail == 0 ? "" : "*");
  }
  return line.why.empty() ? out : fmt::format("{}{}{}", out, out.empty() ? "" : "; ", line.why);
}

/// The levels of the names, each in the order in which it was first met.
struct Level {
  std::string name;  // within the level above
  std::map<std::string, std::size_t, std::less<>> index;
  std::vector<Level> below;
  std::vector<const WeightLine*> lines;  // of this name itself
  std::size_t count = 0;                 // with what is below
  std::string verdict;                   // of all of them, with the remark; meaningless where `mixed`
  bool mixed = false;

  void add(const WeightLine& line, std::string_view rest, const std::string& said) {
    mixed = mixed || (count > 0 && verdict != said);
    verdict = said;
    ++count;
    if (rest.empty()) return lines.push_back(&line);
    const std::size_t dot = rest.find('.');
    const std::string head(rest.substr(0, dot));
    const auto [at, fresh] = index.emplace(head, below.size());
    if (fresh) below.emplace_back().name = head;
    below[at->second].add(line, dot == std::string_view::npos ? "" : rest.substr(dot + 1), said);
  }

  void print(const std::string& path, std::string& out) const {
    const std::string inner = path.empty() ? "" : path + ".";
    if (count > 1 && !mixed && lines.empty()) {
      out += fmt::format("{}*: {} tensors {}\n", inner, count, verdict);
      return;
    }
    for (const WeightLine* line : lines) out += fmt::format("{}: {}\n", name_of(*line), verdict_of(*line));
    for (const Level& level : below) level.print(inner + level.name, out);
  }

  static std::string verdict_of(const WeightLine& line) {
    const std::string remark = remark_of(line);
    return fmt::format("{}{}{}", verdict_word(line.verdict), remark.empty() ? "" : ", ", remark);
  }
};

std::size_t count_of(const std::vector<WeightLine>& lines, WeightVerdict verdict) {
  return static_cast<std::size_t>(
      std::count_if(lines.begin(), lines.end(), [&](const WeightLine& line) { return line.verdict == verdict; }));
}

constexpr WeightVerdict kVerdicts[] = {WeightVerdict::Loaded,       WeightVerdict::Kept,         WeightVerdict::Missing,
                                       WeightVerdict::ShapeDiffers, WeightVerdict::DtypeDiffers, WeightVerdict::Unused,
                                       WeightVerdict::Unexpected};

}  // namespace

std::string WeightMatch::grouped_report() const {
  Level model, file;
  for (const WeightLine& line : lines)
    (line.model_name.empty() ? file : model).add(line, name_of(line), Level::verdict_of(line));
  std::string out;
  model.print("", out);
  file.print("", out);
  std::string counts;
  for (const WeightVerdict verdict : kVerdicts)
    if (const std::size_t count = count_of(lines, verdict))
      counts += fmt::format("{}{} {}", counts.empty() ? "" : ", ", count, verdict_word(verdict));
  return out + counts + "\n";
}

support::Json WeightMatch::json() const {
  using support::Json;
  Json counts = Json::object(), tensors = Json::array();
  for (const WeightVerdict verdict : kVerdicts) counts[verdict_word(verdict)] = count_of(lines, verdict);
  const auto text = [](const std::string& name) { return name.empty() ? Json() : Json(name); };
  for (const WeightLine& line : lines)
    tensors.push_back({{"verdict", verdict_word(line.verdict)},
                       {"model", text(line.model_name)},
                       {"file", text(line.file_name)},
                       {"why", text(line.why)}});
  return {{"fits", ok}, {"counts", std::move(counts)}, {"tensors", std::move(tensors)}};
}

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
