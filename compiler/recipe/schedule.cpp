#include "recipe/schedule.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "catalogue/bind.h"
#include "eval/actual.h"
#include "eval/evaluate.h"
#include "recipe/settings.h"

namespace modelc::recipe {

using ast::Expr;
using ast::ExprKind;
using ast::ExprPtr;
using catalogue::ScheduleId;

namespace {

/// The entry that a part names; nullptr for any other expression.
const catalogue::Entry* entry_of(const Expr& e) {
  const Expr& callee = e.kind == ExprKind::Call ? *e.children[0] : e;
  return callee.kind == ExprKind::Name ? catalogue::find(catalogue::Kind::Schedule, callee.text) : nullptr;
}

bool is_epochs(const Expr& e) {
  const catalogue::Entry* entry = e.kind == ExprKind::Call ? entry_of(e) : nullptr;
  return entry && catalogue::id_of<ScheduleId>(*entry) == ScheduleId::Epochs;
}

/// The number of `epochs(n)`; nullopt after reporting.
std::optional<double> epochs_of(Tracer& t, const Expr& call, const Scope& scope) {
  const auto args = evaluate_arguments(t, call, scope);
  if (!args) return std::nullopt;
  const auto bound = bound_to(t, catalogue::entry(ScheduleId::Epochs), actuals_of(*args), call.span);
  return bound ? std::optional(bound->value("n").as_double()) : std::nullopt;
}

/// A call whose arguments may be `epochs(n)`: these are bound as a step, which every number of steps may be.
struct PartArguments {
  std::vector<catalogue::Actual> actuals;
  std::map<std::size_t, double> in_epochs;  // by place
};

std::optional<PartArguments> arguments_of(Tracer& t, const Expr& e, const Scope& scope) {
  PartArguments out;
  if (e.kind != ExprKind::Call) return out;
  Expr rest = e;
  for (ast::Argument& argument : rest.args) {
    const ExprPtr& value = argument.value;
    if (argument.spread || !value || !is_epochs(*value)) continue;
    const auto n = epochs_of(t, *value, scope);
    if (!n) return std::nullopt;
    out.in_epochs[static_cast<std::size_t>(&argument - rest.args.data())] = *n;
    auto one = std::make_shared<Expr>();
    one->kind = ExprKind::Int;
    one->int_value = 1;
    one->span = value->span;
    argument.value = std::move(one);
  }
  const auto args = evaluate_arguments(t, rest, scope);
  if (!args) return std::nullopt;
  out.actuals = actuals_of(*args);
  return out;
}

void report_unknown(Tracer& t, const Expr& e) {
  const Expr& callee = e.kind == ExprKind::Call ? *e.children[0] : e;
  const std::string name = callee.kind == ExprKind::Name ? callee.text : "this";
  auto report = t.fault(callee.span, diag::ScheduleUnknown, name);
  const std::vector<std::string> known = catalogue::names(catalogue::Kind::Schedule);
  if (!report.did_you_mean(name, known, callee.span)) report.help(fmt::format("there are {}", fmt::join(known, ", ")));
}

std::optional<ir::SchedulePart> read_part(Tracer& t, const Figures& figures, const Expr& e, const Scope& scope) {
  const catalogue::Entry* entry = entry_of(e);
  if (!entry || catalogue::id_of<ScheduleId>(*entry) == ScheduleId::Epochs) {
    report_unknown(t, e);
    return std::nullopt;
  }
  const auto args = arguments_of(t, e, scope);
  if (!args) return std::nullopt;
  const auto bound = bound_to(t, *entry, args->actuals, e.span);
  if (!bound) return std::nullopt;
  ir::SchedulePart part;
  part.kind = catalogue::id_of<ScheduleId>(*entry);
  part.span = e.span;
  for (std::size_t i = 0; i < entry->arguments.size(); ++i) {
    const std::string& name = entry->arguments[i].name;
    part.args.emplace_back(name, bound->values[i]);
    const auto at = bound->argument(name);
    const auto epochs = at ? args->in_epochs.find(*at) : args->in_epochs.end();
    if (epochs != args->in_epochs.end()) part.in_epochs.emplace_back(name, epochs->second);
  }
  if (part.kind != ScheduleId::Plateau) return part;
  const types::Constant& mode = bound->value("mode");
  const auto figure = figures.find(t, bound->value("metric").as_string(),
                                   mode.is_null() ? std::nullopt : std::optional(mode.as_string()), "plateau", e.span);
  if (!figure) return std::nullopt;
  part.args.emplace_back("higher", figure->higher);
  return part;
}

bool is_endless(const ir::SchedulePart& part) {
  return std::any_of(part.args.begin(), part.args.end(),
                     [](const auto& argument) { return argument.first == "steps" && argument.second.is_null(); });
}

/// The parts of `a -> b -> c`, in order; false after reporting.
bool read_parts(Tracer& t, const Figures& figures, const Expr& e, const Scope& scope, ir::Schedule& schedule) {
  if (e.kind == ExprKind::Pipe) {
    bool good = true;
    for (const ExprPtr& side : e.children) good = read_parts(t, figures, *side, scope, schedule) && good;
    return good;
  }
  auto part = read_part(t, figures, e, scope);
  if (!part) return false;
  schedule.parts.push_back(std::move(*part));
  return true;
}

bool check_ends(Tracer& t, const ir::Schedule& schedule) {
  bool good = true;
  for (std::size_t i = 0; i + 1 < schedule.parts.size(); ++i) {
    const ir::SchedulePart& part = schedule.parts[i];
    if (!is_endless(part)) continue;
    const std::string& name = catalogue::entry(part.kind).name;
    t.fault(part.span, diag::ScheduleEndless, name).help(fmt::format("say `{}(…, steps=100)`, or `epochs(2)`", name));
    good = false;
  }
  return good;
}

/// Evaluates again for each step, in a context of its own that outlives the reading of the recipe.
class ExpressionFactor final : public ir::Factor {
 public:
  ExpressionFactor(const Given& given, ExprPtr expr, Scope scope)
      : sink_(given.sink()),
        document_(given.statics.document),
        tree_(given.statics.tree),
        expr_(std::move(expr)),
        scope_(std::move(scope)) {}

