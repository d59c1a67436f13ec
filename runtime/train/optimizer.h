// The optimiser of a training: parameters in groups, each with its rule and its rate. Also gradient clipping as
// torch.nn.utils does it.
#pragma once

#include <functional>

#include "ir/recipe.h"
#include "train/joint_step.h"
#include "train/rate_schedule.h"
#include "weights/tensor_file.h"

namespace modelc::train {

class Optimizer {
 public:
  Optimizer(const ir::Optimizer& optimizer, const std::vector<ir::ParameterGroup>& groups,
            const std::optional<ir::Schedule>& schedule, Parameters parameters, Length length);

  /// Leaves every gradient undefined, as zero_grad(set_to_none=True).
  void clear_gradients();
  /// The step of this number (from 1) in an epoch (from 0). `evaluate` computes the gradients and gives the loss: once,
  /// or as often as a rule asks. Parameters without a gradient are passed over.
  void step(const Evaluate& evaluate, std::int64_t step, std::int64_t epoch);
  /// After a validation: schedules that wait for a figure look at it.
  void judge(std::int64_t step, const Figures& figures);
  /// The rate of the parameters without a group at the last step.
  double rate() const { return groups_.front().now; }
  const Parameters& parameters() const { return parameters_; }

  /// The states of an optimiser of the same kind, for the parameters of both; what changes all parameters together
  /// takes over from one of the same parameters only.
  void take_over(const Optimizer& before);

  /// `KEY.exp_avg`, `KEY.momentum_buffer`, … under PyTorch's names; what schedules have seen as `schedule.N`.
  weights::NamedTensors state() const;
  void restore(const std::map<std::string, at::Tensor>& state);

 private:
  /// Parameters with the same arguments and the same schedule.
  struct Group {
    Rule rule;
    double lr = 0, now = 0;
    bool maximize = false;
    RateSchedule schedule;
  };
  void update();

  Parameters parameters_;
  std::vector<Group> groups_;  // the first: of parameters without a group
  std::vector<std::size_t> group_of_;
  std::vector<ParameterState> states_;
  std::unique_ptr<JointStep> joint_;  // instead of the groups' rules
};

/// torch.nn.utils.clip_grad_norm_ (norm 2) and clip_grad_value_.
void clip_gradient_norm(const Parameters& parameters, double norm);
void clip_gradient_value(const Parameters& parameters, double value);

}  // namespace modelc::train
