#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>
#include <doctest/doctest.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include "catalogue/entry.h"
#include "exec/executor.h"
#include "train/interrupt.h"
#include "train/metrics.h"
#include "train/optimizer.h"
#include "train/run_folder.h"

using namespace modelc;
using train::Optimizer;

namespace {

using Args = std::vector<std::pair<std::string, types::Constant>>;

ir::Optimizer optimizer(const std::string& name, Args args) {
  ir::Optimizer out;
  out.id = catalogue::id_of<catalogue::OptimizerId>(*catalogue::find(catalogue::Kind::Optimizer, name));
  out.args = std::move(args);
  return out;
}

// Four steps on a small polynomial, as the Python program that gave the expected bits does.
// `restarts`: each step by another optimiser, which takes over the state of the one before.
std::vector<double> descend(const ir::Optimizer& settings, const std::vector<ir::ParameterGroup>& groups = {},
                            bool restarts = false) {
  at::Tensor w = at::empty({2, 3}, at::kFloat), b = at::empty({3}, at::kFloat);
  const float w0[] = {0.5f, -1.25f, 2.0f, 3.0f, 0.125f, -0.75f}, b0[] = {0.1f, -0.2f, 0.3f};
  std::copy(w0, w0 + 6, w.data_ptr<float>());
  std::copy(b0, b0 + 3, b.data_ptr<float>());
  w.requires_grad_(true);
  b.requires_grad_(true);
  const train::Parameters parameters{{"w", w}, {"b", b}};
  auto optimiser = std::make_unique<Optimizer>(settings, groups, std::nullopt, parameters, train::Length{});
  for (int i = 0; i < 4; ++i) {
    const auto evaluate = [&] {
      optimiser->clear_gradients();
      // One after the other: the order of the graph is that in which gradients are summed.
      const at::Tensor first = (w * w).sum() * 0.5;
      const at::Tensor second = (w * b).sum();
      const at::Tensor sum = first + second;
      const at::Tensor third = b.pow(3).sum();
      const at::Tensor loss = (sum + third) * (i + 1);
      loss.backward();
      return loss;
    };
    optimiser->step(evaluate, i + 1, 0);
    if (!restarts) continue;
    const weights::NamedTensors kept = optimiser->state();
    optimiser = std::make_unique<Optimizer>(settings, groups, std::nullopt, parameters, train::Length{});
    optimiser->restore({kept.begin(), kept.end()});
  }
  std::vector<double> out;
  for (const at::Tensor& t : {w, b})
    for (std::int64_t i = 0; i < t.numel(); ++i) out.push_back(t.data_ptr<float>()[i]);
  return out;
}

double score(const std::string& kind, const std::vector<std::pair<at::Tensor, at::Tensor>>& batches,
             std::vector<std::pair<std::string, types::Constant>> args = {}) {
  ir::Metric metric;
  metric.kind = catalogue::metric_id(kind).value();
  metric.args = std::move(args);
  // As the compiler says of operands of these shapes: the classes stand in dimension 1.
  const auto& [scores, target] = batches.at(0);
  if (target.defined() && scores.dim() == target.dim() + 1 && scores.size(-1) > 1)
    metric.args.emplace_back("class_dim", 1);
  const auto meter = train::make_meter(metric);
  for (const auto& [a, b] : batches) train::add_batch(*meter, metric, {a, b}, a.size(0));
  return train::value_of(*meter, metric);
}

at::Tensor floats(std::vector<float> values, std::vector<std::int64_t> shape) {
  return at::tensor(values).reshape(shape);
}
at::Tensor longs(std::vector<std::int64_t> values) { return at::tensor(values, at::kLong); }

}  // namespace

