#include "recipe/losses.h"

#include "eval/actual.h"
#include "eval/unroll.h"
#include "recipe/metric_form.h"
#include "trace/forward.h"
#include "trace/nodes.h"

namespace modelc::recipe {

using namespace eval;  // NOLINT: values and scopes are all that is talked of here
using trace::Frame;
using trace::Tracer;

void trace_losses(Tracer& t, Frame& frame, const Scope& outer, ir::Graph& graph) {
  const ast::Description& file = t.document.root();
  Scope scope = outer;
  if (file.loss.given) {
    unroll(t, file.loss.entries, scope,
           [&](const ast::Item<ast::Binding>& item, const std::string& given, const Scope& inner) {
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
  if (!file.metrics.given) return;
  unroll(t, file.metrics.entries, scope,
         [&](const ast::Item<ast::Binding>& item, const std::string& given, const Scope& inner) {
           const ast::Binding& binding = item.value;
           ir::Metric metric;
           metric.name = !binding.targets.empty() ? name_text(t, binding.targets[0], inner) : given;
           metric.span = binding.value ? binding.value->span : item.span;
           const ast::Expr* e = binding.value.get();
           if (!e) return;
           const bool calls = e->kind == ast::ExprKind::Call && e->children[0]->kind == ast::ExprKind::Name;
           const catalogue::Entry* entry =
               calls ? catalogue::find(catalogue::Kind::Metric, e->children[0]->text) : nullptr;
           if (metric.name.empty())
             metric.name = entry ? entry->name : e->kind == ast::ExprKind::Name ? e->text : "metric";
           if (!entry) {
             const Value value = evaluate(t, binding.value, inner);
             if (value.is_poison()) return;
             if (value.kind != Value::Tensor) {
               t.sink.report(metric.span, diag::MetricNotTensor, metric.name, value.describe());
               return;
             }
             metric.operands.push_back(trace::operand(value));
             graph.metrics.push_back(std::move(metric));
             return;
           }
           const auto args = evaluate_arguments(t, *e, inner);
           if (!args) return;
           const catalogue::Bound bound =
               catalogue::bind(catalogue::signature_of(*entry), actuals_of(*args), metric.span, t.sink);
           if (!bound.usable()) return;
           const GivenArgument& prediction = (*args)[*bound.argument("prediction")];
           const GivenArgument& target = (*args)[*bound.argument("target")];
           recipe::MetricCall call{*entry, bound, metric.span, prediction.span, target.span, {}};
           metric.kind = catalogue::id_of<catalogue::MetricId>(*entry);
           for (std::size_t i = 2; i < entry->arguments.size(); ++i) {
             const std::string& name = entry->arguments[i].name;
             metric.args.emplace_back(name, bound.values[i]);
             if (const auto at = bound.argument(name)) call.place_of_argument = (*args)[*at].span;
           }
           const auto form = recipe::metric_form(call, t.type_of(prediction.value).tensor,
                                                 t.type_of(target.value).tensor, *t.conditions, t.sink);
           if (!form) return;
           metric.args.emplace_back("class_dim",
                                    form->class_dim ? types::Constant(*form->class_dim) : types::Constant());
           metric.operands = {trace::operand(prediction.value), trace::operand(target.value)};
           graph.metrics.push_back(std::move(metric));
         });
}

}  // namespace modelc::recipe
