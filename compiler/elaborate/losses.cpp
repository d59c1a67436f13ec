#include "elaborate/losses.h"

#include "eval/unroll.h"
#include "trace/forward.h"
#include "trace/nodes.h"

namespace modelc::elaborate {

using namespace eval;  // NOLINT: values and scopes are all that is talked of here
using trace::Frame;
using trace::Tracer;

using types::Relation;

namespace {

const std::set<std::string>& metric_names() {
  static const std::set<std::string> names = {"accuracy", "topk", "precision", "recall",     "f1",  "auc",
                                              "mae",      "rmse", "r2",        "perplexity", "iou", "confusion"};
  return names;
}

}  // namespace

void trace_losses(Tracer& t, Frame& frame, const Scope& outer, ir::Graph& graph) {
  const ast::Description& file = t.document.root();
  Scope scope = outer;
  if (file.loss_given) {
    unroll(t, file.loss, scope, [&](const ast::Item<ast::Binding>& item, const std::string& given, const Scope& inner) {
      const ast::Binding& term = item.value;
      std::string name = !term.targets.empty() ? name_text(t, term.targets[0], inner) : given;
      if (name.empty()) name = "loss";
      Value value = Value::poison();
      if (!term.nested.empty()) {
        // Bindings of a term hold in the term alone; the last one is its value.
        Frame inside = frame;
        Scope s = inner;
        s.frame = &inside;
        const auto bound = run_bindings(t, term.nested, s);
        if (!bound.last.empty()) value = inside.bindings[bound.last.back()];
      } else {
        value = evaluate(t, term.value, inner);
      }
      if (value.is_poison()) return;
      const Span at = term.value ? term.value->span : item.span;
      if (value.kind != Value::Tensor) {
        // A term that one mode does not have (`… if training else 0`) adds nothing there.
        if (value.is_number()) return;
        t.sink.report(at, diag::LossNotOneNumber, value.describe());
        return;
      }
      const Type type = t.type_of(value);
      if (!type.is_tensor() || type.tensor.rank() != 0 || !types::is_floating(type.tensor.dtype)) {
        t.sink.report(at, diag::LossNotOneNumber, type.str())
            .help("a loss is one number: reduce it with `.mean()` or `.sum()`");
        return;
      }
      graph.losses.push_back({name, trace::operand(value), type, at});
    });
  }
  if (!file.metrics_given) return;
  unroll(
      t, file.metrics, scope, [&](const ast::Item<ast::Binding>& item, const std::string& given, const Scope& inner) {
        const ast::Binding& binding = item.value;
        ir::Metric metric;
        metric.name = !binding.targets.empty() ? name_text(t, binding.targets[0], inner) : given;
        metric.span = binding.value ? binding.value->span : item.span;
        const ast::Expr* e = binding.value.get();
        if (!e) return;
        const bool is_metric = e->kind == ast::ExprKind::Call && e->children[0]->kind == ast::ExprKind::Name &&
                               metric_names().count(e->children[0]->text);
        if (metric.name.empty())
          metric.name = is_metric ? e->children[0]->text : e->kind == ast::ExprKind::Name ? e->text : "metric";
        if (!is_metric) {
          const Value value = evaluate(t, binding.value, inner);
          if (value.is_poison()) return;
          if (value.kind != Value::Tensor) {
            t.sink.report(metric.span, diag::MetricNotTensor, metric.name, value.describe());
            return;
          }
          metric.kind = "mean";
          metric.operands.push_back(trace::operand(value));
          graph.metrics.push_back(std::move(metric));
          return;
        }
        metric.kind = e->children[0]->text;
        auto args = evaluate_arguments(t, *e, inner);
        if (!args) return;
        std::vector<Type> types;
        for (const GivenArgument& a : *args) {
          if (a.value.kind == Value::Tensor) {
            metric.operands.push_back(trace::operand(a.value));
            types.push_back(t.type_of(a.value));
          } else if (const auto constant = to_constant(a.value)) {
            metric.args.emplace_back(a.name, *constant);
          }
        }
        if (metric.operands.size() != 2) {
          t.sink.report(metric.span, diag::WrongArgumentCount, metric.kind, "a prediction and a target", args->size());
          return;
        }
        const TensorType& p = types[0].tensor;
        const TensorType& y = types[1].tensor;
        if (p.rank() == 0 || y.rank() == 0 ||
            !t.conditions->require(p.shape[0], Relation::Equal, y.shape[0], {metric.span, metric.kind}).ok()) {
          t.sink.report(metric.span, diag::MetricShapes, metric.kind, types[0].str(), types[1].str());
          return;
        }
        graph.metrics.push_back(std::move(metric));
      });
}

}  // namespace modelc::elaborate
