#include "trace/program.h"

#include <fmt/format.h>

namespace modelc::trace {

namespace {

std::vector<std::set<std::string>> sets_of_optional_inputs(const Model& model) {
  // A graph for each set of optional inputs that may be used (all of them first), and for each choice.
  std::vector<std::string> optional;
  for (const ModelInput& input : model.inputs) {
    if (input.type.kind != types::TypeKind::Choice && input.optional && !input.target) optional.push_back(input.name);
  }
  std::vector<std::set<std::string>> sets;
  if (optional.size() <= 3) {
    for (int mask = (1 << optional.size()) - 1; mask >= 0; --mask) {
      std::set<std::string> set;
      for (std::size_t i = 0; i < optional.size(); ++i)
        if (mask >> i & 1) set.insert(optional[i]);
      sets.push_back(std::move(set));
    }
  } else {
    sets.push_back({optional.begin(), optional.end()});
    for (const std::string& name : optional) sets.push_back({name});
    sets.push_back({});
  }
  return sets;
}

/// A word for each choice input, in every combination; nothing after reporting that they are too many.
std::vector<std::map<std::string, std::string>> words_of_choices(Sink& sink, const Model& model) {
  std::vector<std::map<std::string, std::string>> words{{}};
  for (const ModelInput& input : model.inputs) {
    if (input.type.kind != types::TypeKind::Choice) continue;
    std::vector<std::map<std::string, std::string>> next;
    for (const auto& chosen : words) {
      for (const std::string& w : input.type.words) {
        auto more = chosen;
        more[input.name] = w;
        next.push_back(std::move(more));
      }
    }
    words = std::move(next);
    if (words.size() > 256) {
      sink.report(input.span, diag::TooManyUnrolled, 256);
      return {};
    }
  }
  return words;
}

using ChoiceResults = std::map<std::string, std::pair<Type, Span>>;

/// All variants that a run-time choice selects agree on the type of the result.
void check_choice_outputs(Sink& sink, const ir::Graph& graph, ChoiceResults& results) {
  if (graph.choices.empty()) return;
  for (const ir::Output& output : graph.outputs) {
    const std::string key = fmt::format("{}/{}/{}", output.name, graph.training, fmt::format("{}", graph.given.size()));
    const auto [at, fresh] = results.emplace(key, std::make_pair(output.type, output.span));
    if (fresh || at->second.first.str() == output.type.str()) continue;
    std::string chosen;
    for (const auto& [n, w] : graph.choices) chosen += (chosen.empty() ? "" : ", ") + n + "=" + w;
    sink.report(output.span, diag::ChoiceTypesDiffer, output.name, output.type.str(), chosen, at->second.first.str())
        .help("all variants that a run-time choice selects must agree on the type of the result");
  }
}

}  // namespace

Graphs trace_graphs(const GraphContext& shared, const Model& model, const Losses& losses) {
  Graphs result;
  std::vector<ir::Graph>& graphs = result.all;
  ChoiceResults results;
  eval::Budget budget = shared.budget;
  const auto words = words_of_choices(shared.sink, model);
  for (const bool training : {false, true}) {
    // With faults already found the other mode is run for what only it sees; identical reports fall together.
    for (const auto& given : sets_of_optional_inputs(model)) {
      for (const auto& choices : words) {
        Asked asked{training, given, choices, graphs.empty()};
        // FLOPs are those of one evaluation with all inputs; each word of a choice may run modules of its own.
        if (!graphs.empty())
          asked.counts_flops = !training && graphs[0].choices != choices &&
                               std::equal(given.begin(), given.end(), graphs[0].given.begin(), graphs[0].given.end());
        Traced traced = trace_graph({shared.sink, shared.document, shared.tree, shared.special, budget.renewed()},
                                    model, asked, losses);
        budget = traced.budget;
        result.broken |= traced.broken;
        check_choice_outputs(shared.sink, traced.graph, results);
        graphs.push_back(std::move(traced.graph));
      }
    }
  }
  return result;
}

}  // namespace modelc::trace
