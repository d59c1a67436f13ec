// A running average of the parameters, which validates and is saved in their place (`train.average`): as
// torch.optim.swa_utils.AveragedModel, exponential after each step or (a decay of 0) the mean over the ends of epochs,
// the buffers being the model's own.
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
  /// After a step, which may end an epoch; the first one that counts is taken over.
  void update(bool epoch_ends);
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
  std::int64_t averaged_ = 0;         // how many there are in a plain mean
};

}  // namespace modelc::train
