// One update of one parameter along its gradient: the arithmetic of torch.optim (PyTorch 1.13, single-tensor form),
// operation by operation, so that a training run equals the one written in Python. Optimisers that came later follow
// PyTorch's newer releases (Adafactor, Muon) or the algorithm of their paper (Lion, LAMB).
#pragma once

#include <ATen/core/Tensor.h>

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "catalogue/ids.h"
#include "types/constant.h"

namespace modelc::train {

/// The arguments of an optimiser by name, every one that it declares among them.
class Arguments {
 public:
  using Given = std::vector<std::pair<std::string, types::Constant>>;
  Arguments() = default;
  /// Those of `own` go before those of `common`.
  explicit Arguments(const Given& common, const Given& own = {});

  /// null where it is not given.
  const types::Constant& value(std::string_view name) const;
  double number(std::string_view name, double otherwise = 0) const;
  bool flag(std::string_view name) const;
  double number_of(std::string_view list, std::size_t at, double otherwise) const;

 private:
  std::map<std::string, types::Constant, std::less<>> values_;
};

/// What is kept for one parameter from step to step, under the names of torch.optim.
struct ParameterState {
  std::int64_t step = 0;
  std::map<std::string, at::Tensor, std::less<>> tensors;

  /// The tensor of a name; zeros in the form of `like` where there is none yet.
  at::Tensor& zeros(std::string_view name, const at::Tensor& like);
  /// As above, `make` gives the first value.
  template <class Make>
  at::Tensor& first(std::string_view name, const Make& make) {
    const auto found = tensors.find(name);
    return found != tensors.end() ? found->second : tensors.emplace(name, make()).first->second;
  }
};

class UpdateRule {
 public:
  virtual ~UpdateRule() = default;
  /// `maximize` has turned the gradient already; the state's step is counted by who calls, from 1.
  virtual void update(at::Tensor& parameter, at::Tensor gradient, ParameterState& state, double lr) const = 0;
};
using Rule = std::unique_ptr<UpdateRule>;

/// The rule of an optimiser; null for one that changes all parameters together (LBFGS).
Rule make_rule(catalogue::OptimizerId id, const Arguments& arguments);

// By family, each in a file of its own.
Rule make_gradient_rule(catalogue::OptimizerId id, const Arguments& arguments);  // SGD, ASGD, Rprop, Lion
Rule make_adam_rule(catalogue::OptimizerId id, const Arguments& arguments);      // Adam and what grew out of it
Rule make_adaptive_rule(catalogue::OptimizerId id,
                        const Arguments& arguments);  // Adagrad, Adadelta, RMSprop, Adafactor
Rule make_muon_rule(const Arguments& arguments);

/// The gradient with weight decay in the old way: added to it.
inline at::Tensor decayed(at::Tensor gradient, const at::Tensor& parameter, double weight_decay) {
  return weight_decay != 0 ? gradient.add(parameter, weight_decay) : gradient;
}

}  // namespace modelc::train