TEST_CASE("optimisers equal torch.optim to the bit") {
  const types::ConstantList betas{0.9, 0.999}, others{0.8, 0.95};
  const std::vector<std::pair<ir::Optimizer, std::vector<double>>> cases = {
      {optimizer("SGD", {{"lr", 0.01},
                         {"momentum", 0},
                         {"dampening", 0},
                         {"weight_decay", 0},
                         {"nesterov", false},
                         {"maximize", false}}),
       {0x1.d0e77cp-2, -0x1.1d0b28p+0, 0x1.c87042p+0, 0x1.5b3794p+1, 0x1.07c464p-3, -0x1.672e52p-1, -0x1.ea7e1cp-3,
        -0x1.9d9e78p-4, 0x1.4c7250p-3}},
      {optimizer("SGD", {{"lr", 0.01}, {"momentum", 0.9}, {"dampening", 0.1}, {"weight_decay", 0.02}}),
       {0x1.ad7720p-2, -0x1.03ac80p+0, 0x1.a024aap+0, 0x1.406302p+1, 0x1.0d99d6p-3, -0x1.55359ap-1, -0x1.ee62acp-2,
        -0x1.fdb784p-6, 0x1.023eaap-4}},
      {optimizer("SGD", {{"lr", 0.001}, {"momentum", 0.8}, {"nesterov", true}, {"maximize", true}}),
       {0x1.07a04ap-1, -0x1.48ec80p+0, 0x1.071384p+1, 0x1.8990eap+1, 0x1.f806eep-4, -0x1.8565a2p-1, 0x1.7aacc4p-3,
        -0x1.caa5aep-3, 0x1.58f14ep-2}},
      {optimizer("Adam", {{"lr", 0.01}, {"betas", betas}}),
       {0x1.d80f82p-2, -0x1.360a5cp+0, 0x1.f60c06p+0, 0x1.7b0660p+1, 0x1.511552p-3, -0x1.6c1db6p-1, 0x1.f4c3ecp-5,
        -0x1.49f962p-3, 0x1.0b5fcep-2}},
      {optimizer("Adam", {{"lr", 0.01}, {"betas", others}, {"eps", 1e-6}, {"weight_decay", 0.1}, {"amsgrad", true}}),
       {0x1.d758c8p-2, -0x1.35dabap+0, 0x1.f5dbecp+0, 0x1.7aede6p+1, 0x1.50afdap-3, -0x1.6bb186p-1, 0x1.ef7ceep-5,
        -0x1.489e16p-3, 0x1.0ab302p-2}},
      {optimizer("AdamW", {{"lr", 0.01}, {"betas", betas}, {"weight_decay", 0.05}}),
       {0x1.d7109cp-2, -0x1.356864p+0, 0x1.f507d4p+0, 0x1.7a42cap+1, 0x1.50810ep-3, -0x1.6b5cc2p-1, 0x1.f35938p-5,
        -0x1.49360ep-3, 0x1.0ac996p-2}},
      {optimizer("AdamW",
                 {{"lr", 0.01}, {"betas", betas}, {"weight_decay", 0.01}, {"maximize", true}, {"amsgrad", true}}),
       {0x1.13b24cp-1, -0x1.49cb9cp+0, 0x1.04dcc8p+1, 0x1.84d00ap+1, 0x1.652d46p-4, -0x1.93ba44p-1, 0x1.1c2ac4p-3,
        -0x1.e8e3d6p-3, 0x1.5ac72cp-2}},
  };
  for (const auto& [settings, expected] : cases) {
    CAPTURE(catalogue::name_of(settings.id));
    CHECK(descend(settings) == expected);
  }
}

TEST_CASE("the state of every optimiser is all that it knows") {
  for (const catalogue::Entry& entry : catalogue::entries(catalogue::Kind::Optimizer)) {
    CAPTURE(entry.name);
    Args args;
    for (const catalogue::Param& argument : entry.arguments) args.emplace_back(argument.name, argument.default_value);
    // With its usual rate and turns LBFGS leaves this polynomial for infinity.
    if (entry.id == static_cast<std::uint16_t>(catalogue::OptimizerId::LBFGS))
      for (auto& [name, value] : args)
        value = name == "lr" ? types::Constant(0.01) : name == "max_iter" ? types::Constant(2) : value;
    const ir::Optimizer settings = optimizer(entry.name, std::move(args));
    const std::vector<double> through = descend(settings);
    CHECK(descend(settings, {}, true) == through);
    CHECK(through[0] != 0.5);
  }
}

