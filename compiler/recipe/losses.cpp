#include "recipe/losses.h"

#include <fmt/format.h>

#include <algorithm>

#include "eval/actual.h"
#include "eval/unroll.h"
#include "ir/builder.h"
#include "recipe/metric_form.h"
#include "recipe/settings.h"
#include "recipe/turns.h"
#include "trace/forward.h"
#include "trace/names.h"
#include "trace/nodes.h"

namespace modelc::recipe {

using namespace eval;  // NOLINT: values and scopes are all that is talked of here
using ast::Binding;
using ast::Item;
using trace::Frame;
using trace::Tracer;

namespace {

constexpr const char *kLoss = "loss", *kSum = "add";

/// Bindings of a term hold in the term alone; the last one is its value.
Value value_of(Tracer& t, const Frame& frame, const Binding& term, const Scope& scope) {
  if (term.nested.empty()) return evaluate(t, term.value, scope);
  Frame inside = frame;
  Scope inner = scope;
  inner.frame = &inside;
  const auto bound = run_bindings(t, term.nested, inner);
  return bound.last.empty() ? Value::poison() : inside.bindings[bound.last.back()];
}

/// One number, and under which name it is shown.
struct Term {
  std::string name;
  Value value;
  Span span;
};

/// nullopt where there is none in this mode (`… if training else 0`), or after reporting.
std::optional<Term> checked(Tracer& t, Term term) {
  if (term.value.is_poison() || term.value.is_number()) return std::nullopt;
  if (term.value.kind != Value::Tensor) {
    auto report = t.fault(term.span, diag::LossNotOneNumber, term.value.describe());
    if (term.value.kind == Value::Function)
      report.help(fmt::format("call it: `{}(prediction, target)`", term.value.text));
    return std::nullopt;
  }
  const Type type = t.type_of(term.value);
  if (type.is_tensor() && type.tensor.rank() == 0 && types::is_floating(type.tensor.dtype)) return term;
  t.fault(term.span, diag::LossNotOneNumber, type.str())
      .help("a loss is one number: reduce it with `.mean()` or `.sum()`");
  return std::nullopt;
}

std::optional<Term> term_of(Tracer& t, const Frame& frame, const Item<Binding>& item, std::string name,
                            const Scope& scope) {
  const Binding& term = item.value;
  if (!term.targets.empty()) name = name_text(t, term.targets[0], scope);
  if (name.empty()) name = kLoss;
  return checked(t, {name, value_of(t, frame, term, scope), term.value ? term.value->span : item.span});
}

void add_term(Tracer& t, const Term& term, ir::Graph& graph) {
  graph.losses.push_back({term.name, trace::operand(term.value), t.type_of(term.value), term.span});
}

/// What the turns make small sees the terms of the loss by name, and their sum as `loss`.
Frame with_terms(Tracer& t, const Frame& frame, const std::vector<Term>& terms) {
  Frame inside = frame;
  Value sum;
  for (const Term& term : terms) {
    inside.bindings.emplace(term.name, term.value);
    sum = sum.is_poison() ? term.value
                          : t.operate(kSum, {{"", sum, term.span, {}}, {"", term.value, term.span, {}}}, term.span);
  }
  if (!terms.empty()) inside.bindings.insert_or_assign(kLoss, sum);
  return inside;
}

/// The losses of turns, each under the name of its turn.
void add_turns(Tracer& t, const Frame& frame, const Scope& scope, ir::Graph& graph) {
  each_turn(t, scope, [&](const WrittenTurn& turn) {
    const ast::Setting* minimize = setting_in(turn.section, catalogue::KeyId::Turns_minimize);
    const ast::ExprPtr expr = minimize ? expression_of(*minimize, t) : nullptr;
    if (!expr) return;
    Frame own = frame;
    Scope seen = turn.scope;
    seen.frame = &own;
    const auto term = checked(t, {turn.loss, evaluate(t, expr, seen), expr->span});
    if (!term) return;
    const bool taken = std::any_of(graph.losses.begin(), graph.losses.end(),
                                   [&](const ir::Output& loss) { return loss.name == turn.loss; });
    if (taken)
      t.fault(turn.section.span, diag::SettingConflict, fmt::format("loss.{}", turn.loss),
              fmt::format("train.turns.{}", turn.name));
    else add_term(t, *term, graph);
  });
}

/// What a loss sees of the training: where nothing else has the name, `step` (from 1) and `epoch` (from 0).
void add_counters(Tracer& t, Frame& frame, const Scope& scope, ir::Graph& graph) {
  const std::pair<const char*, std::string_view> counters[] = {{"step", ir::kStepInput}, {"epoch", ir::kEpochInput}};
  for (const auto& [name, input] : counters) {
    if (trace::is_known(t, name, scope)) continue;
    const types::TensorType number{types::DType::Float32, {}};
    frame.bindings[name] = Value::of_tensor(ir::add_input(graph, std::string(input), number, {}, /*target=*/true));
  }
}

/// Those that nothing asked for are gone again.
void drop_counters(ir::Graph& graph) {
  std::vector<bool> used(graph.values.size(), false);
  const auto mark = [&](ir::ValueId value) { used[value] = true; };
  for (const ir::Node& node : graph.nodes)
    for (const ir::Operand& operand : node.operands) ir::for_each_value(operand, mark);
  ir::for_each_root(graph, [&](const ir::Operand& root) { ir::for_each_value(root, mark); });
  while (!graph.inputs.empty() && ir::is_counter(graph.inputs.back()) && !used[graph.inputs.back().value])
    graph.inputs.pop_back();
}

/// The average of an expression over the rows.
void add_mean(Tracer& t, ir::Metric metric, const ast::ExprPtr& expr, const Scope& scope, ir::Graph& graph) {
  Scope inner = scope;
  inner.vocabulary = catalogue::Kind::Metric;
  const Value value = evaluate(t, expr, inner);
  if (value.is_poison()) return;
  if (value.kind != Value::Tensor) {
    t.fault(metric.span, diag::MetricNotTensor, metric.name, value.describe());
    return;
  }
  metric.operands.push_back(trace::operand(value));
  graph.metrics.push_back(std::move(metric));
}

/// A metric of the catalogue, of a prediction and a target.
void add_declared(Tracer& t, ir::Metric metric, const catalogue::Entry& entry, const ast::Expr& expr,
                  const Scope& scope, ir::Graph& graph) {
  const auto args = evaluate_arguments(t, expr, scope);
  if (!args) return;
  const auto bound = bound_to(t, entry, actuals_of(*args), metric.span);
  if (!bound) return;
  const GivenArgument& prediction = (*args)[*bound->argument("prediction")];
  const GivenArgument& target = (*args)[*bound->argument("target")];
  MetricCall call{entry, *bound, metric.span, prediction.span, target.span, {}};
  metric.kind = catalogue::id_of<catalogue::MetricId>(entry);
  for (std::size_t i = 2; i < entry.arguments.size(); ++i) {
    const std::string& name = entry.arguments[i].name;
    metric.args.emplace_back(name, bound->values[i]);
    if (const auto at = bound->argument(name)) call.place_of_argument = (*args)[*at].span;
  }
  const auto form =
      metric_form(call, t.type_of(prediction.value).tensor, t.type_of(target.value).tensor, *t.conditions, t.sink);
  if (!form) return void(t.whole = false);
  metric.args.emplace_back("class_dim", form->class_dim ? types::Constant(*form->class_dim) : types::Constant());
  metric.operands = {trace::operand(prediction.value), trace::operand(target.value)};
  graph.metrics.push_back(std::move(metric));
}

void add_metric(Tracer& t, const Item<Binding>& item, const std::string& given, const Scope& scope, ir::Graph& graph) {
  const Binding& binding = item.value;
  if (!binding.value) return;
  const ast::Expr& e = *binding.value;
  const bool calls = e.kind == ast::ExprKind::Call && e.children[0]->kind == ast::ExprKind::Name;
  const catalogue::Entry* entry = calls ? catalogue::find(catalogue::Kind::Metric, e.children[0]->text) : nullptr;
  ir::Metric metric;
  metric.name = binding.targets.empty() ? given : name_text(t, binding.targets[0], scope);
  metric.span = e.span;
  if (metric.name.empty()) metric.name = entry ? entry->name : e.kind == ast::ExprKind::Name ? e.text : "metric";
  if (entry) add_declared(t, std::move(metric), *entry, e, scope, graph);
  else add_mean(t, std::move(metric), binding.value, scope, graph);
}

}  // namespace

void trace_losses(Tracer& t, Frame& frame, const Scope& scope, ir::Graph& graph) {
  const ast::Description& file = t.document.root();
  add_counters(t, frame, scope, graph);
  std::vector<Term> terms;
  unroll(t, file.loss.entries, scope, [&](const Item<Binding>& item, const std::string& given, const Scope& inner) {
    if (auto term = term_of(t, frame, item, given, inner)) terms.push_back(std::move(*term));
  });
  if (minimises_loss(t, scope))
    for (const Term& term : terms) add_term(t, term, graph);
  if (takes_turns(t, scope)) add_turns(t, with_terms(t, frame, terms), scope, graph);
  unroll(t, file.metrics.entries, scope, [&](const Item<Binding>& item, const std::string& given, const Scope& inner) {
    add_metric(t, item, given, inner, graph);
  });
  drop_counters(graph);
}

}  // namespace modelc::recipe
