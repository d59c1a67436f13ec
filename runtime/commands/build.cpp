// `build`: the module tree with its weights, run once on made-up inputs of the declared types, written as a checkpoint.
#include <ATen/Context.h>
#include <ATen/Functions.h>
#include <ATen/core/grad_mode.h>
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "api.h"
#include "commands/made_up.h"
#include "data/feed.h"
#include "exec/executor.h"
#include "formats/weight_file.h"
#include "ir/data_memory.h"
#include "plan/make_plan.h"
#include "support/counted.h"
#include "support/whole_file.h"
#include "train/start.h"
#include "weights/load.h"

namespace modelc::runtime {
namespace {

constexpr std::int64_t kPreferredSize = 2;

/// What is asked of sizes that data decide cannot be met by made-up ones.
bool asks_of_data(const plan::Plan& plan) {
  return std::any_of(plan.steps.begin(), plan.steps.end(),
                     [](const plan::Step& step) { return !step.conditions.empty(); });
}

void run_once(const ir::Program& program, build::TreeModule& tree) {
  const ir::Graph& graph = program.graphs.front();
  plan::Plan plan = plan::make_plan(graph, program.tree, plan::roots_of(graph, plan::Asked::Outputs));
  if (asks_of_data(plan)) return;
  const std::vector<at::Tensor> inputs = made_up_inputs(graph, {}, kPreferredSize);
  at::NoGradGuard no_grad;
  tree.train(false);
  exec::Executor(std::move(plan), &tree).run(inputs);
}

/// Copies, since a run may write what it reads (`max_norm` of a look-up); tied tensors stay one.
weights::NamedTensors copies(weights::NamedTensors state) {
  std::map<const void*, at::Tensor> made;
  for (auto& [key, tensor] : state) {
    at::Tensor& copy = made[tensor.unsafeGetTensorImpl()];
    if (!copy.defined()) copy = tensor.detach().clone();
    tensor = copy;
  }
  return state;
}

/// What the feed of the weights' checkpoint was fitted to goes on into this one, where the feed is the same.
void keep_fits(const Request& request, std::map<std::string, std::string>& metadata) {
  if (request.weights.empty() || !request.recipe) return;
  const auto file = formats::read_weight_header(request.weights.back());
  if (!file) return;
  const std::map<std::string, std::string>& stored = file.value->metadata;
  const auto text = stored.find("modelc.fits");
  const auto fits = text == stored.end() ? std::nullopt : data::fits_from_json(text->second);
  const auto is_stored = [&](const ir::Fit& fit) {
    return std::any_of(fits->begin(), fits->end(), [&](const data::FitState& one) { return one.key == fit.key; });
  };
  if (!fits || !std::all_of(request.recipe->data.fits.begin(), request.recipe->data.fits.end(), is_stored)) return;
  for (const char* key : {"modelc.fits", ir::kDataMemoryKey, "modelc.seed"})
    if (const auto found = stored.find(key); found != stored.end()) metadata[key] = found->second;
}

}  // namespace

int build(const Request& request) {
  const ir::Program& program = *request.program;
  const std::int64_t seed = request.seed.value_or(request.recipe ? request.recipe->training.seed : 0);
  try {
    at::manual_seed(static_cast<std::uint64_t>(seed));
    build::TreeModule tree = exec::build_tree(program);
    const train::Start start = train::start_of(request, false);
    weights::WeightMatch match;
    if (!start.sources.empty() &&
        !weights::load_weights(program, tree, start.sources, start.options, *request.sink, &match))
      return 1;
    const weights::NamedTensors state = copies(request.save_trainable ? tree.trained_state() : tree.state());
    run_once(program, tree);
    std::map<std::string, std::string> metadata{{"format", "pt"},
                                                {"modelc.description", request.bundle},
                                                {"modelc.version", request.version},
                                                {"modelc.seed", std::to_string(seed)}};
    keep_fits(request, metadata);
    if (request.save_trainable) metadata[weights::kSavedKey] = weights::kSavedTrained;
    if (const std::string why =
            weights::write_weights(request.output, state, weights::with_checksums(state, metadata), tree.versions());
        !why.empty()) {
      request.sink->report({}, diag::CannotWriteFile, request.output, why);
      return 3;
    }
    if (!request.quiet) {
      std::int64_t count = 0;
      for (const auto& [key, tensor] : state) count += tensor.numel();
      if (!start.sources.empty()) fmt::print(stderr, "{}", request.verbose ? match.report() : match.grouped_report());
      // What went to standard output is the file, and nothing else.
      std::FILE* const out = support::is_standard_output(request.output) ? stderr : stdout;
      fmt::print(out, "{}: {}, {}\n", request.output, support::counted(state.size(), "tensor"),
                 support::counted(count, "value"));
      if (std::fflush(out) != 0) return 3;
    }
    return 0;
  } catch (const exec::RuntimeFault& fault) {
    request.sink->report(fault.span(), diag::KernelFault, fault.what());
    return 3;
  }
}

}  // namespace modelc::runtime
