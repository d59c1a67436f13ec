#include "elaborate/elaborate.h"

#include <deque>

#include "compose/settings.h"
#include "elaborate/decided.h"
#include "eval/unroll.h"
#include "instantiate/edits.h"
#include "instantiate/paths.h"
#include "instantiate/written.h"
#include "recipe/categories.h"
#include "recipe/generate.h"
#include "recipe/losses.h"
#include "recipe/recipe.h"
#include "trace/program.h"
#include "trace/stated.h"
#include "trace/uncalled.h"

namespace modelc::elaborate {

namespace {

/// Where the model is to run, and in what; which lints are silent.
void place(trace::Tracer& t, const ast::Running& running, ir::Program& program, bool partial) {
  t.whole &= compose::apply_allow(running.allow, t.sink);
  const compose::Placement placement = compose::read_placement(running.device, t.sink);
  const auto all = instantiate::keys(t.tree);
  for (const compose::Placement::Path& path : placement.paths)
    instantiate::check_pattern(t, path.pattern, path.span, all, partial);
  for (const compose::Precision& precision : t.document.precisions.all)
    if (precision.pattern != "**") instantiate::check_pattern(t, precision.pattern, precision.span, all, partial);
  t.whole &= placement.ok && t.document.precisions.ok;
  program.device = placement.device;
  program.device_span = placement.span;
}

/// Modules about whose calls nothing is known, for a fault that was reported.
void mark_doubtful(instantiate::Tree& tree) {
  // Where a part of a body could not be run, the calls of what stands below may be in it.
  std::set<ir::ModuleId> unsure;
  for (const instantiate::Instance& instance : tree.instances)
    if (instance.level && instance.level->incomplete) unsure.insert(instance.module);
  const auto below_unsure = [&](ir::ModuleId id) {
    do id = tree.ir.modules[id].parent;
    while (id != ir::kNone && !unsure.contains(id));
    return id != ir::kNone;
  };
  for (const instantiate::Instance& instance : tree.instances)
    if (instance.broken || instance.broken_input || (!unsure.empty() && below_unsure(instance.module)))
      tree.ir.modules[instance.module].uncalled = ir::Uncalled::Doubtful;
}

/// What is said by path of the tree.
passes::State finish(trace::Tracer& t, const ast::Running& running, ir::Program& program, bool broken, bool partial) {
  instantiate::check_edits(t, partial);
  for (instantiate::InstanceId id = 0; id < t.tree.instances.size() && !partial; ++id) trace::elaborate_uncalled(t, id);
  for (instantiate::InstanceId id = 0; id < t.tree.instances.size(); ++id) trace::declare_stated(t, id);
  place(t, running, program, partial);
  if (const auto& freeze = t.document.root().by_path.freeze; !freeze.empty()) program.freeze_span = freeze.back().span;
  if (partial) {
    instantiate::check_paths(t);
    return broken || t.document.names_missing ? passes::State::Broken : passes::State::Traced;
  }
  instantiate::settle_copies(t);
  instantiate::Applied applied = instantiate::apply_paths(t);
  program.weights = std::move(applied.weights);
  program.moved = std::move(applied.moved);
  return passes::State::Settled;
}

/// One description while its program lives: what its graphs are traced from, those that are asked for later included.
class LiveProgram final : public ir::GraphSource {
 public:
  LiveProgram(std::shared_ptr<const compose::Composition> composition, const Options& options, diagnostics::Sink& sink)
      : composition_(std::move(composition)),
        options_(options),
        sink_(sink),
        document_{*composition_, options.data.sources, !composition_->complete || !composition_->sound},
        special_([this](trace::Tracer& t, const ast::Expr& call, const trace::Scope& scope) {
          return recipe::asks_of_data(call) ? std::optional(asked_of_data(t, call, scope)) : std::nullopt;
        }) {}

  void run(Elaborated& result) {
    // Static values outside any graph are evaluated under no conditions.
    types::Conditions none;
    eval::Budget budget;
    trace::Trace untraced;
    trace::Tracer statics(sink_, budget, &none, document_, tree_, nullptr, nullptr, untraced, special_);
    ir::Program& program = result.program;
    model_ = trace::resolve_model(statics, {options_.where, options_.where_places}, options_.recipe);
    const ast::Running running = decided_running(statics);
    program.name = decided_text(statics, document_.root().title.all);
    if (!program.name.empty() && !tree_.ir.modules.empty()) tree_.ir.modules[0].type = program.name;
    program.doc = decided_text(statics, document_.root().docs);
    document_.precisions = compose::read_precisions(running.dtype, sink_);
    program.symbols = model_.open_symbols;
    for (const trace::ModelInput& input : model_.inputs)
      program.inputs.push_back({input.name, input.type, input.optional, input.target, input.span});
    bool broken = false, whole = composition_->whole() && model_.complete;
    if (model_.complete) {
      trace::Graphs graphs = trace::trace_graphs(shared(budget), model_, losses());
      program.graphs = std::move(graphs.all);
      choice_types_ = std::move(graphs.choice_types);
      broken = graphs.broken;
      whole = whole && graphs.whole;
      if (whole && !broken) whole = check_generation(budget, program.graphs);
    }
    mark_doubtful(tree_);
    result.state = finish(statics, running, program, broken, !whole || !untraced.whole);
    if (options_.recipe && model_.inputs_ok && !program.graphs.empty())
      result.recipe =
          recipe::read_recipe({statics, model_, program.graphs, options_.data}, !broken && !document_.names_missing);
    result.recipe.data.memory.categories = asked_.categories;
    result.recipe.data.memory.weights = asked_.weights;
    whole_ = whole && untraced.whole;
    if (whole_) result.state = passes::State::Sound;
    program.initial_graphs = std::move(tree_.initial_graphs);
    for (const ir::Module& module : tree_.ir.modules) paths_.push_back(module.path);
    program.tree = std::move(tree_.ir);
  }

