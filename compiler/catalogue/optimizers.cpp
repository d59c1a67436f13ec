// The optimisers of torch.optim, with PyTorch's arguments and defaults, and a few that are widely used beside them.
// Arguments that only choose how PyTorch computes
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
          .example("RMSprop(lr=1e-3)"),
      optimizer(Id::Adagrad, "Adagrad")
          .summary("Gradients divided by the root of the sum of their squares.")
          .argument("lr: float in 0.. = 0.01")
          .argument("lr_decay: float in 0.. = 0")
          .argument("weight_decay: float in 0.. = 0")
          .argument("initial_accumulator_value: float in 0.. = 0")
          .argument("eps: float in 0.. = 1e-10")
          .argument("maximize: bool = false")
          .example("Adagrad(lr=0.01)"),
      optimizer(Id::LBFGS, "LBFGS")
          .summary("Limited-memory BFGS; evaluates the loss several times a step.")
          .argument("lr: float in 0<.. = 1")
          .argument("max_iter: int in 1.. = 20")
          .argument("max_eval: int? in 1.. = null")
          .argument("tolerance_grad: float in 0.. = 1e-7")
          .argument("tolerance_change: float in 0.. = 1e-9")
          .argument("history_size: int in 1.. = 100")
          .argument("line_search_fn: {strong_wolfe}? = null")
          .example("LBFGS(lr=1)"),
      optimizer(Id::Adadelta, "Adadelta")
          .summary("Steps scaled by running averages of gradients and of former steps.")
          .argument("lr: float in 0.. = 1.0")
          .argument("rho: float in 0..1 = 0.9")
          .argument("eps: float in 0.. = 1e-6")
          .argument("weight_decay: float in 0.. = 0")
          .argument("maximize: bool = false")
          .example("Adadelta()"),
      optimizer(Id::Adamax, "Adamax")
          .summary("Adam with the infinity norm.")
          .argument("lr: float in 0.. = 0.002")
          .argument("betas: float[2] in 0..<1 = [0.9, 0.999]")
          .argument("eps: float in 0.. = 1e-8")
          .argument("weight_decay: float in 0.. = 0")
          .argument("maximize: bool = false")
          .example("Adamax(lr=2e-3)"),
      optimizer(Id::NAdam, "NAdam")
          .summary("Adam with Nesterov's momentum.")
          .argument("lr: float in 0.. = 0.002")
          .argument("betas: float[2] in 0..<1 = [0.9, 0.999]")
          .argument("eps: float in 0.. = 1e-8")
          .argument("weight_decay: float in 0.. = 0")
          .argument("momentum_decay: float in 0.. = 0.004")
          .example("NAdam(lr=2e-3)"),
      optimizer(Id::RAdam, "RAdam")
          .summary("Adam whose first steps are rectified.")
          .argument("lr: float in 0.. = 0.001")
          .argument("betas: float[2] in 0..<1 = [0.9, 0.999]")
          .argument("eps: float in 0.. = 1e-8")
          .argument("weight_decay: float in 0.. = 0")
          .example("RAdam(lr=1e-3)"),
      optimizer(Id::Rprop, "Rprop")
          .summary("Steps by the signs of the gradients; for whole batches.")
          .argument("lr: float in 0.. = 0.01")
          .argument("etas: float[2] in 0<.. = [0.5, 1.2]")
          .argument("step_sizes: float[2] in 0.. = [1e-6, 50]")
          .argument("maximize: bool = false")
          .example("Rprop(lr=0.01)"),
      optimizer(Id::ASGD, "ASGD")
          .summary("Averaged stochastic gradient descent.")
          .argument("lr: float in 0.. = 0.01")
          .argument("lambd: float = 0.0001")
          .argument("alpha: float = 0.75")
          .argument("t0: float = 1000000")
          .argument("weight_decay: float in 0.. = 0")
          .argument("maximize: bool = false")
          .example("ASGD(lr=0.01)"),
      optimizer(Id::Lion, "Lion")
          .summary("Steps of one size by the sign of a running average (Chen et al. 2023).")
          .argument("lr: float in 0.. = 0.0001")
          .argument("betas: float[2] in 0..<1 = [0.9, 0.99]")
          .argument("weight_decay: float in 0.. = 0")
          .argument("maximize: bool = false")
          .example("Lion(lr=1e-4, weight_decay=0.1)"),
      optimizer(Id::Adafactor, "Adafactor")
          .summary("Squares of gradients kept as means of rows and columns, which takes little memory.")
          .argument("lr: float in 0.. = 0.01")
          .argument("beta2_decay: float in ..0 = -0.8")
          .argument("eps: float[2] in 0.. = [1.1920928955078125e-7, 0.001]")
          .argument("d: float in 0<.. = 1.0")
          .argument("weight_decay: float in 0.. = 0")
          .argument("maximize: bool = false")
          .example("Adafactor(lr=0.01)")
          .note("As torch.optim.Adafactor of PyTorch 2.5, whose first `eps` is that of single precision."),
      optimizer(Id::LAMB, "LAMB")
          .summary("Adam whose step is scaled to each parameter's norm, for large batches (You et al. 2020).")
          .argument("lr: float in 0.. = 0.001")
          .argument("betas: float[2] in 0..<1 = [0.9, 0.999]")
          .argument("eps: float in 0.. = 1e-6")
          .argument("weight_decay: float in 0.. = 0")
          .argument("maximize: bool = false")
          .example("LAMB(lr=1e-3, weight_decay=0.01)"),
      optimizer(Id::Muon, "Muon")
          .summary("Momentum made orthogonal, for matrices and filters; other parameters go by AdamW.")
          .argument("lr: float in 0.. = 0.001")
          .argument("weight_decay: float in 0.. = 0.1")
          .argument("momentum: float in 0..<1 = 0.95")
          .argument("nesterov: bool = true")
          .argument("ns_coefficients: float[3] = [3.4445, -4.775, 2.0315]")
          .argument("eps: float in 0<.. = 1e-7")
          .argument("ns_steps: int in 1..99 = 5")
          .argument("adjust_lr_fn: {original|match_rms_adamw}? = null")
          .keyword("use_muon: bool = true")
          .keyword("adamw_lr: float? in 0.. = null")
          .keyword("adamw_betas: float[2] in 0..<1 = [0.9, 0.95]")
          .keyword("adamw_eps: float in 0.. = 1e-8")
          .example("Muon(lr=0.02, adamw_lr=3e-4)")
          .note("As torch.optim.Muon of PyTorch 2.9, in bfloat16 where it is. `use_muon: false` in a group gives its "
                "matrices to AdamW too: embeddings, the head. `adamw_lr` is `lr` unless given."),
  };
}

}  // namespace modelc::catalogue
