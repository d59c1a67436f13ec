// The stage of a training that runs: what trains in it, its graphs, and batches with what is carried into them.
#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "passes/hold_statistics.h"
#include "train/session.h"

namespace modelc::train {

void Session::enter(std::size_t phase) {
  phase_ = phase;
  in_phase_.clear();
  const std::vector<std::string>& frozen = phases_[phase].frozen;
  for (const auto& [key, tensor] : trainable_) {
    const bool trains = std::find(frozen.begin(), frozen.end(), key) == frozen.end();
    at::Tensor(tensor).set_requires_grad(trains);
    if (trains) in_phase_.emplace_back(key, tensor);
    else at::Tensor(tensor).mutable_grad() = at::Tensor();
  }
}

// Graphs are compiled for what stands still in every phase; what stands still in this one is taken from them here.
const ir::Graph& Session::held(const ir::Graph& graph) {
  if (phase().held.empty()) return graph;
  std::unique_ptr<ir::Graph>& made = held_[{&graph, phase_}];
  if (made) return *made;
  ir::ModuleTree tree = program_.tree;
  for (ir::Module& module : tree.modules)
    module.frozen |= std::find(phase().held.begin(), phase().held.end(), module.path) != phase().held.end();
  made = std::make_unique<ir::Graph>(graph);
  passes::hold_statistics(*made, tree);
  return *made;
}

// What the feed gives, and the parts of what is carried: an input that may be left out is there once something is.
std::vector<std::string> Session::fed_names(const data::Feed& feed, bool carries) const {
  std::vector<std::string> names = feed.names();
  const std::function<void(const types::Type&, const std::string&)> add = [&](const types::Type& type,
                                                                              const std::string& name) {
    for (std::size_t i = 0; i < type.parts().size(); ++i) add(type.parts()[i], fmt::format("{}.{}", name, i));
    if (type.is_tensor() && std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  };
  for (const ir::Carried& one : phase().training.batching.carry)
    for (const ir::Signature& input : program_.inputs)
      if (input.name == one.input && (carries || !input.optional)) add(input.type, input.name);
  return names;
}

std::pair<GraphRunner*, std::vector<at::Tensor>> Session::prepare(const Question& q,
                                                                  const std::vector<at::Tensor>& tensors,
                                                                  Carried& carried) {
  const std::vector<ir::Carried>& carry = phase().training.batching.carry;
  GraphRunner* run = runner(q.training, q.part, q.index, q.term, !carried.empty());
  if (carry.empty() || !run) return {run, tensors};
  Fed fed{feed(q.part, q.index).names(), tensors};
  if (!carried.empty()) put_carried(run->graph(), carried, fed);
  if (carried.empty()) {
    run = runner(q.training, q.part, q.index, q.term);
    if (run) put_zeros(run->graph(), carry, fed);
  }
  std::vector<at::Tensor> ordered;
  for (const std::string& name : run ? run->names() : std::vector<std::string>())
    ordered.push_back(
        fed.tensors[static_cast<std::size_t>(std::find(fed.names.begin(), fed.names.end(), name) - fed.names.begin())]);
  return {run, std::move(ordered)};
}

Evaluation Session::evaluate(const Question& question, const std::vector<at::Tensor>& fed, Carried& carried) {
  const auto [run, inputs] = prepare(question, fed, carried);
  if (!run) throw exec::RuntimeFault(recipe_.data.span, "there is no graph for what is carried");
  Evaluation out = run->run(inputs, question.rows, counters_);
  carried = std::move(out.carried);
  return out;
}

exec::Executor::NonFinite Session::find_non_finite(const Question& question, const std::vector<at::Tensor>& fed,
                                                   Carried carried) {
  const auto [run, inputs] = prepare(question, fed, carried);
  return run ? run->find_non_finite(inputs, counters_) : exec::Executor::NonFinite();
}

exec::Executor::NonFinite Session::find_non_finite_gradient(const Question& question,
                                                            const std::vector<at::Tensor>& fed, Carried carried) {
  const auto [run, inputs] = prepare(question, fed, carried);
  return run ? run->find_non_finite_gradient(inputs, counters_) : exec::Executor::NonFinite();
}

}  // namespace modelc::train
