// Which predictions and targets a metric takes, by their types alone.
#include "recipe/metric_form.h"

#include <doctest/doctest.h>

using namespace modelc;
using catalogue::Actual;
using types::Constant;
using types::Dim;
using types::DType;
using types::TensorType;

namespace {

struct Bench {
  types::DimTable table;
  types::DimTable::Scope scope{table};
  types::Conditions conditions;
  diagnostics::Sink sink;
  std::optional<recipe::MetricForm> form;
  std::string message, help;

  TensorType tensor(DType dtype, std::vector<Dim> shape) { return {dtype, std::move(shape)}; }

  void judge(const char* name, const TensorType& prediction, const TensorType& target,
             const std::vector<std::pair<std::string, Constant>>& named = {}) {
    const catalogue::Entry& entry = *catalogue::find(catalogue::Kind::Metric, name);
    std::vector<Actual> args(2);
    for (Actual& a : args) a.kind = Actual::Tensor;
    for (const auto& [argument, value] : named) {
      Actual a;
      a.kind = Actual::Static;
      a.name = argument;
      a.constant = value;
      args.push_back(a);
    }
    const catalogue::Bound bound = catalogue::bind(catalogue::signature_of(entry), args, {}, sink);
    REQUIRE(bound.usable());
    form = recipe::metric_form({entry, bound, {}, {}, {}, {}}, prediction, target, conditions, sink);
    message = sink.found().empty() ? "" : sink.found().back().message;
    help = sink.found().empty() ? "" : sink.found().back().help;
  }
};

constexpr auto kFloat = DType::Float32;
constexpr auto kInt = DType::Int64;

}  // namespace

TEST_CASE("classes stand in dimension 1, or in the last one, or nowhere") {
  struct Case {
    std::vector<Dim> prediction, target;
    std::optional<std::int64_t> class_dim;
  };
  Bench b;
  const Dim B = b.table.symbol("B"), T = b.table.symbol("T");
  const Case cases[] = {
      {{B, 3}, {B}, 1},
      {{B, T, 9}, {B, T}, 2},
      {{B, 9, T}, {B, T}, 1},
      {{B, 4, 4}, {B, 4}, 1},
      {{B}, {B}, std::nullopt},
      {{B, 1}, {B}, std::nullopt},
      {{B}, {B, 1}, std::nullopt},
      {{B, 5}, {B, 5}, std::nullopt},
  };
  for (const Case& one : cases) {
    b.judge("accuracy", b.tensor(kFloat, one.prediction), b.tensor(kInt, one.target));
    CAPTURE(b.message);
    REQUIRE(b.form);
    CHECK(b.form->class_dim == one.class_dim);
  }
  CHECK(b.sink.found().empty());
}

TEST_CASE("a prediction and a target in the wrong order are told apart") {
  Bench b;
  const Dim B = b.table.symbol("B");
  b.judge("accuracy", b.tensor(kInt, {B}), b.tensor(kFloat, {B, 3}));
  CHECK_FALSE(b.form);
  CHECK(b.message ==
        "`accuracy` of int[B] and float[B, 3], expected one shape, or a score for each class of each target");
  CHECK(b.help == "the prediction comes first, then the target: `accuracy(prediction, target)`");
}

TEST_CASE("each metric takes what it can judge") {
  struct Case {
    const char* metric;
    DType prediction;
    std::vector<Dim> prediction_shape;
    DType target;
    std::vector<Dim> target_shape;
    std::string message;
  };
  Bench table;
  const Dim B = table.table.symbol("B"), N = table.table.symbol("N");
  const std::string forms = "one shape, or a score for each class of each target";
  const Case cases[] = {
      {"mae", kFloat, {B, 3}, kInt, {B}, "`mae` of float[B, 3] and int[B], expected one shape"},
      {"mae", kFloat, {B, 1}, kFloat, {B}, ""},
      {"r2", kFloat, {B, 2}, kFloat, {B, 2}, ""},
      {"recall",
       DType::Bool,
       {B, 3},
       kInt,
       {B},
       "the prediction of `recall` is bool[B, 3], expected a floating-point score for each class"},
      {"accuracy",
       kFloat,
       {B, 3},
       kFloat,
       {B},
       "the target of `accuracy` is float[B], expected class numbers, which are integers"},
      {"accuracy",
       kInt,
       {B},
       kFloat,
       {B},
       "the target of `accuracy` is float[B], expected class numbers, as the prediction is"},
      {"f1", DType::Bool, {B}, kInt, {B}, ""},
      {"topk", kFloat, {B}, kInt, {B}, "`topk` of float[B] and int[B], expected a score for each class of each target"},
      {"perplexity",
       kFloat,
       {B},
       kInt,
       {B},
       "`perplexity` of float[B] and int[B], expected a score for each class of each target"},
      {"auc", kInt, {B}, kInt, {B}, "the prediction of `auc` is int[B], expected a floating-point score"},
      {"auc", kFloat, {B}, kFloat, {B}, ""},
      {"confusion", kFloat, {B, 3}, kInt, {N}, "`confusion` of float[B, 3] and int[N]: the first dimensions differ"},
      {"iou", kFloat, {}, kInt, {B}, "`iou` of float[] and int[B]: the first dimensions differ"},
  };
  for (const Case& one : cases) {
    diagnostics::Sink sink;
    table.sink = diagnostics::Sink();
    table.judge(one.metric, table.tensor(one.prediction, one.prediction_shape),
                table.tensor(one.target, one.target_shape));
    CAPTURE(one.metric);
    CHECK(table.message == one.message);
    CHECK(table.form.has_value() == one.message.empty());
  }
}

TEST_CASE("an average of two classes wants two, and the best k are not more than there are") {
  Bench b;
  const Dim B = b.table.symbol("B");
  const TensorType three = b.tensor(kFloat, {B, 3}), two = b.tensor(kFloat, {B, 2}), y = b.tensor(kInt, {B});
  b.judge("f1", two, y, {{"average", "binary"}});
  CHECK(b.form);
  b.judge("f1", three, y, {{"average", "binary"}});
  CHECK(b.message == "`average` of `f1` is \"binary\", expected \"macro\", \"micro\" or \"weighted\" of 3 classes");
  b.judge("topk", three, y, {{"k", 4}});
  CHECK(b.message == "`k` of `topk` is 4, expected at most 3, the number of classes");
  b.sink = diagnostics::Sink();
  b.judge("topk", three, y);  // the default of 5 serves any number of classes
  CHECK(b.form);
}

TEST_CASE("sizes that are equal under a condition put it on the model") {
  Bench b;
  const Dim B = b.table.symbol("B"), T = b.table.symbol("T");
  b.judge("accuracy", b.tensor(kFloat, {B, 9, T}), b.tensor(kInt, {B, 12}));
  REQUIRE(b.form);
  CHECK(b.form->class_dim == 1);
  CHECK(b.conditions.simplify(T) == Dim(12));
}
