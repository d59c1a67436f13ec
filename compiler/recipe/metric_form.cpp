#include "recipe/metric_form.h"

#include <fmt/format.h>

namespace modelc::recipe {

namespace {

using catalogue::MetricId;
using types::Dim;
using Shape = std::vector<Dim>;

Shape without(const Shape& shape, std::size_t dim) {
  Shape rest = shape;
  rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(dim));
  return rest;
}

Shape without_last_one(Shape shape) {
  if (shape.size() > 1 && shape.back() == Dim(1)) shape.pop_back();
  return shape;
}

bool certainly_equal(const Shape& a, const Shape& b, const types::Conditions& conditions) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i)
    if (!(conditions.simplify(a[i]) == conditions.simplify(b[i]))) return false;
  return true;
}

/// Equal, perhaps under conditions that go to `conditions`; nothing goes there where they are not.
bool made_equal(const Shape& a, const Shape& b, types::Conditions& conditions, const types::Origin& origin) {
  if (a.size() != b.size()) return false;
  types::Conditions trial = conditions;
  for (std::size_t i = 0; i < a.size(); ++i)
    if (!trial.require(a[i], types::Relation::Equal, b[i], origin).ok()) return false;
  conditions = std::move(trial);
  return true;
}

enum class Shapes { Classes, Same, Either, Sequences };

/// What the shapes may be, and what is expected where they are not.
Shapes shapes_of(MetricId id) {
  switch (id) {
    case MetricId::Topk:
    case MetricId::Perplexity:
      return Shapes::Classes;
    case MetricId::Mae:
    case MetricId::Rmse:
    case MetricId::R2:
    case MetricId::Mse:
    case MetricId::Mape:
    case MetricId::Pearson:
    case MetricId::Spearman:
    case MetricId::Mean:
      return Shapes::Same;
    case MetricId::Bleu:
      return Shapes::Sequences;
    case MetricId::Accuracy:
    case MetricId::Precision:
    case MetricId::Recall:
    case MetricId::F1:
    case MetricId::Auc:
    case MetricId::Iou:
    case MetricId::Confusion:
    case MetricId::BalancedAccuracy:
    case MetricId::Specificity:
    case MetricId::Dice:
    case MetricId::AveragePrecision:
    case MetricId::Ece:
      return Shapes::Either;
  }
  return Shapes::Either;
}

std::string_view expectation(Shapes shapes) {
  switch (shapes) {
    case Shapes::Classes:
      return "a score for each class of each target";
    case Shapes::Same:
      return "one shape";
    case Shapes::Either:
      return "one shape, or a score for each class of each target";
    case Shapes::Sequences:
      return "a sequence of tokens in each row, or a score for each token of each target";
  }
  return "one shape";
}

/// How two shapes fit; a type of its own, as an optional of an optional made of nullopt is the outer one.
struct Fit {
  std::optional<std::size_t> class_dim;  // none: one shape
};

std::optional<Fit> fit(Shapes shapes, const Shape& prediction, const Shape& target, types::Conditions& conditions,
                       const types::Origin& origin) {
  const Shape p = without_last_one(prediction), t = without_last_one(target);
  if (shapes == Shapes::Sequences && target.size() != 2) return std::nullopt;
  // Sequences of tokens need not be of one length.
  if (shapes == Shapes::Sequences && prediction.size() == 2) return Fit{};
  const bool classes = shapes != Shapes::Same && prediction.size() == target.size() + 1;
  const std::size_t last = prediction.size() - 1;
  const bool same = shapes == Shapes::Same || shapes == Shapes::Either;
  if (same && certainly_equal(p, t, conditions)) return Fit{};
  if (classes) {
    for (const std::size_t dim : {std::size_t{1}, last})
      if (certainly_equal(without(prediction, dim), target, conditions)) return Fit{dim};
    for (const std::size_t dim : {std::size_t{1}, last})
      if (made_equal(without(prediction, dim), target, conditions, origin)) return Fit{dim};
  }
  if (same && made_equal(p, t, conditions, origin)) return Fit{};
  return std::nullopt;
}

bool is_whole(types::DType dtype) { return types::is_integral(dtype) || dtype == types::DType::Bool; }

}  // namespace

std::optional<MetricForm> metric_form(const MetricCall& call, const TensorType& prediction, const TensorType& target,
                                      types::Conditions& conditions, diagnostics::Sink& sink) {
  const auto id = catalogue::id_of<MetricId>(call.entry);
  const std::string& name = call.entry.name;
  const types::Origin origin{call.call, name};
  if (prediction.rank() == 0 || target.rank() == 0 ||
      !conditions.require(prediction.shape[0], types::Relation::Equal, target.shape[0], origin).ok()) {
    sink.report(call.call, diag::MetricShapes, name, prediction.str(), target.str());
    return std::nullopt;
  }
  const Shapes shapes = shapes_of(id);
  const auto fits = fit(shapes, prediction.shape, target.shape, conditions, origin);
  if (!fits) {
    auto report = sink.report(call.call, diag::MetricForms, name, prediction.str(), target.str(), expectation(shapes));
    types::Conditions scratch = conditions;
    if (fit(shapes, target.shape, prediction.shape, scratch, origin) && types::is_floating(target.dtype))
      report.help(fmt::format("the prediction comes first, then the target: `{}(prediction, target)`", name));
    return std::nullopt;
  }
  const auto operand = [&](Span at, std::string_view which, const TensorType& type, std::string_view expected) {
    sink.report(at, diag::MetricOperand, which, name, type.str(), expected);
    return std::nullopt;
  };
  MetricForm form;
  if (fits->class_dim) {
    const std::size_t dim = *fits->class_dim;
    form.class_dim = static_cast<std::int64_t>(dim);
    if (!types::is_floating(prediction.dtype))
      return operand(call.prediction, "prediction", prediction, "a floating-point score for each class");
    if (!is_whole(target.dtype)) return operand(call.target, "target", target, "class numbers, which are integers");
    const Dim classes = prediction.shape[dim];
    if (!classes.is_constant()) return form;
    if (call.entry.argument("average") && call.bound.value("average") == types::Constant("binary") &&
        classes.constant() != 2) {
      sink.report(call.place_of_argument, diag::ArgumentRange, "average", name, "\"binary\"",
                  fmt::format("\"macro\", \"micro\" or \"weighted\" of {} classes", classes.constant()));
      return std::nullopt;
    }
    if (call.entry.argument("k") && call.bound.given("k") && call.bound.value("k").as_int() > classes.constant()) {
      sink.report(call.place_of_argument, diag::ArgumentRange, "k", name, call.bound.value("k").str(),
                  fmt::format("at most {}, the number of classes", classes.constant()));
      return std::nullopt;
    }
    return form;
  }
  const bool ranks = id == MetricId::Auc || id == MetricId::AveragePrecision || id == MetricId::Ece;
  if (ranks && !types::is_floating(prediction.dtype))
    return operand(call.prediction, "prediction", prediction, "a floating-point score");
  if (shapes == Shapes::Sequences && !types::is_integral(prediction.dtype))
    return operand(call.prediction, "prediction", prediction, "tokens, which are integers");
  if (shapes == Shapes::Sequences && !types::is_integral(target.dtype))
    return operand(call.target, "target", target, "tokens, which are integers");
  if (shapes == Shapes::Either && types::is_integral(prediction.dtype) && !is_whole(target.dtype))
    return operand(call.target, "target", target, "class numbers, as the prediction is");
  return form;
}

}  // namespace modelc::recipe
