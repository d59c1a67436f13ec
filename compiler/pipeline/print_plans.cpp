#include "pipeline/print_plans.h"

#include "plan/make_plan.h"
#include "plan/print.h"

namespace modelc::pipeline {
namespace {

std::string title_of(const ir::Graph& graph) {
  std::string title = graph.training ? "plan training" : "plan evaluation";
  for (const std::string& input : graph.given) title += " with " + input;
  for (const auto& [input, word] : graph.choices) title += " " + input + "=" + word;
  return title + "\n";
}

}  // namespace

std::string print_plans(const ir::Program& program) {
  std::string text;
  for (const ir::Graph& graph : program.graphs) {
    std::vector<plan::Root> roots;
    for (const plan::Asked asked : {plan::Asked::Outputs, plan::Asked::Losses, plan::Asked::Metrics})
      for (plan::Root& root : plan::roots_of(graph, asked)) roots.push_back(std::move(root));
    text += (text.empty() ? "" : "\n") + title_of(graph) + plan::print(plan::make_plan(graph, program.tree, roots));
  }
  return text;
}

}  // namespace modelc::pipeline