  std::optional<double> at(std::int64_t step, std::int64_t epoch) override {
    types::Conditions none;
    eval::Budget budget;
    trace::Trace aside;
    Tracer t(sink_, budget, &none, document_, tree_, nullptr, nullptr, aside, special_);
    const Scope inner =
        scope_.with_loop("step", Value::of(types::Dim(step))).with_loop("epoch", Value::of(types::Dim(epoch)));
    const Value value = evaluate(t, expr_, inner);
    if (value.is_poison()) return std::nullopt;
    const bool number = value.is_int() || value.kind == Value::Float;
    if (number && std::isfinite(value.as_double()) && value.as_double() >= 0) return value.as_double();
    sink_.report(expr_->span, diag::ScheduleFactor, step, epoch, value.describe());
    return std::nullopt;
  }

 private:
  Sink& sink_;
  const instantiate::Document& document_;
  trace::Tree& tree_;
  trace::SpecialCall special_ = [](Tracer&, const Expr&, const Scope&) -> std::optional<Value> { return std::nullopt; };
  ExprPtr expr_;
  Scope scope_;
};

/// A call that no function answers is a part that was misspelt.
bool is_misspelt(Tracer& t, const Expr& e) {
  if (e.kind != ExprKind::Call || e.children[0]->kind != ExprKind::Name) return false;
  const std::string& name = e.children[0]->text;
  return !catalogue::find(catalogue::Kind::StaticFunction, name) && !t.has_function(name) &&
         catalogue::nearest(catalogue::Kind::Schedule, name);
}

}  // namespace

std::optional<ir::Schedule> read_schedule(const Given& given, const Figures& figures, const ast::Setting& setting,
                                          const Scope& scope) {
  Tracer& t = given.statics;
  const ExprPtr expr = setting.kind == ast::Setting::Scalar ? expression_of(setting, t) : nullptr;
  if (!expr) {
    t.fault(setting.span, diag::SettingValue, "train.schedule", "this",
            "parts or an expression: `warmup(100) -> cosine()`");
    return std::nullopt;
  }
  if (expr->kind == ExprKind::Hole) return std::nullopt;
  ir::Schedule schedule;
  schedule.span = setting.span;
  schedule.text = setting.scalar->text;
  if (expr->kind == ExprKind::Pipe || entry_of(*expr) || is_misspelt(t, *expr)) {
    const bool read = read_parts(t, figures, *expr, scope, schedule);
    return read && check_ends(t, schedule) ? std::optional(std::move(schedule)) : std::nullopt;
  }
  schedule.factor = std::make_shared<ExpressionFactor>(given, expr, scope);
  // Tried at the first step, so that what can be known is known before the training.
  if (schedule.factor->at(1, 0)) return schedule;
  t.whole = false;
  return std::nullopt;
}

}  // namespace modelc::recipe
