// `bench`: how long a training step takes, and an inference. On the recipe's first batches where there are data, else
// on made-up inputs.
#include <ATen/Context.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <functional>

#include "api.h"
#include "commands/made_up.h"
#include "plan/make_plan.h"
#include "train/phase.h"
#include "train/start.h"
#include "weights/load.h"

namespace modelc::runtime {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::int64_t kPreferredSize = 32;
constexpr int kWarmUps = 2;
constexpr std::size_t kLeast = 5, kMost = 10'000;
constexpr double kSeconds = 1;

/// The seconds of each run: so many, or as many as take a second.
std::vector<double> measure(std::optional<std::int64_t> count, const std::function<void()>& run) {
  for (int i = 0; i < kWarmUps; ++i) run();
  std::vector<double> out;
  double sum = 0;
  const std::size_t wanted = count ? static_cast<std::size_t>(*count) : kMost;
  while (out.size() < wanted && (count || out.size() < kLeast || sum < kSeconds)) {
    const Clock::time_point begun = Clock::now();
    run();
    out.push_back(std::chrono::duration<double>(Clock::now() - begun).count());
    sum += out.back();
  }
  return out;
}

bool has_training(const ir::Recipe& recipe) {
  return recipe.data.train && recipe.data.train->known && recipe.has_loss &&
         (recipe.training.optimizer || !recipe.training.turns.empty());
}

/// The graph that infers, on these inputs.
void infer(const Request& request, build::TreeModule& tree, const ir::Graph& graph,
           const std::vector<at::Tensor>& inputs) {
  Times& times = *request.times;
  at::NoGradGuard no_grad;
  tree.train(false);
  const exec::Executor executor(
      plan::make_plan(graph, request.program->tree, plan::roots_of(graph, plan::Asked::Outputs)), &tree);
  times.inference_kernels = static_cast<std::int64_t>(executor.plan().steps.size());
  for (std::size_t i = 0; i < inputs.size(); ++i)
    if (inputs[i].defined() && executor.plan().inputs[i].needed)
      times.inputs.emplace_back(graph.inputs[i].name, inputs[i].sizes().vec());
  times.inference = measure(request.range.steps, [&] { executor.run(inputs); });
}

int bench_recipe(const Request& request) {
  train::Session session(request);
  if (!session.open(true)) return 1;
  Times& times = *request.times;
  train::Stepper stepper(session);
  if (!train::can_train(session, stepper)) return 1;
  const std::vector<data::Batch> batches = train::batches_of(session, 1);
  const data::Batch& batch = batches[0];
  const data::Part& part = session.training_parts()[batch.part];
  const data::Feed& feed = session.feed(part, batch.part);
  const std::vector<at::Tensor> fed = session.feed(part, batch.part).run(batch.rows);
  const ir::Graph& graph = session.runner(false, part, batch.part)->graph();
  std::vector<at::Tensor> inputs(graph.inputs.size());
  for (std::size_t i = 0; i < inputs.size(); ++i)
    for (std::size_t n = 0; n < fed.size(); ++n)
      if (feed.names()[n] == graph.inputs[i].name) inputs[i] = fed[n];
  infer(request, session.tree(), graph, inputs);

  stepper.begin_epoch(batches, 0, 1);
  session.tree().train(true);
  times.rows = static_cast<std::int64_t>(batch.rows.size());
  times.training_kernels = static_cast<std::int64_t>(session.runner(true, part, batch.part)->steps());
  train::RunState state;
  bool finite = true;
  times.training = measure(request.range.steps, [&] {
    ++state.step;
    finite = finite && stepper.step({batches, 0, 1}, state);
  });
  return finite ? 0 : 3;
}

int bench_model(const Request& request) {
  const ir::Program& program = *request.program;
  build::TreeModule tree = exec::build_tree(program);
  const train::Start start = train::start_of(request, false);
  if (!start.sources.empty() && !weights::load_weights(program, tree, start.sources, start.options, *request.sink))
    return 1;
  const ir::Graph& graph = program.graphs.front();
  infer(request, tree, graph, made_up_inputs(graph, request.sizes, kPreferredSize));
  return 0;
}

}  // namespace

int bench(const Request& request) {
  try {
    at::manual_seed(static_cast<std::uint64_t>(request.seed.value_or(0)));
    return has_training(*request.recipe) && request.sizes.empty() ? bench_recipe(request) : bench_model(request);
  } catch (const exec::RuntimeFault& fault) {
    return data::report_fault(fault, *request.sink);
  }
}

}  // namespace modelc::runtime
