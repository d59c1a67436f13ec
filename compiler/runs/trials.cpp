#include "runs/trials.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "support/json.h"
#include "support/words.h"

namespace modelc::runs {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

constexpr support::Word<TrialState> kStates[] = {{"waiting", TrialState::Waiting},
                                                 {"interrupted", TrialState::Interrupted},
                                                 {"finished", TrialState::Finished},
                                                 {"dropped", TrialState::Dropped},
                                                 {"failed", TrialState::Failed}};

support::Json json_of(const Trial& trial) {
  support::Json setting = support::Json::object(), scores = support::Json::array();
  for (const auto& [path, value] : trial.setting) setting[path] = value;
  for (const double score : trial.scores)
    scores.push_back(std::isfinite(score) ? support::Json(score) : support::Json());
  return {{"name", trial.name},
          {"setting", setting},
          {"state", word_of(trial.state)},
          {"exit", trial.exit},
          {"scores", scores}};
}

Trial trial_of(const support::Json& json) {
  Trial out;
  out.name = json.at("name").get<std::string>();
  for (const auto& [path, value] : json.at("setting").items()) out.setting.emplace_back(path, value.get<std::string>());
  out.state = support::meaning_of(kStates, json.at("state").get<std::string>()).value_or(TrialState::Waiting);
  out.exit = json.at("exit").get<int>();
  for (const auto& score : json.at("scores")) out.scores.push_back(score.is_number() ? score.get<double>() : kNone);
  return out;
}

/// Whether a score is before another one; NaN is none.
bool better(double x, double y, bool higher) {
  if (std::isnan(x) || std::isnan(y)) return !std::isnan(x) && std::isnan(y);
  return higher ? x > y : x < y;
}

}  // namespace

std::string_view word_of(TrialState state) {
  return std::find_if(std::begin(kStates), std::end(kStates), [&](const auto& w) { return w.meaning == state; })->text;
}

double Trial::score() const { return scores.empty() ? kNone : scores.back(); }
double Trial::score_of(std::size_t round) const { return round < scores.size() ? scores[round] : kNone; }

std::string to_json(const Sweep& sweep) {
  support::Json out = {{"asked", support::Json::parse(sweep.asked, nullptr, false)},
                       {"figure", sweep.figure},
                       {"better", sweep.higher ? "higher" : "lower"},
                       {"trials", support::Json::array()}};
  for (const Trial& trial : sweep.trials) out["trials"].push_back(json_of(trial));
  return support::json_text(out);
}

std::optional<Sweep> sweep_from_json(const std::string& text) {
  const support::Json json = support::Json::parse(text, nullptr, false);
  if (!json.is_object()) return std::nullopt;
  try {
    Sweep out;
    out.asked = json.at("asked").dump();
    out.figure = json.at("figure").get<std::string>();
    out.higher = json.at("better").get<std::string>().starts_with("high");
    for (const auto& trial : json.at("trials")) out.trials.push_back(trial_of(trial));
    return out;
  } catch (const support::Json::exception&) {
    return std::nullopt;
  }
}

std::vector<Trial> trials_of(const std::vector<Setting>& settings) {
  std::vector<Trial> out;
  for (const Setting& setting : settings) {
    Trial& trial = out.emplace_back();
    trial.name = fmt::format("trial-{:03}", out.size());
    trial.setting = setting;
  }
  return out;
}

std::vector<std::int64_t> budgets(std::size_t trials, std::int64_t whole) {
  std::vector<std::int64_t> out{std::max<std::int64_t>(whole, 1)};
  for (; trials > 1 && out.front() > 1; trials = (trials + 1) / 2) out.insert(out.begin(), (out.front() + 1) / 2);
  return out;
}

std::vector<std::size_t> better_half(const std::vector<Trial>& trials, const std::vector<std::size_t>& racing,
                                     std::size_t round, bool higher) {
  std::vector<std::size_t> out = racing;
  std::stable_sort(out.begin(), out.end(), [&](std::size_t a, std::size_t b) {
    return better(trials[a].score_of(round), trials[b].score_of(round), higher);
  });
  out.resize((out.size() + 1) / 2);
  std::sort(out.begin(), out.end());
  return out;
}

std::vector<std::size_t> by_score(const std::vector<Trial>& trials, bool higher) {
  std::vector<std::size_t> out(trials.size());
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = i;
  std::stable_sort(out.begin(), out.end(), [&](std::size_t a, std::size_t b) {
    const std::size_t rounds_a = trials[a].scores.size(), rounds_b = trials[b].scores.size();
    return rounds_a == rounds_b ? better(trials[a].score(), trials[b].score(), higher) : rounds_a > rounds_b;
  });
  return out;
}

}  // namespace modelc::runs
