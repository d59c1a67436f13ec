#include "train/run_signature.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

#include "ir/write_text.h"
#include "support/checksum.h"

namespace modelc::train {
namespace {

using Args = std::vector<std::pair<std::string, types::Constant>>;

std::string words_of(const Args& args) {
  std::vector<std::string> words;
  for (const auto& [name, value] : args) words.push_back(fmt::format("{}={}", name, value.str()));
  return fmt::format("{}", fmt::join(words, ", "));
}

std::string words_of(const ir::Optimizer& optimizer) {
  return fmt::format("{}({})", catalogue::name_of(optimizer.id), words_of(optimizer.args));
}

std::string words_of(const ir::Figure& figure) {
  return fmt::format("{} ({})", figure.name, figure.higher ? "max" : "min");
}

template <class Number>
std::string words_of(const std::optional<Number>& number) {
  return number ? fmt::format("{}", *number) : "none";
}

void add_lines(Signature& signature, const std::string& what, const std::string& text) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) signature.emplace_back(what, line);
}

void add_training(Signature& signature, const ir::Training& training, const std::string& where) {
  const auto add = [&](const char* key, std::string value) { signature.emplace_back(where + key, std::move(value)); };
  add("batch", fmt::format("{}", training.batch));
  add("accumulate", fmt::format("{}", training.batching.accumulate));
  add("drop_last", fmt::format("{}", training.batching.drop_last));
  if (training.optimizer) add("optimizer", words_of(*training.optimizer));
  for (const ir::Turn& turn : training.turns)
    for (const auto& [own, other] : turn.follows.pairs)
      add("turns", fmt::format("{}: {} follows {}, decay {}", turn.name, own, other, turn.follows.decay));
  for (const ir::Turn& turn : training.turns)
    add("turns", fmt::format("{}: {}, every {}, {} times, {}", turn.name, words_of(turn.optimizer), turn.every,
                             turn.times, fmt::join(turn.update, " ")));
  for (const ir::Carried& one : training.batching.carry) add("carry", fmt::format("{}: {}", one.input, one.output));
  add("precision", fmt::format("{}", static_cast<int>(training.precision)));
  add("average", words_of(training.average));
  for (const ir::ParameterGroup& group : training.groups)
    add("groups", fmt::format("{}: {} {}", fmt::join(group.tensors, " "), words_of(group.args),
                              group.schedule ? group.schedule->text : ""));
  add("schedule", training.schedule ? training.schedule->text : "none");
  add("clip", fmt::format("norm {}, value {}", words_of(training.clip.norm), words_of(training.clip.value)));
  add("every", fmt::format("log {}, valid {}", words_of(training.every.log), words_of(training.every.valid)));
  add("best", training.best ? words_of(*training.best) : "the loss");
  add("stop",
      training.stop ? fmt::format("{} after {}", words_of(training.stop->figure), training.stop->patience) : "none");
}

void add_phases(Signature& signature, const std::vector<ir::Phase>& phases) {
  if (phases.size() == 1) return add_training(signature, phases[0].training, "train.");
  for (std::size_t i = 0; i < phases.size(); ++i) {
    const std::string where = fmt::format("train.phases.{}.", i);
    add_training(signature, phases[i].training, where);
    signature.emplace_back(where + "freeze", fmt::format("{}", fmt::join(phases[i].frozen, " ")));
    signature.emplace_back(where + "loss",
                           phases[i].losses.empty() ? "all" : fmt::format("{}", fmt::join(phases[i].losses, " ")));
  }
}

/// Rows and values of a split.
void add_data(Signature& signature, const char* split, const std::vector<data::Part>& parts) {
  for (const data::Part& part : parts) {
    std::uint64_t sum = support::checksum(
        {reinterpret_cast<const char*>(part.rows.begin()), part.rows.size() * sizeof(*part.rows.begin())});
    for (const data::Column& column : part.data->columns) sum = column.checksum(sum);
    signature.emplace_back(fmt::format("the {} data", split),
                           fmt::format("{} rows{}", part.rows.size(), part.data->shuffle ? ", shuffled" : ""));
    signature.emplace_back(fmt::format("the values of the {} data", split), fmt::format("checksum {:016x}", sum));
    if (const auto& shares = part.data->shares) {
      // Which rows come, and how often.
      signature.emplace_back("the weights of the rows", fmt::format("{}", fmt::join(shares->weights, ", ")));
      signature.emplace_back(
          "the groups of the rows",
          fmt::format("checksum {:016x}", support::checksum({reinterpret_cast<const char*>(shares->group.data()),
                                                             shares->group.size() * sizeof(shares->group[0])})));
    }
  }
}

std::string line_at(const Signature& signature, std::size_t at) {
  return at < signature.size() ? fmt::format("{}: {}", signature[at].first, signature[at].second) : "nothing there";
}

}  // namespace

Signature signature_of(Session& session) {
  Signature signature;
  add_lines(signature, "the model", ir::print(session.program()));
  signature.emplace_back("the seed", fmt::format("{}", session.seed()));
  add_phases(signature, session.phases());
  for (const ir::Graph& feed : session.recipe().data.feeds)
    add_lines(signature, "data.feed", ir::print(feed, session.program().tree));
  for (const ir::Windows& windows : session.recipe().data.made.windows)
    signature.emplace_back("windows", fmt::format("of {}, stride {}", windows.n, windows.stride));
  const std::string& balance = session.recipe().data.balance.name;
  signature.emplace_back("data.balance", balance.empty() ? "none" : balance);
  add_data(signature, "training", session.training_parts());
  add_data(signature, "validation", session.valid_parts());
  const std::optional<std::int64_t> limit = session.request().trial.limit;
  signature.emplace_back("--limit", limit ? fmt::format("{} batches", *limit) : "none");
  return signature;
}

std::string to_json(const Signature& signature) { return nlohmann::json(signature).dump(); }

std::optional<Signature> signature_from_json(const std::string& text) {
  const nlohmann::json json = nlohmann::json::parse(text, nullptr, false);
  if (!json.is_array()) return std::nullopt;
  Signature out;
  for (const auto& line : json) {
    if (!line.is_array() || line.size() != 2 || !line[0].is_string() || !line[1].is_string()) return std::nullopt;
    out.emplace_back(line[0], line[1]);
  }
  return out;
}

std::optional<Difference> first_difference(const Signature& before, const Signature& now) {
  const auto [a, b] = std::mismatch(before.begin(), before.end(), now.begin(), now.end());
  if (a == before.end() && b == now.end()) return std::nullopt;
  const auto at = static_cast<std::size_t>(a - before.begin());
  return Difference{line_at(before, at), line_at(now, at)};
}

}  // namespace modelc::train
