#include "passes/passes.h"

#include <type_traits>

#include "ir/verify.h"
#include "passes/batch_rows.h"
#include "passes/common_subexpressions.h"
#include "passes/dead_code.h"
#include "passes/differentiate.h"
#include "passes/fold_constants.h"
#include "passes/hold_statistics.h"
#include "passes/idle_dropout.h"
#include "passes/loss_scales.h"
#include "passes/order_modules.h"
#include "passes/simplify.h"
#include "passes/uncalled_modules.h"
#include "passes/unreached_parameters.h"
#include "passes/watch_gradients.h"

namespace modelc::passes {

namespace {

template <auto pass>
bool apply(ir::Program& program, Sink& sink) {
  using Function = decltype(pass);
  if constexpr (std::is_invocable_v<Function, ir::Graph&, const ir::ModuleTree&>) {
    for (auto* graphs : {&program.graphs, &program.initial_graphs})
      for (ir::Graph& graph : *graphs) pass(graph, program.tree);
  } else if constexpr (std::is_invocable_v<Function, ir::Program&>) {
    pass(program);
  } else {
    return pass(program, sink);
  }
  return true;
}

using Rewrite = void (*)(ir::Graph&, const ir::ModuleTree&);

template <auto pass>
constexpr Rewrite rewrite_of() {
  if constexpr (std::is_same_v<decltype(pass), Rewrite>) return pass;
  else return nullptr;
}

bool verify(const ir::Program& program, std::string_view after, Sink& sink) {
  const auto all = ir::verify(program);
  for (const std::string& broken : all)
    sink.report({}, diag::InternalFault, fmt::format("after {}: {}", after, broken))
        .help("please report this together with the description");
  return all.empty();
}

}  // namespace

const std::vector<Pass>& passes() {
  static const std::vector<Pass> all = {
#define MODELC_PASS(name, needs, sentence, keeps) \
  {#name, State::needs, sentence, keeps, apply<name>, rewrite_of<name>()},
#include "passes/passes.def"
#undef MODELC_PASS
  };
  return all;
}

bool run(ir::Program& program, State state, const Options& options, Sink& sink) {
  const bool checked = options.verify && state == State::Sound;
  bool holds = !checked || verify(program, "elaboration", sink);
  std::size_t left = options.count;
  for (const Pass& pass : passes()) {
    if (left-- == 0) break;
    const bool asked = pass.needs == State::Asked && left == 0 && state == State::Sound;
    if (!asked && state < pass.needs) continue;
    holds &= pass.run(program, sink);
    if (checked) holds &= verify(program, pass.name, sink);
  }
  return holds;
}

void rewrite(ir::Graph& graph, const ir::ModuleTree& tree) {
  for (const Pass& pass : passes())
    if (pass.rewrite && pass.needs != State::Asked) pass.rewrite(graph, tree);
}

}  // namespace modelc::passes
