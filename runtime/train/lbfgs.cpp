// LBFGS is LibTorch's own: its numbers are those of torch.optim.LBFGS. What it keeps is read and set here, so that it
// stands in checkpoints like any other state.
#include <torch/optim/lbfgs.h>

#include <cmath>
#include <sstream>
#include <type_traits>

#include "train/joint_step.h"

namespace modelc::train {
namespace {

using torch::optim::LBFGSOptions;
using torch::optim::LBFGSParamState;

LBFGSOptions options_of(const Arguments& a) {
  LBFGSOptions options(a.number("lr", 1));
  options.max_iter(static_cast<std::int64_t>(a.number("max_iter", 20)));
  if (!a.value("max_eval").is_null()) options.max_eval(static_cast<std::int64_t>(a.number("max_eval")));
  options.tolerance_grad(a.number("tolerance_grad", 1e-7));
  options.tolerance_change(a.number("tolerance_change", 1e-9));
  options.history_size(static_cast<std::int64_t>(a.number("history_size", 100)));
  if (!a.value("line_search_fn").is_null()) options.line_search_fn(a.value("line_search_fn").as_string());
  return options;
}

std::vector<at::Tensor> tensors_of(const Parameters& parameters) {
  std::vector<at::Tensor> out;
  for (const auto& [key, tensor] : parameters) out.push_back(tensor);
  return out;
}

/// What LibTorch finds the state of a tensor by: its address, in 1.13 as text.
using StateKey = std::decay_t<decltype(std::declval<torch::optim::Optimizer&>().state().begin()->first)>;

template <class Key>
Key key_as(c10::TensorImpl* address) {
  if constexpr (std::is_same_v<Key, std::string>) {
    std::ostringstream text;
    text << address;
    return text.str();
  } else {
    return address;
  }
}

class Lbfgs final : public JointStep {
 public:
  Lbfgs(const Arguments& arguments, const Parameters& parameters)
      : lbfgs_(tensors_of(parameters), options_of(arguments)),
        key_(key_as<StateKey>(parameters.front().second.unsafeGetTensorImpl())) {}

  void step(const Evaluate& evaluate, double lr) override {
    lbfgs_.param_groups()[0].options().set_lr(lr);
    lbfgs_.step(evaluate);
  }

  std::map<std::string, at::Tensor> state() const override {
    const auto found = lbfgs_.state().find(key_);
    if (found == lbfgs_.state().end()) return {};
    const auto& kept = static_cast<const LBFGSParamState&>(*found->second);
    std::map<std::string, at::Tensor> out;
    out["counts"] = at::tensor(std::vector<std::int64_t>{kept.func_evals(), kept.n_iter()}, at::kLong);
    out["numbers"] = at::tensor(std::vector<double>{kept.t(), kept.prev_loss()}, at::kDouble);
    for (const auto& [name, tensor] : {std::pair("d", kept.d()), std::pair("H_diag", kept.H_diag()),
                                       std::pair("prev_flat_grad", kept.prev_flat_grad())})
      if (tensor.defined()) out[name] = tensor;
    for (const auto& [name, tensors] :
         {std::pair("old_dirs", kept.old_dirs()), std::pair("old_stps", kept.old_stps()), std::pair("ro", kept.ro())})
      if (!tensors.empty()) out[name] = at::stack(std::vector<at::Tensor>(tensors.begin(), tensors.end()));
    return out;
  }

  void restore(const std::map<std::string, at::Tensor>& state) override {
    if (!state.contains("counts")) return;
    const auto tensor = [&](const char* name) {
      const auto found = state.find(name);
      return found == state.end() ? at::Tensor() : found->second.clone();
    };
    const auto list = [&](const char* name) {
      std::deque<at::Tensor> out;
      if (const at::Tensor all = tensor(name); all.defined())
        for (const at::Tensor& one : all.unbind()) out.push_back(one.clone());
      return out;
    };
    auto kept = std::make_unique<LBFGSParamState>();
    const at::Tensor counts = tensor("counts"), numbers = tensor("numbers");
    kept->func_evals(counts[0].item<std::int64_t>());
    kept->n_iter(counts[1].item<std::int64_t>());
    kept->t(numbers[0].item<double>());
    kept->prev_loss(numbers[1].item<double>());
    kept->d(tensor("d"));
    kept->H_diag(tensor("H_diag"));
    kept->prev_flat_grad(tensor("prev_flat_grad"));
    kept->old_dirs(list("old_dirs"));
    kept->old_stps(list("old_stps"));
    kept->ro(list("ro"));
    lbfgs_.state()[key_] = std::move(kept);
  }

 private:
  torch::optim::LBFGS lbfgs_;
  StateKey key_;  // under which LibTorch keeps the state: that of the first parameter
};

}  // namespace

std::unique_ptr<JointStep> make_lbfgs(const Arguments& arguments, const Parameters& parameters) {
  return std::make_unique<Lbfgs>(arguments, parameters);
}

}  // namespace modelc::train
