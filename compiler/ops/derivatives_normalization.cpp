// Derivatives of normalisations, which save mean and reciprocal deviation, and of dropout, which saves what it drew.
#include "ops/derivative_terms.h"

namespace modelc::ops {
namespace {

using namespace terms;
using Args = std::vector<std::pair<std::string_view, Given>>;

void give_all(Rule& r, const std::vector<Term>& gradients) {
  r.give("input", gradients[0]);
  if (r.has("weight")) r.give("weight", gradients[1]);
  if (r.has("bias")) r.give("bias", gradients[2]);
}

void add_given(Rule& r, Args& args, std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names)
    if (r.has(name)) args.emplace_back(name, r.operand(name));
}

void of_layer_norm(Rule& r) {
  Args args{{"gradient", r.gradient()},
            {"input", r.operand("input")},
            {"normalized_shape", r.arg("normalized_shape")},
            {"mean", r.result(1)},
            {"rstd", r.result(2)}};
  add_given(r, args, {"weight", "bias"});
  give_all(r, r.calls("_layer_norm_backward", std::move(args)));
}

void of_group_norm(Rule& r) {
  Args args{{"gradient", r.gradient()},
            {"input", r.operand("input")},
            {"num_groups", r.arg("num_groups")},
            {"mean", r.result(1)},
            {"rstd", r.result(2)}};
  add_given(r, args, {"weight", "bias"});
  give_all(r, r.calls("_group_norm_backward", std::move(args)));
}

void of_batch_norm(Rule& r) {
  Args args{{"gradient", r.gradient()}, {"input", r.operand("input")},   {"mean", r.result(1)},
            {"rstd", r.result(2)},      {"training", r.arg("training")}, {"eps", r.arg("eps")}};
  add_given(r, args, {"weight", "bias"});
  // A state that was written has another value by then; in training nobody needs the one before.
  const Constant& training = r.arg("training");
  if (!training.is_bool() || !training.as_bool()) add_given(r, args, {"running_mean", "running_var"});
  give_all(r, r.calls("_batch_norm_backward", std::move(args)));
}

void of_dropout(Rule& r) { r.give("input", mul(r, r.gradient(), r.result(1))); }

}  // namespace

std::vector<DerivativeRow> normalization_derivatives() {
  return {
      {"layer_norm", of_layer_norm, "_layer_norm_saved"},
      {"group_norm", of_group_norm, "_group_norm_saved"},
      {"batch_norm", of_batch_norm, "_batch_norm_saved"},
      {"dropout", of_dropout, "_dropout_saved"},
  };
}

}  // namespace modelc::ops
