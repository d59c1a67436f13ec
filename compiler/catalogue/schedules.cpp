// Schedules of the learning rate (`train.schedule`): parts in a row, joined by `->`, each a factor of `lr`.
#include "catalogue/entry.h"

namespace modelc::catalogue {

namespace {

Declare schedule(ScheduleId id, std::string name) { return Declare(Kind::Schedule, id, std::move(name)); }

}  // namespace

std::vector<Entry> schedules() {
  using Id = ScheduleId;
  return {
      schedule(Id::Warmup, "warmup")
          .summary("Rises from `start` of the learning rate to all of it.")
          .argument("steps: int in 1..")
          .argument("start: float in 0..1 = 0")
          .example("warmup(100) -> cosine()"),
      schedule(Id::Constant, "constant")
          .summary("The learning rate times `factor`.")
          .argument("steps: int? in 1.. = null")
          .argument("factor: float in 0.. = 1")
          .example("constant(500) -> linear()"),
      schedule(Id::Linear, "linear")
          .summary("Falls in a straight line to `min_lr`.")
          .argument("steps: int? in 1.. = null")
          .keyword("min_lr: float in 0.. = 0")
          .example("linear(min_lr=1e-5)"),
      schedule(Id::Cosine, "cosine")
          .summary("Falls along half a cosine to `min_lr`.")
          .argument("steps: int? in 1.. = null")
          .keyword("min_lr: float in 0.. = 0")
          .example("cosine(min_lr=1e-5)"),
      schedule(Id::Step, "step")
          .summary("Times `gamma` after every `every` steps.")
          .argument("every: int in 1..")
          .argument("gamma: float in 0.. = 0.1")
          .keyword("steps: int? in 1.. = null")
          .example("step(epochs(30), gamma=0.1)"),
      schedule(Id::Exponential, "exponential")
          .summary("Times `gamma` after each step.")
          .argument("gamma: float in 0..")
          .argument("steps: int? in 1.. = null")
          .example("exponential(0.999)"),
      schedule(Id::Polynomial, "polynomial")
          .summary("Falls along a power to `min_lr`.")
          .argument("steps: int? in 1.. = null")
          .keyword("power: float in 0.. = 1")
          .keyword("min_lr: float in 0.. = 0")
          .example("polynomial(power=2)"),
      schedule(Id::OneCycle, "onecycle")
          .summary("Rises to `max_lr` and falls to almost nothing, once.")
          .argument("max_lr: float in 0<..")
          .keyword("pct_start: float in 0..1 = 0.3")
          .keyword("div_factor: float in 1.. = 25")
          .keyword("final_div_factor: float in 1.. = 10000")
          .keyword("steps: int? in 1.. = null")
          .example("onecycle(max_lr=0.1)"),
      schedule(Id::Plateau, "plateau")
          .summary("Times `factor` where a metric has not improved for `patience` validations.")
          .argument("metric: str = \"valid.loss\"")
          .keyword("mode: {min|max}? = null")
          .keyword("factor: float in 0<..<1 = 0.1")
          .keyword("patience: int in 0.. = 10")
          .keyword("threshold: float in 0.. = 1e-4")
          .keyword("min_lr: float in 0.. = 0")
          .keyword("steps: int? in 1.. = null")
          .example("plateau(\"valid.loss\", patience=5)"),
      schedule(Id::Epochs, "epochs")
          .summary("So many epochs as a number of steps.")
          .argument("n: float in 0<..")
          .example("warmup(epochs(2)) -> cosine()"),
  };
}

}  // namespace modelc::catalogue
