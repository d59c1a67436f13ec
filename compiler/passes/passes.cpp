#include "passes/passes.h"

#include <type_traits>

#include "ir/verify.h"
#include "passes/common_subexpressions.h"
#include "passes/dead_code.h"
#include "passes/fold_constants.h"
#include "passes/hold_statistics.h"
#include "passes/order_modules.h"
#include "passes/simplify.h"
#include "passes/uncalled_modules.h"
#include "passes/unreached_parameters.h"

namespace modelc::passes {

namespace {

template <auto pass>
void apply(ir::Program& program, Sink& sink) {
  using Function = decltype(pass);
  if constexpr (std::is_invocable_v<Function, ir::Graph&, const ir::ModuleTree&>) {
    for (auto* graphs : {&program.graphs, &program.initial_graphs})
      for (ir::Graph& graph : *graphs) pass(graph, program.tree);
  } else if constexpr (std::is_invocable_v<Function, ir::Program&>) {
    pass(program);
  } else {
    pass(program, sink);
  }
}

using Rewrite = void (*)(ir::Graph&, const ir::ModuleTree&);

template <auto pass>
constexpr Rewrite rewrite_of() {
  if constexpr (std::is_same_v<decltype(pass), Rewrite>) return pass;
  else return nullptr;
}

void verify(const ir::Program& program, std::string_view after, Sink& sink) {
  for (const std::string& broken : ir::verify(program))
    sink.report({}, diag::InternalFault, fmt::format("after {}: {}", after, broken))
        .help("please report this together with the description");
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

void run(ir::Program& program, State state, const Options& options, Sink& sink) {
  const bool checked = options.verify && state == State::Sound;
  if (checked) verify(program, "elaboration", sink);
  std::size_t left = options.count;
  for (const Pass& pass : passes()) {
    if (left-- == 0) return;
    if (state < pass.needs) continue;
    pass.run(program, sink);
    if (checked) verify(program, pass.name, sink);
  }
}

void rewrite(ir::Graph& graph, const ir::ModuleTree& tree) {
  for (const Pass& pass : passes())
    if (pass.rewrite) pass.rewrite(graph, tree);
}

}  // namespace modelc::passes
