#include "recipe/figures.h"

#include <fmt/format.h>

namespace modelc::recipe {

Figures::Better Figures::better(catalogue::MetricId metric) {
  using Id = catalogue::MetricId;
  switch (metric) {
    case Id::Mae:
    case Id::Rmse:
    case Id::Perplexity:
    case Id::Ece:
    case Id::Mse:
    case Id::Mape:
      return Better::Lower;
    case Id::Mean:
    case Id::Confusion:
      return Better::Unknown;
    default:
      return Better::Higher;
  }
}

Figures::Figures(const std::vector<ir::Graph>& graphs, bool valid) : complete_(!graphs.empty()) {
  known_["train.loss"] = Better::Lower;
  if (valid) known_["valid.loss"] = Better::Lower;
  for (const ir::Graph& graph : graphs) {
    for (const ir::Output& term : graph.losses)
      for (const char* split : {"train.", "valid."})
        if (valid || split[0] == 't') known_[split + term.name] = Better::Lower;
    if (!valid) continue;
    for (const ir::Metric& metric : graph.metrics)
      if (metric.kind != catalogue::MetricId::Confusion) known_["valid." + metric.name] = better(metric.kind);
  }
}

std::optional<ir::Figure> Figures::find(Tracer& t, const std::string& name, const std::optional<std::string>& mode,
                                        std::string_view where, Span span) const {
  const auto found = known_.find(name);
  if (found == known_.end() && complete_) {
    auto report = t.fault(span, diag::FigureUnknown, name);
    std::vector<std::string> names;
    for (const auto& [known, direction] : known_) names.push_back(known);
    if (!report.did_you_mean(name, names)) report.help(fmt::format("there are {}", fmt::join(names, ", ")));
    return std::nullopt;
  }
  const Better natural = found == known_.end() ? Better::Unknown : found->second;
  if (!mode && natural == Better::Unknown && complete_) {
    t.fault(span, diag::SettingMissing, where, "mode")
        .help(fmt::format("say whether a lower or a higher `{}` is better: `mode: min` or `mode: max`", name));
    return std::nullopt;
  }
  return ir::Figure{name, mode ? mode->starts_with("max") : natural == Better::Higher};
}

}  // namespace modelc::recipe
