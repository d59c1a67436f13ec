#include <fmt/format.h>

#include <algorithm>

#include "catalogue/entry.h"
#include "emit/summary.h"
#include "support/counted.h"

namespace modelc::emit {
namespace {

std::string grouped(std::int64_t n) {
  std::string out = std::to_string(n);
  for (std::size_t at = out.size(); at > 3 + (n < 0 ? 1u : 0u);) out.insert(at -= 3, ",");
  return out;
}

std::string flops_text(types::Dim flops) {
  return flops.is_constant() ? (flops.constant() == 0 ? "" : grouped(flops.constant())) : flops.str();
}

std::string state(const SummaryModule& m) {
  if (m.parameters == 0) return "";
  return m.trainable == m.parameters ? "trainable" : m.trainable == 0 ? "frozen" : "partly frozen";
}

std::string name_in_tree(const SummaryModule& m) {
  if (m.path.empty()) return "(model)";
  const auto depth = static_cast<std::size_t>(std::count(m.path.begin(), m.path.end(), '.')) + 1;
  return std::string(depth * 2, ' ') + m.path.substr(m.path.rfind('.') + 1);
}

/// Left-aligned columns (numbers right) under a header; the last column is not padded.
std::string table(const std::vector<std::vector<std::string>>& rows, std::size_t numbers_from) {
  std::vector<std::size_t> widths(rows[0].size(), 0);
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i)
      widths[i] = std::min<std::size_t>(60, std::max(widths[i], row[i].size()));
  }
  std::string out;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      line += i == 0 ? "" : "  ";
      line += i == numbers_from ? fmt::format("{:>{}}", row[i], widths[i]) : fmt::format("{:<{}}", row[i], widths[i]);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + "\n";
  }
  return out;
}

std::string place(const types::Origin& origin, const support::SourceManager& sources) {
  std::string out = origin.what;
  if (sources.contains(origin.span.file)) {
    const support::SourceFile& file = sources.file(origin.span.file);
    const support::Position at = file.position(origin.span.begin);
    out = fmt::format("{}:{}:{}{}{}", file.path(), at.line, at.column, out.empty() ? "" : ": ", out);
  }
  return out;
}

std::string arguments(const std::vector<std::pair<std::string, types::Constant>>& args) {
  std::string out;
  for (const auto& [name, value] : args) out += (out.empty() ? "" : ", ") + name + "=" + value.str();
  return out;
}

/// With what a training changes the parameters.
std::string descent(const ir::Training& training) {
  std::string out;
  for (const ir::Turn& turn : training.turns) {
    if (!turn.follows.pairs.empty()) {
      out += fmt::format("turn {}: a running average, decay {:g}\n", turn.name, turn.follows.decay);
      for (const auto& [own, other] : turn.follows.pairs) out += fmt::format("    {} follows {}\n", own, other);
      continue;
    }
    out += fmt::format("turn {}: {}({})\n", turn.name, catalogue::name_of(turn.optimizer.id),
                       arguments(turn.optimizer.args));
    for (const std::string& tensor : turn.update) out += "    " + tensor + "\n";
  }
  if (training.optimizer)
    out += fmt::format("optimizer: {}({})\n", catalogue::name_of(training.optimizer->id),
                       arguments(training.optimizer->args));
  if (training.schedule) out += fmt::format("  schedule: {}\n", training.schedule->text);
  for (const ir::ParameterGroup& group : training.groups) {
    std::string own = arguments(group.args);
    if (group.schedule) own += fmt::format("{}schedule: {}", own.empty() ? "" : ", ", group.schedule->text);
    if (own.empty()) continue;
    out += fmt::format("  {}:\n", own);
    for (const std::string& tensor : group.tensors) out += "    " + tensor + "\n";
  }
  return out;
}

std::string length(const ir::Training& training) {
  if (training.steps) return support::counted(*training.steps, "step");
  return training.epochs ? support::counted(*training.epochs, "epoch") : "";
}

std::string indented(const std::string& lines) {
  std::string out;
  for (std::size_t begin = 0; begin < lines.size();) {
    const std::size_t end = lines.find('\n', begin) + 1;
    out += "  " + lines.substr(begin, end - begin);
    begin = end;
  }
  return out;
}

std::string trainings(const ir::Recipe& recipe) {
  if (recipe.phases.empty()) {
    const std::string all = descent(recipe.training);
    return all.empty() ? "" : "\n" + all;
  }
  std::string out;
  for (std::size_t i = 0; i < recipe.phases.size(); ++i) {
    const ir::Phase& phase = recipe.phases[i];
    out += fmt::format("\nphase {}: {}\n{}", i + 1, length(phase.training), indented(descent(phase.training)));
    if (!phase.frozen.empty()) out += "  frozen:\n";
    for (const std::string& tensor : phase.frozen) out += "    " + tensor + "\n";
  }
  return out;
}

}  // namespace

std::string summary_text(const Summary& s, const ir::Recipe* recipe, const support::SourceManager& sources) {
  std::string out = s.name.empty() ? "model\n" : s.name + "\n";
  for (std::size_t at = 0; at < s.doc.size();) {
    const std::size_t end = std::min(s.doc.find('\n', at), s.doc.size());
    out += end == at ? "\n" : fmt::format("  {}\n", std::string_view(s.doc).substr(at, end - at));
    at = end + 1;
  }
  std::vector<std::vector<std::string>> ports;
  for (const auto& p : s.inputs) ports.push_back({"  input", p.name, p.type + (p.optional ? "  (optional)" : "")});
  for (const auto& p : s.outputs) ports.push_back({"  output", p.name, p.type});
  if (!ports.empty()) out += table(ports, 99);
  out += "\n";

  std::vector<std::vector<std::string>> rows = {{"module", "type", "output", "parameters", "state", "FLOPs"}};
  for (const SummaryModule& m : s.modules) {
    rows.push_back({name_in_tree(m), m.type, m.output.empty() ? "-" : m.output,
                    m.parameters == 0 ? "" : grouped(m.parameters), state(m), flops_text(m.flops)});
  }
  out += table(rows, 3);

  const auto own =
      std::find_if(s.parameters.begin(), s.parameters.end(), [](const auto& t) { return !t.aliases.empty(); });
  if (own != s.parameters.end()) out += "\nshared parameters:\n";
  for (const SummaryTensor& t : s.parameters) {
    for (const std::string& alias : t.aliases) out += fmt::format("  {} is {}\n", alias, t.name);
  }
  if (!s.constraints.empty()) out += "\nconstraints:\n";
  for (const SummaryConstraint& c : s.constraints) {
    out += "  " + c.words + "\n";
    for (const types::Origin& origin : c.origins) out += "    " + place(origin, sources) + "\n";
  }
  if (recipe != nullptr) out += trainings(*recipe);

  out += fmt::format("\nparameters: {} ({} trainable, {} frozen), {} bytes\n", grouped(s.total), grouped(s.trainable),
                     grouped(s.total - s.trainable), grouped(s.bytes));
  const std::string flops = flops_text(s.flops);
  out += "FLOPs of one evaluation: " + (flops.empty() ? "0" : flops) + "\n";
  return out;
}

}  // namespace modelc::emit
