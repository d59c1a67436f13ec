#include "trace/program.h"

#include <fmt/format.h>

#include <algorithm>

namespace modelc::trace {
namespace {

using Given = std::vector<std::string>;
using Words = std::map<std::string, std::string>;

/// Combinations that are tried to find one that calls a module.
constexpr std::size_t kTries = 256;

std::vector<const ModelInput*> choices_of(const Model& model) {
  std::vector<const ModelInput*> choices;
  for (const ModelInput& input : model.inputs)
    if (input.type.kind == types::TypeKind::Choice && !input.type.words().empty()) choices.push_back(&input);
  return choices;
}

Given optional_inputs(const Model& model) {
  Given names;
  for (const ModelInput& input : model.inputs)
    if (input.type.kind != types::TypeKind::Choice && input.optional && !input.target) names.push_back(input.name);
  std::sort(names.begin(), names.end());
  return names;
}

/// Those of one mode that a check looks at; all optional inputs first.
std::vector<ir::Variant> checked_variants(const Model& model, bool training) {
  const Given all = optional_inputs(model);
  Words first;
  for (const ModelInput* choice : choices_of(model)) first[choice->name] = choice->type.words()[0];
  std::vector<ir::Variant> variants{{training, all, first}};
  for (const ModelInput* choice : choices_of(model)) {
    for (std::size_t w = 1; w < choice->type.words().size(); ++w) {
      Words words = first;
      words[choice->name] = choice->type.words()[w];
      variants.push_back({training, all, std::move(words)});
    }
  }
  for (std::size_t i = 0; all.size() > 1 && i < all.size(); ++i) variants.push_back({training, {all[i]}, first});
  if (!all.empty()) variants.push_back({training, {}, first});
  return variants;
}

/// The first of all combinations, those of one input and of one word aside.
std::vector<ir::Variant> further_variants(const Model& model) {
  std::vector<Words> words{{}};
  for (const ModelInput* choice : choices_of(model)) {
    std::vector<Words> more;
    for (const Words& so_far : words) {
      for (const std::string& word : choice->type.words()) {
        if (more.size() >= kTries) break;
        more.push_back(so_far);
        more.back()[choice->name] = word;
      }
    }
    words = std::move(more);
  }
  const Given optional = optional_inputs(model);
  std::vector<ir::Variant> variants;
  for (std::size_t mask = std::size_t{1} << std::min<std::size_t>(optional.size(), 8); mask-- > 0;) {
    Given given;
    for (std::size_t i = 0; i < optional.size(); ++i)
      if (i >= 8 || (mask >> i & 1) != 0) given.push_back(optional[i]);
    for (const Words& chosen : words)
      for (const bool training : {false, true})
        if (variants.size() < kTries) variants.push_back({training, given, chosen});
  }
  return variants;
}

/// How many modules have been called.
std::size_t called(const Tree& tree) {
  const auto& modules = tree.ir.modules;
  return static_cast<std::size_t>(
      std::count_if(modules.begin(), modules.end(), [](const ir::Module& module) { return module.called; }));
}

/// Of those that are called by themselves.
bool all_called(const Tree& tree) {
  return std::all_of(tree.ir.modules.begin(), tree.ir.modules.end(), [](const ir::Module& module) {
    return module.called || module.kind == ir::ModuleKind::List || module.kind == ir::ModuleKind::Dict;
  });
}

class Maker {
 public:
  Maker(const GraphContext& shared, const Model& model, const Losses& losses, Graphs& made)
      : shared_(shared), model_(model), losses_(losses), made_(made), budget_(shared.budget) {}

  ir::Graph trace(const ir::Variant& variant) {
    Asked asked{variant, made_.all.empty()};
    // FLOPs are those of one evaluation with all inputs; each word of a choice may run modules of its own.
    if (!made_.all.empty()) {
      asked.counts_flops =
          !variant.training && made_.all[0].choices != variant.choices && made_.all[0].given == variant.given;
      asked.like = &made_.all[0];
    }
    Traced traced = trace_graph({shared_.sink, shared_.document, shared_.tree, shared_.special, budget_.renewed()},
                                model_, asked, losses_);
    budget_ = traced.budget;
    made_.broken |= traced.broken;
    made_.whole &= traced.whole;
    made_.whole &= check_choice_types(shared_.sink, traced.graph, made_.choice_types);
    return std::move(traced.graph);
  }

 private:
  const GraphContext& shared_;
  const Model& model_;
  const Losses& losses_;
  Graphs& made_;
  eval::Budget budget_;
};

}  // namespace

bool check_choice_types(Sink& sink, const ir::Graph& graph, ChoiceTypes& types) {
  if (graph.choices.empty()) return true;
  bool agree = true;
  for (const ir::Output& output : graph.outputs) {
    const std::string key = fmt::format("{}/{}/{}", output.name, graph.training, fmt::join(graph.given, ","));
    const auto [at, fresh] = types.emplace(key, std::make_pair(output.type, output.span));
    if (fresh || at->second.first.str() == output.type.str()) continue;
    std::string chosen;
    for (const auto& [n, w] : graph.choices) chosen += (chosen.empty() ? "" : ", ") + n + "=" + w;
    sink.report(output.span, diag::ChoiceTypesDiffer, output.name, output.type.str(), chosen, at->second.first.str())
        .help("all variants that a run-time choice selects must agree on the type of the result");
    agree = false;
  }
  return agree;
}

Graphs trace_graphs(const GraphContext& shared, const Model& model, const Losses& losses) {
  Graphs made;
  Maker maker(shared, model, losses, made);
  // With faults already found the other mode is run for what only it sees; identical reports fall together.
  for (const bool training : {false, true})
    for (const ir::Variant& variant : checked_variants(model, training)) made.all.push_back(maker.trace(variant));
  if (made.broken || all_called(shared.tree)) return made;
  for (const ir::Variant& variant : further_variants(model)) {
    const bool known = std::any_of(made.all.begin(), made.all.end(),
                                   [&](const ir::Graph& graph) { return graph.variant() == variant; });
    if (known) continue;
    const std::size_t before = called(shared.tree);
    ir::Graph graph = maker.trace(variant);
    if (called(shared.tree) > before) made.all.push_back(std::move(graph));
    if (made.broken || all_called(shared.tree)) break;
  }
  return made;
}

}  // namespace modelc::trace