TEST_CASE("a group's arguments go before the optimiser's") {
  ir::ParameterGroup still;
  still.tensors = {"b"};
  still.args = {{"lr", 0.0}};
  const std::vector<double> out = descend(optimizer("SGD", {{"lr", 0.01}}), {still});
  CHECK(out[6] == static_cast<double>(0.1f));
  CHECK(out[0] != 0.5);
}

TEST_CASE("clipping as torch.nn.utils does it") {
  at::Tensor a = at::zeros({2}), b = at::zeros({1});
  a.mutable_grad() = floats({3, -4}, {2});
  b.mutable_grad() = floats({12}, {1});
  const train::Parameters parameters{{"a", a}, {"b", b}, {"unused", at::zeros({1})}};
  train::clip_gradient_norm(parameters, 1.0);
  CHECK(a.grad()[0].item<float>() == 0x1.d89d88p-3f);
  CHECK(b.grad()[0].item<float>() == 0x1.d89d88p-1f);
  train::clip_gradient_value(parameters, 0.25);
  CHECK(b.grad()[0].item<float>() == 0.25f);
}

TEST_CASE("accuracy, topk and the scores of classes over several batches") {
  const at::Tensor first = floats({3, 1, 0, 0, 2, 1}, {2, 3}), second = floats({0, 1, 5, 9, 1, 5}, {2, 3});
  const std::vector<std::pair<at::Tensor, at::Tensor>> batches{{first, longs({0, 2})}, {second, longs({2, 1})}};
  CHECK(score("accuracy", batches) == doctest::Approx(0.5));
  CHECK(score("topk", batches, {{"k", 2}}) == doctest::Approx(0.75));
  CHECK(score("topk", batches, {{"k", 3}}) == doctest::Approx(1));
  // scikit-learn: true 0 2 2 1, predicted 0 1 2 0.
  CHECK(score("precision", batches) == doctest::Approx(0.5));
  CHECK(score("recall", batches) == doctest::Approx(0.5));
  CHECK(score("f1", batches) == doctest::Approx(4.0 / 9));
  CHECK(score("iou", batches) == doctest::Approx(1.0 / 3));
  CHECK(score("accuracy", {{first, longs({0, -100})}}) == doctest::Approx(1));
  // Classes in dimension 1 of three.
  CHECK(score("accuracy", {{floats({1, 0, 0, 1}, {1, 2, 2}), longs({0, 1}).reshape({1, 2})}}) == doctest::Approx(1));
}

TEST_CASE("two classes from logits, probabilities and predictions") {
  CHECK(score("accuracy", {{floats({-1, 0.4f, 3}, {3, 1}), longs({0, 1, 1})}}) == doctest::Approx(1));
  CHECK(score("accuracy", {{floats({0.1f, 0.4f, 0.9f}, {3}), longs({0, 0, 1})}}) == doctest::Approx(1));
  // A first batch within 0..1 does not decide: the second shows that these are logits.
  CHECK(score("accuracy", {{floats({0.4f}, {1}), longs({1})}, {floats({-2}, {1}), longs({0})}}) == doctest::Approx(1));
  CHECK(score("precision", {{floats({2, 1, -1, -1}, {4}), floats({1, 0, 0, 1}, {4})}}) == doctest::Approx(0.5));
  CHECK(score("accuracy", {{longs({1, 0, 2}), longs({1, 1, 2})}}) == doctest::Approx(2.0 / 3));
  CHECK(score("auc", {{floats({0.1f, 0.4f, 0.35f, 0.8f}, {4}), longs({0, 0, 1, 1})}}) == doctest::Approx(0.75));
  CHECK(score("auc", {{floats({0.5f, 0.5f}, {2}), longs({0, 1})}}) == doctest::Approx(0.5));
}

