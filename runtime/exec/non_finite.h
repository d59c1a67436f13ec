// Which step first gives what is not finite. Internal to the executor.
#pragma once

#include "exec/executor.h"
#include "kernels/lowering.h"

namespace modelc::exec {

bool is_finite(const at::Tensor& tensor);

/// An input that is not finite: which row of it first.
Executor::NonFinite non_finite_input(const plan::Input& input, const at::Tensor& given);

/// Looks at a step that has run, its operands still there; nothing found where it is not the cause.
Executor::NonFinite look_at(const plan::Plan& plan, const plan::Step& step, const kernels::Frame& frame);

}  // namespace modelc::exec