  const ir::Graph* graph(const ir::ModuleTree& tree, const ir::Variant& variant) override {
    if (!whole_) return nullptr;
    ir::Variant asked = variant;
    asked.choices.clear();
    for (const trace::ModelInput& input : model_.inputs) {
      if (input.type.kind != types::TypeKind::Choice) continue;
      const auto word = variant.choices.find(input.name);
      if (word == variant.choices.end()) return nullptr;
      asked.choices.insert(*word);
    }
    for (const ir::Graph& known : later_)
      if (known.variant() == asked) return &known;
    if (tree_.ir.modules.empty()) resume(tree);
    trace::Traced traced =
        trace::trace_graph(shared({}), model_, {asked, false}, asked.generates ? generation() : losses());
    const bool agrees = asked.generates || trace::check_choice_types(sink_, traced.graph, choice_types_);
    if (!traced.whole || !agrees) return nullptr;
    passes::rewrite(traced.graph, tree);
    return &later_.emplace_back(std::move(traced.graph));
  }

 private:
  /// What was traced goes on with the finished tree, whose modules a pass has put in order.
  void resume(const ir::ModuleTree& tree) {
    std::map<std::string, ir::ModuleId> places;
    for (ir::ModuleId id = 0; id < tree.modules.size(); ++id) places[tree.modules[id].path] = id;
    for (instantiate::Instance& instance : tree_.instances) instance.module = places.at(paths_[instance.module]);
    tree_.ir = tree;
  }

  /// The settings of the whole file, by the params of its level.
  ast::Running decided_running(trace::Tracer& statics) const {
    const ast::Running& said = document_.root().running;
    if (!model_.level) return said;
    const eval::Scope scope = eval::static_scope(model_.level, nullptr);
    return {decided(statics, said.device, scope), decided(statics, said.dtype, scope), said.checks,
            decided(statics, said.allow, scope)};
  }

  /// The last of the texts that conditions leave.
  std::string decided_text(trace::Tracer& statics, const ast::Block<ast::Name>& texts) const {
    std::string text;
    if (!model_.level) return text;
    eval::unroll(statics, texts, eval::static_scope(model_.level),
                 [&](const ast::Item<ast::Name>& item, const std::string&, const eval::Scope& inner) {
                   text = eval::name_text(statics, item.value, inner);
                 });
    return text;
  }

  trace::GraphContext shared(const eval::Budget& budget) {
    return {sink_, document_, tree_, special_, budget.renewed()};
  }
  trace::Losses generation() const {
    return options_.recipe ? trace::Losses(recipe::trace_generation) : trace::Losses();
  }
  /// What is appended to an input is traced once, to be judged: the graph that runs is made when it is asked for.
  bool check_generation(const eval::Budget& budget, const std::vector<ir::Graph>& graphs) {
    if (!options_.recipe || graphs.empty() || !recipe::generates(document_.root())) return true;
    ir::Variant variant = graphs[0].variant();
    variant.generates = true;
    return trace::trace_graph(shared(budget), model_, {variant, false}, generation()).whole;
  }
  trace::Losses losses() const { return options_.recipe ? trace::Losses(recipe::trace_losses) : trace::Losses(); }

  trace::Value asked_of_data(trace::Tracer& t, const ast::Expr& call, const trace::Scope& scope) {
    trace::Model so_far = model_;
    if (!tree_.instances.empty()) so_far.level = tree_.instances[0].level;
    return recipe::asked_of_data(t, so_far, options_.data, call, scope, asked_);
  }

  std::shared_ptr<const compose::Composition> composition_;
  Options options_;
  diagnostics::Sink& sink_;
  instantiate::Document document_;
  instantiate::Tree tree_;
  trace::Model model_;
  trace::SpecialCall special_;
  trace::ChoiceTypes choice_types_;
  ir::DataMemory asked_;            // what was asked of the data
  bool whole_ = false;              // what a graph is traced from is all there
  std::vector<std::string> paths_;  // of the modules as they were traced
  std::deque<ir::Graph> later_;     // asked for after the check; each stays where it is
};

}  // namespace

Elaborated elaborate(std::shared_ptr<const compose::Composition> composition, const Options& options,
                     diagnostics::Sink& sink) {
  Elaborated result;
  const auto live = std::make_shared<LiveProgram>(std::move(composition), options, sink);
  live->run(result);
  if (!result.program.graphs.empty()) result.program.source = live;
  return result;
}

}  // namespace modelc::elaborate
