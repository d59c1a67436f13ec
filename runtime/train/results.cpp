#include "train/results.h"

#include <fmt/format.h>

#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>

namespace modelc::train {

std::string one_line(const std::string& split, const Scores& scores) {
  std::string out;
  const auto add = [&](const std::string& name, double value) {
    out += fmt::format("{}{}.{} {:.6g}", out.empty() ? "" : "  ", split, name, value);
  };
  if (scores.has_loss) add("loss", scores.loss);
  for (const auto& [name, value] : scores.terms) add(name, value);
  for (const auto& [name, value] : scores.metrics) add(name, value);
  return out;
}

Figures figures_of(const std::string& split, const Scores& scores) {
  Figures out;
  if (scores.has_loss) out[split + ".loss"] = scores.loss;
  for (const auto* named : {&scores.terms, &scores.metrics})
    for (const auto& [name, value] : *named) out[split + "." + name] = value;
  return out;
}

std::vector<std::string> terms_of(Session& session) {
  std::vector<std::string> out;
  for (const ir::Output& loss : session.runner(true, session.training_parts()[0], 0)->graph().losses)
    out.push_back(loss.name);
  return out;
}

std::vector<std::string> columns_of(Session& session) {
  std::vector<std::string> names;
  const auto add = [&](const std::string& split, const ir::Graph& graph, bool metrics) {
    if (!graph.losses.empty()) names.push_back(split + ".loss");
    if (graph.losses.size() > 1)
      for (const ir::Output& loss : graph.losses) names.push_back(split + "." + loss.name);
    for (const ir::Metric& metric : graph.metrics)
      if (metrics && metric.kind != catalogue::MetricId::Confusion) names.push_back(split + "." + metric.name);
  };
  add("train", session.runner(true, session.training_parts()[0], 0)->graph(), false);
  for (const auto& [split, parts] :
       {std::pair("valid", &session.valid_parts()), std::pair("test", &session.test_parts())})
    if (!parts->empty()) add(split, session.runner(false, (*parts)[0], 0)->graph(), true);
  return names;
}

void Results::add(const std::string& name, double value) { entries_.push_back({name, "", value, true, false}); }
void Results::add(const std::string& name, std::int64_t count) {
  entries_.push_back({name, "", static_cast<double>(count), true, true});
}
void Results::add(const std::string& name, const std::string& text) {
  entries_.push_back({name, text, 0, false, false});
}

void Results::add(const std::string& split, const Scores& scores) {
  if (scores.has_loss) add(split + ".loss", scores.loss);
  for (const auto& [name, value] : scores.terms) add(split + "." + name, value);
  for (const auto& [name, value] : scores.metrics) add(split + "." + name, value);
  for (const auto& [name, table] : scores.tables) add(split + "." + name, "\n" + table);
}

void Results::add_table(const std::string& name, const std::string& text, const support::Json& json) {
  tables_.push_back({name, text, json.dump()});
}

std::string Results::json() const {
  nlohmann::ordered_json object = nlohmann::ordered_json::object();
  for (const Entry& entry : entries_) {
    if (!entry.number) object[entry.name] = entry.text;
    else if (entry.whole) object[entry.name] = static_cast<std::int64_t>(entry.value);
    else if (std::isfinite(entry.value)) object[entry.name] = entry.value;
    else object[entry.name] = nullptr;
  }
  for (const Table& table : tables_) object[table.name] = nlohmann::ordered_json::parse(table.json);
  return object.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

bool Results::print(bool as_json) const {
  std::string out = as_json ? json() : "";
  if (!as_json) {
    for (const Entry& entry : entries_)
      out += entry.number ? fmt::format("{} {:.{}g}\n", entry.name, entry.value, entry.whole ? 17 : 6)
                          : fmt::format("{} {}\n", entry.name, entry.text);
    for (const Table& table : tables_) out += "\n" + table.text;
  }
  return std::fwrite(out.data(), 1, out.size(), stdout) == out.size() && std::fflush(stdout) == 0;
}

}  // namespace modelc::train
