// Loss and metrics: what the recipe makes of outputs, targets and bindings (LANGUAGE §11).
#include <fmt/format.h>

#include <algorithm>

#include "elaborate/elaborator.h"

namespace modelc::elaborate {

using types::Relation;

namespace {

const std::set<std::string>& metric_names() {
  static const std::set<std::string> names = {"accuracy", "topk", "precision", "recall",     "f1",  "auc",
                                              "mae",      "rmse", "r2",        "perplexity", "iou", "confusion"};
  return names;
}

}  // namespace

void Elaborator::elaborate_recipe_names(Frame& frame, const Scope& outer, ir::Graph& graph) {
  Scope scope = outer;
  if (root_file_->loss_given) {
    unroll(root_file_->loss, scope,
           [&](const ast::Item<ast::Binding>& item, const std::string& given, const Scope& inner) {
             const ast::Binding& term = item.value;
             std::string name = !term.targets.empty() ? name_text(term.targets[0], inner) : given;
             if (name.empty()) name = "loss";
             Value value = Value::poison();
             if (!term.nested.empty()) {
               // Bindings of a term hold in the term alone; the last one is its value.
               const auto saved = frame.bindings;
               Scope s = inner;
               std::vector<std::string> last;
               run_bindings(term.nested, s, &last);
               if (!last.empty()) value = frame.bindings[last.back()];
               frame.bindings = saved;
             } else {
               value = evaluate(term.value, inner);
             }
             if (value.is_poison()) return;
             const Span at = term.value ? term.value->span : item.span;
             if (value.kind != Value::Tensor) {
               // A term that one mode does not have (`… if training else 0`) adds nothing there.
               if (value.is_number()) return;
               sink_.report(at, diag::LossNotOneNumber, value.describe());
               return;
             }
             const Type type = type_of(value);
             if (!type.is_tensor() || type.tensor.rank() != 0 || !types::is_floating(type.tensor.dtype)) {
               sink_.report(at, diag::LossNotOneNumber, type.str())
                   .help("a loss is one number: reduce it with `.mean()` or `.sum()`");
               return;
             }
             graph.losses.push_back({name, operand(value), type, at});
           });
  }
  if (!root_file_->metrics_given) return;
  unroll(root_file_->metrics, scope,
         [&](const ast::Item<ast::Binding>& item, const std::string& given, const Scope& inner) {
           const ast::Binding& binding = item.value;
           ir::Metric metric;
           metric.name = !binding.targets.empty() ? name_text(binding.targets[0], inner) : given;
           metric.span = binding.value ? binding.value->span : item.span;
           const ast::Expr* e = binding.value.get();
           if (!e) return;
           const bool is_metric = e->kind == ast::ExprKind::Call && e->children[0]->kind == ast::ExprKind::Name &&
                                  metric_names().count(e->children[0]->text);
           if (metric.name.empty())
             metric.name = is_metric ? e->children[0]->text : e->kind == ast::ExprKind::Name ? e->text : "metric";
           if (!is_metric) {
             const Value value = evaluate(binding.value, inner);
             if (value.is_poison()) return;
             if (value.kind != Value::Tensor) {
               sink_.report(metric.span, diag::MetricNotTensor, metric.name, value.describe());
               return;
             }
             metric.kind = "mean";
             metric.operands.push_back(operand(value));
             graph.metrics.push_back(std::move(metric));
             return;
           }
           metric.kind = e->children[0]->text;
           auto args = evaluate_arguments(*e, inner);
           if (!args) return;
           std::vector<Type> types;
           for (const GivenArgument& a : *args) {
             if (a.value.kind == Value::Tensor) {
               metric.operands.push_back(operand(a.value));
               types.push_back(type_of(a.value));
             } else if (const auto constant = to_constant(a.value)) {
               metric.args.emplace_back(a.name, *constant);
             }
           }
           if (metric.operands.size() != 2) {
             sink_.report(metric.span, diag::WrongArgumentCount, metric.kind, "a prediction and a target",
                          args->size());
             return;
           }
           const TensorType& p = types[0].tensor;
           const TensorType& t = types[1].tensor;
           if (p.rank() == 0 || t.rank() == 0 ||
               !conditions_->require(p.shape[0], Relation::Equal, t.shape[0], {metric.span, metric.kind}).ok()) {
             sink_.report(metric.span, diag::MetricShapes, metric.kind, types[0].str(), types[1].str());
             return;
           }
           graph.metrics.push_back(std::move(metric));
         });
}

}  // namespace modelc::elaborate