TEST_CASE("a score and what it says are one prediction") {
  const at::Tensor z = floats({2, 1, -1, -1, 3, -2}, {6}), y = longs({1, 0, 0, 1, 1, 0});
  const at::Tensor classes = at::stack({-z, z}, 1);
  for (const char* name : {"accuracy", "precision", "recall", "f1", "iou"}) {
    CAPTURE(name);
    const double scored = score(name, {{z, y}});
    CHECK(score(name, {{z > 0, y}}) == scored);
    CHECK(score(name, {{z.sigmoid(), y}}) == scored);
    // Numbers of classes count as scores of classes do: the mean over the classes, unless `average` says otherwise.
    CHECK(score(name, {{(z > 0).to(at::kLong), y}}) == score(name, {{classes, y}}));
    CHECK(score(name, {{classes, y}}, {{"average", "binary"}}) == scored);
    for (const char* average : {"binary", "macro", "micro", "weighted"}) {
      CAPTURE(average);
      const double one = score(name, {{z, y}}, {{"average", average}});
      CHECK(score(name, {{z > 0, y}}, {{"average", average}}) == one);
      CHECK(score(name, {{classes, y}}, {{"average", average}}) == one);
    }
  }
  CHECK(score("precision", {{z > 0, y}}) == doctest::Approx(2.0 / 3));
  CHECK(score("precision", {{z > 0, y}}, {{"average", "macro"}}) == doctest::Approx((2.0 / 3 + 2.0 / 3) / 2));
}

TEST_CASE("what a metric cannot judge is a fault of the run, with the metric's place") {
  CHECK_THROWS_AS(score("f1", {{longs({0, 1, 2}), longs({0, 1, 2})}}, {{"average", "binary"}}), exec::RuntimeFault);
  CHECK_THROWS_AS(score("accuracy", {{longs({0, -1}), longs({0, 1})}}), exec::RuntimeFault);
  CHECK_THROWS_AS(score("accuracy", {{longs({0, 1}), longs({0, 200000})}}), exec::RuntimeFault);
  CHECK_THROWS_AS(score("mae", {{at::zeros({4, 3}), at::zeros({4, 2})}}), exec::RuntimeFault);
  CHECK(score("accuracy", {{longs({0, 1}), longs({0, -100})}}) == 1);  // an ignored target
}

TEST_CASE("errors, perplexity and means") {
  const std::vector<std::pair<at::Tensor, at::Tensor>> batches{{floats({1, 2}, {2, 1}), floats({1, 4}, {2})},
                                                               {floats({3}, {1, 1}), floats({6}, {1})}};
  CHECK(score("mae", batches) == doctest::Approx(5.0 / 3));
  CHECK(score("rmse", batches) == doctest::Approx(std::sqrt(13.0 / 3)));
  CHECK(score("r2", batches) == doctest::Approx(1 - 13.0 / (38.0 / 3)));
  CHECK(score("perplexity", {{at::zeros({2, 5}), longs({1, 4})}}) == doctest::Approx(5));
  CHECK(score("mean", {{floats({1, 3}, {2}), at::Tensor()}, {floats({5}, {1}), at::Tensor()}}) == doctest::Approx(3));
}

