// The optimisers of torch.optim, with PyTorch's arguments and defaults. Arguments that only choose how PyTorch computes
// (`foreach`, `fused`, `capturable`, `differentiable`) are no part of the language.
#include "catalogue/entry.h"

namespace modelc::catalogue {

namespace {

Declare optimizer(OptimizerId id, std::string name) { return Declare(Kind::Optimizer, id, std::move(name)); }

}  // namespace

std::vector<Entry> optimizers() {
  using Id = OptimizerId;
  return {
      optimizer(Id::SGD, "SGD")
          .summary("Stochastic gradient descent, with momentum if asked for.")
          .argument("lr: float in 0.. = 0.001")
          .argument("momentum: float in 0.. = 0")
          .argument("dampening: float = 0")
          .argument("weight_decay: float in 0.. = 0")
          .argument("nesterov: bool = false")
          .argument("maximize: bool = false")
          .example("SGD(lr=0.1, momentum=0.9)"),
      optimizer(Id::Adam, "Adam")
          .summary("Adam; weight decay is added to the gradient.")
          .argument("lr: float in 0.. = 0.001")
          .argument("betas: float[2] in 0..<1 = [0.9, 0.999]")
          .argument("eps: float in 0.. = 1e-8")
          .argument("weight_decay: float in 0.. = 0")
          .argument("amsgrad: bool = false")
          .argument("maximize: bool = false")
          .example("Adam(lr=1e-3)"),
      optimizer(Id::AdamW, "AdamW")
          .summary("Adam with decoupled weight decay.")
          .argument("lr: float in 0.. = 0.001")
          .argument("betas: float[2] in 0..<1 = [0.9, 0.999]")
          .argument("eps: float in 0.. = 1e-8")
          .argument("weight_decay: float in 0.. = 0.01")
          .argument("amsgrad: bool = false")
          .argument("maximize: bool = false")
          .example("AdamW(lr=1e-3, weight_decay=0.01)"),
      optimizer(Id::RMSprop, "RMSprop")
          .summary("Gradients divided by a running average of their magnitude.")
          .argument("lr: float in 0.. = 0.01")
          .argument("alpha: float in 0.. = 0.99")
          .argument("eps: float in 0.. = 1e-8")
          .argument("weight_decay: float in 0.. = 0")
          .argument("momentum: float in 0.. = 0")
          .argument("centered: bool = false")
          .argument("maximize: bool = false")
          .example("RMSprop(lr=1e-3)")
          .not_yet(),
      optimizer(Id::Adagrad, "Adagrad")
          .summary("Gradients divided by the root of the sum of their squares.")
          .argument("lr: float in 0.. = 0.01")
          .argument("lr_decay: float in 0.. = 0")
          .argument("weight_decay: float in 0.. = 0")
          .argument("initial_accumulator_value: float in 0.. = 0")
          .argument("eps: float in 0.. = 1e-10")
          .argument("maximize: bool = false")
          .example("Adagrad(lr=0.01)")
          .not_yet(),
      optimizer(Id::LBFGS, "LBFGS")
          .summary("Limited-memory BFGS; evaluates the loss several times a step.")
          .argument("lr: float in 0<.. = 1")
          .argument("max_iter: int in 1.. = 20")
          .argument("max_eval: int? in 1.. = null")
          .argument("tolerance_grad: float in 0.. = 1e-7")
          .argument("tolerance_change: float in 0.. = 1e-9")
          .argument("history_size: int in 1.. = 100")
          .argument("line_search_fn: {strong_wolfe}? = null")
          .example("LBFGS(lr=1)")
          .not_yet(),
      optimizer(Id::Adadelta, "Adadelta")
          .summary("Steps scaled by running averages of gradients and of former steps.")
          .argument("lr: float in 0.. = 1.0")
          .argument("rho: float in 0..1 = 0.9")
          .argument("eps: float in 0.. = 1e-6")
          .argument("weight_decay: float in 0.. = 0")
          .argument("maximize: bool = false")
          .example("Adadelta()")
          .not_yet(),
      optimizer(Id::Adamax, "Adamax")
          .summary("Adam with the infinity norm.")
          .argument("lr: float in 0.. = 0.002")
          .argument("betas: float[2] in 0..<1 = [0.9, 0.999]")
          .argument("eps: float in 0.. = 1e-8")
          .argument("weight_decay: float in 0.. = 0")
          .argument("maximize: bool = false")
          .example("Adamax(lr=2e-3)")
          .not_yet(),
      optimizer(Id::NAdam, "NAdam")
          .summary("Adam with Nesterov's momentum.")
          .argument("lr: float in 0.. = 0.002")
          .argument("betas: float[2] in 0..<1 = [0.9, 0.999]")
          .argument("eps: float in 0.. = 1e-8")
          .argument("weight_decay: float in 0.. = 0")
          .argument("momentum_decay: float in 0.. = 0.004")
          .example("NAdam(lr=2e-3)")
          .not_yet(),
      optimizer(Id::RAdam, "RAdam")
          .summary("Adam whose first steps are rectified.")
          .argument("lr: float in 0.. = 0.001")
          .argument("betas: float[2] in 0..<1 = [0.9, 0.999]")
          .argument("eps: float in 0.. = 1e-8")
          .argument("weight_decay: float in 0.. = 0")
          .example("RAdam(lr=1e-3)")
          .not_yet(),
      optimizer(Id::Rprop, "Rprop")
          .summary("Steps by the signs of the gradients; for whole batches.")
          .argument("lr: float in 0.. = 0.01")
          .argument("etas: float[2] in 0<.. = [0.5, 1.2]")
          .argument("step_sizes: float[2] in 0.. = [1e-6, 50]")
          .argument("maximize: bool = false")
          .example("Rprop(lr=0.01)")
          .not_yet(),
      optimizer(Id::ASGD, "ASGD")
          .summary("Averaged stochastic gradient descent.")
          .argument("lr: float in 0.. = 0.01")
          .argument("lambd: float = 0.0001")
          .argument("alpha: float = 0.75")
          .argument("t0: float = 1000000")
          .argument("weight_decay: float in 0.. = 0")
          .argument("maximize: bool = false")
          .example("ASGD(lr=0.01)")
          .not_yet(),
  };
}

}  // namespace modelc::catalogue
