#include "elaborate/elaborate.h"

#include "compose/settings.h"
#include "elaborate/lints.h"
#include "elaborate/order.h"
#include "instantiate/edits.h"
#include "instantiate/paths.h"
#include "passes/hold_statistics.h"
#include "recipe/categories.h"
#include "recipe/losses.h"
#include "recipe/recipe.h"
#include "trace/program.h"

namespace modelc::elaborate {

namespace {

/// Where the model is to run.
void place(trace::Tracer& t, ir::Program& program, bool partial) {
  const compose::Placement placement = compose::read_placement(t.document.root(), t.sink);
  if (!placement.paths.empty()) {
    const auto all = instantiate::keys(t.tree);
    for (const compose::Placement::Path& path : placement.paths)
      instantiate::check_pattern(t, path.pattern, path.span, all, partial);
  }
  program.device = placement.device;
  program.device_span = placement.span;
}

/// What is said by path of the tree, and the warnings that need all of it.
void finish(trace::Tracer& t, ir::Program& program, bool broken) {
  const bool partial = broken || t.sink.has_errors();
  instantiate::check_edits(t, partial);
  place(t, program, partial);
  if (partial) {
    instantiate::check_paths(t);
    if (!broken && !t.document.names_missing) check_called(t.sink, t.tree, program.graphs);
    return;
  }
  check_called(t.sink, t.tree, program.graphs);
  instantiate::Applied applied = instantiate::apply_paths(t);
  program.weights = std::move(applied.weights);
  program.moved = std::move(applied.moved);
  for (ir::Graph& graph : program.graphs) passes::hold_statistics(graph, t.tree.ir);
  lint_loss(t.sink, t.tree, program.graphs, instantiate::keys(t.tree));
}

}  // namespace

Elaborated elaborate(const compose::Composition& composition, const Options& options, diagnostics::Sink& sink) {
  const instantiate::Document document{composition, options.data.sources, !composition.complete || !composition.sound};
  instantiate::Tree tree;
  trace::Model model;
  const trace::SpecialCall special = [&](trace::Tracer& t, const ast::Expr& call,
                                         const trace::Scope& scope) -> std::optional<trace::Value> {
    if (!recipe::is_categories(call)) return std::nullopt;
    trace::Model so_far = model;
    if (!tree.instances.empty()) so_far.level = tree.instances[0].level;
    return recipe::categories(t, so_far, options.data, call, scope);
  };
  // Static values outside any graph are evaluated under no conditions.
  types::Conditions none;
  eval::Budget budget;
  trace::Trace untraced;
  trace::Tracer statics(sink, budget, &none, document, tree, nullptr, nullptr, untraced, special);

  Elaborated result;
  ir::Program& program = result.program;
  program.name = document.root().title.text;
  model = trace::resolve_model(statics, options.where, options.recipe);
  program.symbols = model.open_symbols;
  for (const trace::ModelInput& input : model.inputs)
    program.inputs.push_back({input.name, input.type, input.optional, input.target, input.span});
  bool broken = false;
  if (model.complete) {
    const trace::GraphContext shared{sink, document, tree, special, budget.renewed()};
    trace::Graphs graphs =
        trace::trace_graphs(shared, model, options.recipe ? trace::Losses(recipe::trace_losses) : trace::Losses());
    program.graphs = std::move(graphs.all);
    broken = graphs.broken;
  }
  order_modules(tree, program.graphs);
  finish(statics, program, broken);
  if (options.recipe && model.inputs_ok && !document.names_missing && !program.graphs.empty())
    result.recipe = recipe::read_recipe({statics, model, program.graphs, options.data}, !broken);
  program.initial_graphs = std::move(tree.initial_graphs);
  program.tree = std::move(tree.ir);
  return result;
}

}  // namespace modelc::elaborate
