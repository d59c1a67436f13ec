#include "train/graph_runner.h"

#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>

#include <algorithm>

#include "plan/make_plan.h"

namespace modelc::train {

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

std::vector<std::size_t> GraphRunner::terms_of(const ir::Graph& graph, const std::vector<std::string>& names) {
  std::vector<std::size_t> out;
  for (std::size_t term = 0; term < graph.losses.size(); ++term)
    if (names.empty() || std::find(names.begin(), names.end(), graph.losses[term].name) != names.end())
      out.push_back(term);
  return out;
}

std::vector<GraphRunner::Share> GraphRunner::shares_of(const ir::Graph& graph, const std::vector<std::size_t>& terms) {
  std::vector<Share> out;
  for (const std::size_t term : terms)
    for (passes::LossShare& share : passes::loss_shares(graph, graph.losses[term]))
      out.push_back({std::move(share), term});
  return out;
}

// The terms, then the value of each share and what it is counted by, then the operands of metrics, then what is
// carried.
plan::Plan GraphRunner::plan_of(const ir::Program& program, const Asked& asked) const {
  std::vector<plan::Root> roots;
  for (const std::size_t term : terms_) roots.push_back({graph_.losses[term].name, graph_.losses[term].value});
  for (const Share& one : shares_)
    for (const ir::ValueId value : {one.share.value, one.share.counted, one.share.weight})
      if (value != ir::kNone) roots.push_back({graph_.losses[one.term].name, ir::Operand::of(value)});
  if (asked.metrics)
    for (plan::Root& operand : plan::roots_of(graph_, plan::Asked::Metrics)) roots.push_back(std::move(operand));
  for (const ir::Carried& one : asked.carry)
    for (const ir::Output& output : graph_.outputs)
      if (output.name == one.output) roots.push_back({output.name, output.value});
  return plan::make_plan(graph_, program.tree, roots);
}

GraphRunner::GraphRunner(const ir::Graph& graph, const ir::Program& program, build::TreeModule& tree,
                         const std::vector<std::string>& names, const Asked& asked, exec::ResultChecks checks)
    : graph_(graph),
      terms_(terms_of(graph, asked.terms)),
      shares_(shares_of(graph, terms_)),
      executor_(plan_of(program, asked), &tree, checks),
      names_(names),
      with_metrics_(asked.metrics),
      carry_(asked.carry) {
  for (const ir::Input& input : graph.inputs) {
    const auto it = std::find(names.begin(), names.end(), input.name);
    source_.push_back(it == names.end() ? SIZE_MAX : static_cast<std::size_t>(it - names.begin()));
  }
}

std::vector<std::string> GraphRunner::unfed() const {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < source_.size(); ++i)
    if (executor_.plan().inputs[i].needed && source_[i] == SIZE_MAX && !ir::is_counter(graph_.inputs[i]))
      out.push_back(graph_.inputs[i].name);
  return out;
}

std::vector<at::Tensor> GraphRunner::ordered(const std::vector<at::Tensor>& fed, Counters counters) const {
  std::vector<at::Tensor> inputs(source_.size());
  for (std::size_t i = 0; i < source_.size(); ++i) {
    if (source_[i] != SIZE_MAX) inputs[i] = fed[source_[i]];
    else if (ir::is_counter(graph_.inputs[i]))
      inputs[i] =
          at::scalar_tensor(graph_.inputs[i].name == ir::kStepInput ? counters.step : counters.epoch, at::kFloat);
  }
  return inputs;
}

ShareValue GraphRunner::value_of(const Share& one, const exec::Result*& result, std::int64_t rows) const {
  using Kind = passes::LossShare::Kind;
  const passes::LossShare& share = one.share;
  ShareValue out{(result++)->tensor.reshape({}), 0, share.measure, one.term, share.factor, share.kind == Kind::Sum};
  const at::Tensor counted = share.counted != ir::kNone ? (result++)->tensor.detach() : at::Tensor();
  const at::Tensor weight = share.weight != ir::kNone ? (result++)->tensor.detach() : at::Tensor();
  if (share.kind == Kind::Rows) out.counted = static_cast<double>(rows);
  if (share.kind == Kind::Elements) out.counted = static_cast<double>(counted.numel());
  if (share.kind != Kind::Targets) return out;
  const at::Tensor classes = counted.reshape({-1}), kept = classes.ne(share.ignored).nonzero().reshape({-1});
  out.counted = static_cast<double>(kept.numel());
  if (weight.defined() && kept.numel() > 0)
    out.counted = weight.index_select(0, classes.index_select(0, kept)).to(at::kDouble).sum().item<double>();
  return out;
}

Evaluation GraphRunner::run(const std::vector<at::Tensor>& fed, std::int64_t rows, Counters counters) const {
  const std::vector<exec::Result> results = executor_.run(ordered(fed, counters));
  Evaluation out;
  const exec::Result* result = results.data();
  for (const std::size_t at : terms_) {
    const at::Tensor& term = (result++)->tensor;
    if (!term.defined() || term.numel() != 1)
      throw exec::RuntimeFault(graph_.losses[at].span, "a term of the loss is no single number");
    const at::Tensor scalar = term.reshape({});
    out.loss = out.loss.defined() ? out.loss + scalar : scalar;
  }
  for (const Share& share : shares_) out.shares.push_back(value_of(share, result, rows));
  for (std::size_t at = 0; with_metrics_ && at < graph_.metrics.size(); ++at) {
    std::vector<at::Tensor> operands;
    for (std::size_t i = 0; i < graph_.metrics[at].operands.size(); ++i) operands.push_back((result++)->tensor);
    out.metrics.push_back(std::move(operands));
  }
  for (const ir::Carried& one : carry_) take_carried(graph_, *result++, one.input, out.carried);
  return out;
}

exec::Executor::NonFinite GraphRunner::find_non_finite_gradient(const std::vector<at::Tensor>& fed,
                                                                Counters counters) const {
  return executor_.find_non_finite_gradient(ordered(fed, counters), terms_.size());
}

exec::Executor::NonFinite GraphRunner::find_non_finite(const std::vector<at::Tensor>& fed, Counters counters) const {
  return executor_.find_non_finite(ordered(fed, counters));
}

}  // namespace modelc::train
