#include "train/graph_runner.h"

#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>

#include <algorithm>

#include "plan/make_plan.h"

namespace modelc::train {
namespace {

plan::Plan plan_of(const ir::Graph& graph, const ir::Program& program, bool with_metrics) {
  std::vector<plan::Root> roots = plan::roots_of(graph, plan::Asked::Losses);
  if (with_metrics)
    for (plan::Root& operand : plan::roots_of(graph, plan::Asked::Metrics)) roots.push_back(std::move(operand));
  return plan::make_plan(graph, program.tree, roots);
}

}  // namespace

const ir::Graph* find_graph(const ir::Program& program, bool training, const std::vector<std::string>& names,
                            const std::map<std::string, std::string>& choices) {
  std::vector<std::string> given;
  for (const ir::Signature& input : program.inputs) {
    if (!input.optional || input.target || input.type.kind == types::TypeKind::Choice) continue;
    const bool fed = std::any_of(names.begin(), names.end(), [&](const std::string& name) {
      return name == input.name || name.starts_with(input.name + ".");
    });
    if (fed) given.push_back(input.name);
  }
  std::sort(given.begin(), given.end());
  return ir::find_graph(program, {training, std::move(given), choices});
}

bool all_chosen(const ir::Program& program, const std::map<std::string, std::string>& choices) {
  return std::all_of(program.inputs.begin(), program.inputs.end(), [&](const ir::Signature& input) {
    return input.type.kind != types::TypeKind::Choice || choices.contains(input.name);
  });
}

GraphRunner::GraphRunner(const ir::Graph& graph, const ir::Program& program, build::TreeModule& tree,
                         const std::vector<std::string>& names, bool with_metrics, exec::ResultChecks checks)
    : graph_(graph), executor_(plan_of(graph, program, with_metrics), &tree, checks), with_metrics_(with_metrics) {
  for (const ir::Input& input : graph.inputs) {
    const auto it = std::find(names.begin(), names.end(), input.name);
    source_.push_back(it == names.end() ? SIZE_MAX : static_cast<std::size_t>(it - names.begin()));
  }
}

std::vector<std::string> GraphRunner::unfed() const {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < source_.size(); ++i)
    if (executor_.plan().inputs[i].needed && source_[i] == SIZE_MAX) out.push_back(graph_.inputs[i].name);
  return out;
}

std::vector<at::Tensor> GraphRunner::ordered(const std::vector<at::Tensor>& fed) const {
  std::vector<at::Tensor> inputs(source_.size());
  for (std::size_t i = 0; i < source_.size(); ++i)
    if (source_[i] != SIZE_MAX) inputs[i] = fed[source_[i]];
  return inputs;
}

Evaluation GraphRunner::run(const std::vector<at::Tensor>& fed) const {
  std::vector<exec::Result> results = executor_.run(ordered(fed));
  Evaluation out;
  std::size_t at = 0;
  for (const ir::Output& loss : graph_.losses) {
    const at::Tensor& term = results[at++].tensor;
    if (!term.defined() || term.numel() != 1)
      throw exec::RuntimeFault(loss.span, "a term of the loss is no single number");
    out.terms.push_back(term.item<double>());
    const at::Tensor scalar = term.reshape({});
    out.loss = out.loss.defined() ? out.loss + scalar : scalar;
  }
  if (!with_metrics_) return out;
  for (const ir::Metric& metric : graph_.metrics) {
    std::vector<at::Tensor> operands;
    for (std::size_t i = 0; i < metric.operands.size(); ++i) operands.push_back(results[at++].tensor);
    out.metrics.push_back(std::move(operands));
  }
  return out;
}

exec::Executor::NonFinite GraphRunner::find_non_finite(const std::vector<at::Tensor>& fed) const {
  return executor_.find_non_finite(ordered(fed));
}

}  // namespace modelc::train