TEST_CASE("a run folder is locked, refused where it holds something, and metrics.csv has a row per epoch") {
  using Refusal = train::RunFolder::Refusal;
  const std::string path =
      (std::filesystem::temp_directory_path() / ("modelc-run-" + std::to_string(::getpid()))).string();
  {
    train::RunFolder folder, second;
    std::filesystem::create_directories(path);
    std::ofstream(path + "/.last.safetensors.4711.part") << "half";
    std::ofstream(path + "/.mine.part") << "not ours";
    CHECK(folder.create(path, "m", "name: m\n", false).refusal == Refusal::Exists);
    CHECK_FALSE(std::filesystem::exists(path + "/.last.safetensors.4711.part"));
    CHECK(std::filesystem::exists(path + "/.mine.part"));
  }
  std::filesystem::remove_all(path);
  {
    train::RunFolder folder, second;
    REQUIRE(folder.create(path, "m", "name: m\n", false).refusal == Refusal::None);
    CHECK(second.create(path, "m", "", true).refusal == Refusal::InUse);
    CHECK(folder.begin_metrics({"train.loss", "valid.loss"}).empty());
    CHECK(folder.add_metrics(1, 10, {{"train.loss", 0.5}, {"valid.loss", std::nan("")}}).empty());
    std::ifstream in(folder.file("metrics.csv"));
    CHECK(std::string(std::istreambuf_iterator<char>(in), {}) == "epoch,step,train.loss,valid.loss\n1,10,0.5,\n");
    CHECK(std::filesystem::exists(folder.file("description.yaml")));
  }
  {
    train::RunFolder again;
    CHECK(again.create(path, "m", "", false).refusal == Refusal::Exists);
  }
  {
    train::RunFolder again;
    CHECK(again.create(path, "m", "name: n\n", true).refusal == Refusal::None);
    CHECK_FALSE(std::filesystem::exists(again.file("metrics.csv")));
  }
  std::filesystem::remove_all(path);
  train::RunFolder impossible;
  const train::RunFolder::Created refused = impossible.create("/dev/null/run", "m", "", false);
  CHECK(refused.refusal == Refusal::Fault);
  CHECK(refused.why == "Not a directory");
}

TEST_CASE("metrics.csv goes on behind what a checkpoint knows of it") {
  const std::string path =
      (std::filesystem::temp_directory_path() / ("modelc-rows-" + std::to_string(::getpid()))).string();
  const auto text = [&] {
    std::ifstream in(path + "/metrics.csv");
    return std::string(std::istreambuf_iterator<char>(in), {});
  };
  std::int64_t bytes = 0;
  {
    train::RunFolder folder;
    REQUIRE(folder.create(path, "m", "", false).refusal == train::RunFolder::Refusal::None);
    REQUIRE(folder.begin_metrics({"train.loss"}).empty());
    CHECK(folder.add_metrics(1, 1, {{"train.loss", 0.5}}).empty());
    CHECK(folder.sync_metrics().empty());
    bytes = folder.metrics_bytes();
    CHECK(folder.add_metrics(1, 2, {{"train.loss", 0.25}}).empty());
    std::ofstream(path + "/resume.safetensors") << "there";
  }
  {
    train::RunFolder again;
    REQUIRE(again.reopen(path, "m").refusal == train::RunFolder::Refusal::None);
    CHECK(again.begin_metrics({"train.loss"}, bytes).empty());
    CHECK(again.metrics_bytes() == bytes);
    CHECK(again.add_metrics(1, 2, {{"train.loss", 0.25}}).empty());
    CHECK(text() == "epoch,step,train.loss\n1,1,0.5\n1,2,0.25\n");
  }
  std::filesystem::remove(path + "/metrics.csv");
  {
    train::RunFolder again;
    REQUIRE(again.reopen(path, "m").refusal == train::RunFolder::Refusal::None);
    CHECK(again.begin_metrics({"train.loss"}, bytes).empty());
    CHECK(again.metrics_bytes() < bytes);  // which is told
    CHECK(text() == "epoch,step,train.loss\n");
  }
  CHECK(train::RunFolder::last_of(path, "m") == path);
  CHECK(train::RunFolder::last_of("", "no such model at all").empty());
  std::filesystem::remove_all(path);
}

TEST_CASE("the first signal asks for a stop") {
  train::InterruptGuard guard;
  CHECK_FALSE(train::InterruptGuard::requested());
  std::raise(SIGTERM);
  CHECK(train::InterruptGuard::requested());
}

TEST_CASE("a hang-up asks for a checkpoint, once; what was ignored stays ignored") {
  std::signal(SIGINT, SIG_IGN);
  {
    train::InterruptGuard guard;
    CHECK_FALSE(train::InterruptGuard::save_requested());
    std::raise(SIGHUP);
    CHECK(train::InterruptGuard::save_requested());
    CHECK_FALSE(train::InterruptGuard::save_requested());
    std::raise(SIGINT);
    CHECK_FALSE(train::InterruptGuard::requested());
  }
  std::signal(SIGINT, SIG_DFL);
}
