// A running average of the parameters, which validates and is saved in their place (`train.average`): as
// torch.optim.swa_utils.AveragedModel with an exponential average, the buffers being the model's own.
#pragma once

#include <optional>

#include "train/joint_step.h"

namespace modelc::train {

class Average {
 public:
  /// Without a decay there is none, and nothing below does anything.
  Average(std::optional<double> decay, Parameters parameters) : decay_(decay), parameters_(std::move(parameters)) {}

  /// Another phase: without a decay the averages are dropped.
  void enter(std::optional<double> decay);
  /// After a step; the first one is taken over.
  void update();
  weights::NamedTensors state() const;
  void restore(const std::map<std::string, at::Tensor>& state);

  /// The averages in the place of the parameters for as long as it lives.
  class InPlace {
   public:
    explicit InPlace(Average& average) : average_(average) { average_.exchange(); }
    ~InPlace() { average_.exchange(); }
    InPlace(const InPlace&) = delete;
    InPlace& operator=(const InPlace&) = delete;

   private:
    Average& average_;
  };

 private:
  void exchange();

  std::optional<double> decay_;
  Parameters parameters_;
  std::vector<at::Tensor> averages_;  // empty before the first step
};

}  // namespace modelc::train
