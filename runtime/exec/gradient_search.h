// Which step's derivative first gives a gradient that is not finite. Internal to the executor; used once, when a
// training is about to stop for it.
#pragma once

#include <map>

#include "exec/executor.h"
#include "kernels/lowering.h"

namespace modelc::exec {

class GradientSearch {
 public:
  explicit GradientSearch(const plan::Plan& plan) : plan_(plan) {}
  ~GradientSearch();
  GradientSearch(const GradientSearch&) = delete;
  GradientSearch& operator=(const GradientSearch&) = delete;

  /// What a step read and gave, when it has run.
  void watch(const plan::Step& step, const kernels::Frame& frame);
  /// After the backward pass: the step behind whose result every gradient was finite, and before it none.
  Executor::NonFinite found() const;

 private:
  struct Watched {
    at::Tensor tensor;
    unsigned hook = 0;
    std::vector<const plan::Step*> readers;
  };
  Watched& watched(const at::Tensor& tensor);

  const plan::Plan& plan_;
  std::map<const void*, Watched> tensors_;
  const void* first_ = nullptr;  // the tensor whose gradient was the first that is not finite
  bool nan_ = false;
};

}  // namespace modelc::exec
