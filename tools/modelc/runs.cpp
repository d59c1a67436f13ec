// `modelc runs`: the runs below a folder, or several of them side by side.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "compose/compose.h"
#include "modelc/output.h"
#include "modelc/table.h"
#include "runs/curves.h"
#include "runs/run.h"
#include "runs/settings.h"
#include "support/json.h"
#include "support/whole_file.h"

namespace modelc::cli {
namespace {

using support::Json;

constexpr const char* kUsualFolder = "runs";
constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

/// The figures of the best checkpoint, those of the test data among them: all that stands at its step.
std::vector<double> best_figures(const runs::Run& run) {
  std::vector<double> out(run.figures.columns.size(), kNone);
  const auto best = run.best();
  if (!best) return out;
  for (const runs::Figures::Row& row : run.figures.rows)
    for (std::size_t i = 0; row.step == run.figures.rows[*best].step && i < out.size(); ++i)
      if (std::isnan(out[i])) out[i] = row.values[i];
  return out;
}

std::string figure_text(double value) { return std::isnan(value) ? "" : fmt::format("{:.6g}", value); }

Json number_json(double value) { return std::isfinite(value) ? Json(value) : Json(); }

Json figures_json(const runs::Run& run, const std::vector<double>& values) {
  Json out = Json::object();
  for (std::size_t i = 0; i < values.size(); ++i) out[run.figures.columns[i]] = number_json(values[i]);
  return out;
}

Json run_json(const runs::Run& run) {
  const auto text = [](const std::string& value) { return value.empty() ? Json() : Json(value); };
  Json out = {{"run", run.path},
              {"name", run.report.name},
              {"state", runs::word_of(run.state)},
              {"begun", text(run.report.begun)},
              {"ended", text(run.report.ended)},
              {"epochs", static_cast<std::int64_t>(run.epochs())},
              {"steps", static_cast<std::int64_t>(run.steps())},
              {"figure", run.report.figure},
              {"better", run.report.higher ? "higher" : "lower"}};
  const auto best = run.best();
  out["best"] = Json();
  if (best) {
    const runs::Figures::Row& row = run.figures.rows[*best];
    out["best"] = {{"epoch", static_cast<std::int64_t>(row.epoch)}, {"step", static_cast<std::int64_t>(row.step)}};
    out["best"]["figures"] = figures_json(run, best_figures(run));
  }
  return out;
}

std::string best_text(const runs::Run& run) {
  const std::vector<double> values = best_figures(run);
  std::string out;
  for (std::size_t i = 0; i < values.size(); ++i)
    if (!std::isnan(values[i]) && !run.figures.columns[i].starts_with("train."))
      out += fmt::format("{}{} {:.6g}", out.empty() ? "" : "  ", run.figures.columns[i], values[i]);
  if (!out.empty()) return out;
  const auto best = run.best(), column = run.figures.find(run.report.figure);
  return best && column ? fmt::format("{} {:.6g}", run.report.figure, values[*column]) : "";
}

std::string list_text(const std::vector<runs::Run>& all) {
  std::vector<std::vector<std::string>> rows{{"run", "name", "begun", "state", "epochs", "steps", "best"}};
  for (const runs::Run& run : all)
    rows.push_back({run.path, run.report.name, run.report.begun, std::string(runs::word_of(run.state)),
                    fmt::format("{:g}", run.epochs()), fmt::format("{:.0f}", run.steps()), best_text(run)});
  return table_text(rows);
}

/// What the run's description says; nothing where it cannot be read.
runs::Settings settings_of(const runs::Run& run) {
  support::SourceManager sources;
  diagnostics::Sink sink;
  const auto composition = compose::compose(sources, run.path + "/description.yaml", {}, sink);
  return composition ? runs::settings_of(*composition->root) : runs::Settings();
}

/// The columns of all runs, in the order in which they come.
std::vector<std::string> columns_of(const std::vector<runs::Run>& all) {
  std::vector<std::string> out;
  for (const runs::Run& run : all)
    for (const std::string& column : run.figures.columns)
      if (std::find(out.begin(), out.end(), column) == out.end()) out.push_back(column);
  return out;
}

/// One figure of the best checkpoint of each run.
std::vector<double> side_by_side(const std::vector<runs::Run>& all, const std::string& column) {
  std::vector<double> out;
  for (const runs::Run& run : all) {
    const auto at = run.figures.find(column);
    out.push_back(at ? best_figures(run)[*at] : kNone);
  }
  return out;
}

Json comparison_json(const std::vector<runs::Run>& all, const std::vector<runs::Difference>& differences) {
  Json out = {{"runs", Json::array()}, {"differences", Json::array()}, {"figures", Json::array()}};
  for (const runs::Run& run : all) out["runs"].push_back(run_json(run));
  for (const runs::Difference& one : differences)
    out["differences"].push_back({{"path", one.path}, {"values", one.texts}});
  for (const std::string& column : columns_of(all)) {
    Json values = Json::array();
    for (const double value : side_by_side(all, column)) values.push_back(number_json(value));
    out["figures"].push_back({{"figure", column}, {"values", values}});
  }
  return out;
}

std::string comparison_text(const std::vector<runs::Run>& all, const std::vector<runs::Difference>& differences) {
  std::vector<std::vector<std::string>> rows{{""}};
  for (const runs::Run& run : all) rows[0].push_back(run.path);
  const auto add = [&](const std::string& head, const auto& text_of) {
    std::vector<std::string>& row = rows.emplace_back(std::vector<std::string>{head});
    for (const runs::Run& run : all) row.push_back(text_of(run));
  };
  for (const runs::Difference& one : differences) {
    std::vector<std::string>& row = rows.emplace_back(std::vector<std::string>{one.path});
    for (const std::string& text : one.texts) row.push_back(text.empty() ? "-" : text);
  }
  add("state", [](const runs::Run& run) { return std::string(runs::word_of(run.state)); });
  add("epochs", [](const runs::Run& run) { return fmt::format("{:g}", run.epochs()); });
  add("steps", [](const runs::Run& run) { return fmt::format("{:.0f}", run.steps()); });
  for (const std::string& column : columns_of(all)) {
    std::vector<std::string>& row = rows.emplace_back(std::vector<std::string>{column});
    for (const double value : side_by_side(all, column)) row.push_back(figure_text(value));
  }
  return table_text(rows);
}

/// nullopt after a word on standard error.
std::optional<std::vector<runs::Run>> runs_of(const Invocation& invocation) {
  const std::vector<std::string>& folders = invocation.arguments;
  std::vector<runs::Run> all;
  if (folders.size() < 2) {
    const std::string folder = folders.empty() ? kUsualFolder : folders[0];
    if (auto found = runs::runs_below(folder)) return found;
    if (folders.empty()) return all;
    std::fprintf(stderr, "modelc: there is no folder `%s`\n", folder.c_str());
    return std::nullopt;
  }
  for (const std::string& folder : folders) {
    auto run = runs::read_run(folder);
    if (!run) {
      std::fprintf(stderr, "modelc: `%s` is no run folder: it has no metrics.csv of a training\n", folder.c_str());
      return std::nullopt;
    }
    all.push_back(std::move(*run));
  }
  return all;
}

int plot(const std::vector<runs::Run>& all, const std::string& path) {
  std::vector<runs::NamedFigures> figures;
  for (const runs::Run& run : all) figures.push_back({run.path, run.figures});
  const std::string text =
      emit::svg(figures.size() == 1 ? runs::curves_of(figures[0].figures) : runs::curves_of(figures));
  const std::string why = support::write_atomically(path, {text});
  if (why.empty()) return kDone;
  std::fprintf(stderr, "modelc: cannot write `%s`: %s\n", path.c_str(), why.c_str());
  return kFailed;
}

}  // namespace

int run_runs(const Invocation& invocation) {
  const std::string out = invocation.outputs.empty() ? "" : invocation.outputs.back();
  if (!out.empty() && !out.ends_with(".svg")) return usage_error("`-o` takes FILE.svg, got `" + out + "`", "runs");
  const auto all = runs_of(invocation);
  if (!all) return kFaulty;
  const bool json = invocation.format == Format::Json;
  if (invocation.arguments.size() < 2) {
    Json list = Json::array();
    for (const runs::Run& run : *all) list.push_back(run_json(run));
    if (json) print(support::json_text(list));
    else if (!all->empty()) print(list_text(*all));
    else if (!invocation.quiet) std::fprintf(stderr, "no runs\n");
  } else {
    std::vector<runs::Settings> settings;
    for (const runs::Run& run : *all) settings.push_back(settings_of(run));
    const std::vector<runs::Difference> found = runs::differences(settings);
    print(json ? support::json_text(comparison_json(*all, found)) : comparison_text(*all, found));
  }
  return out.empty() ? static_cast<int>(kDone) : plot(*all, out);
}

}  // namespace modelc::cli
