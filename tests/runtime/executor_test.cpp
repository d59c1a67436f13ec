// The executor against direct calls of ATen, and what it says of inputs that do not fit.
#include "exec/executor.h"

#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <doctest/doctest.h>

#include <atomic>
#include <limits>
#include <thread>

#include "graph_builder.h"
#include "passes/hold_statistics.h"

namespace modelc {
namespace {

using exec::Executor;
using exec::RuntimeFault;
using ops::Init;
using testing::constant;
using testing::GraphBuilder;
using types::Constant;
using types::ConstantList;
using types::Dim;
using types::DType;
using types::TensorType;

/// Over a table of its own.
struct Fixture {
  types::DimTable dims;
  types::DimTable::Scope scope{dims};
  GraphBuilder b;
  Dim B = dims.symbol("B"), H = dims.symbol("H");
  Fixture() { at::manual_seed(1); }
};

TensorType floats(std::vector<Dim> shape) { return {DType::Float32, std::move(shape)}; }

std::string fault_of(const Executor& executor, const std::vector<at::Tensor>& inputs) {
  try {
    executor.run(inputs);
  } catch (const RuntimeFault& fault) {
    return fault.what();
  }
  return "no fault";
}

std::vector<bool> needed(const Executor& executor) {
  std::vector<bool> out;
  for (const plan::Input& input : executor.plan().inputs) out.push_back(input.needed);
  return out;
}

ir::ModuleId linear(GraphBuilder& b, const std::string& name, std::int64_t in, std::int64_t out) {
  return b.module(name, "Linear",
                  {b.tensor("weight", {out, in}, Init::uniform(1)), b.tensor("bias", {out}, Init::uniform(1))},
                  {{"in_features", in}, {"out_features", out}, {"bias", true}});
}

}  // namespace

TEST_CASE_FIXTURE(Fixture, "linear and relu, with gradients") {
  const ir::ModuleId fc = linear(b, "fc", 3, 2);
  const ir::Operand x = b.input("x", floats({B, 3}));
  const ir::Operand h = b.node("Linear", {x}, {floats({B, 2})}, fc)[0];
  const ir::Operand y = b.call("relu", {h}, floats({B, 2}));
  build::TreeModule tree(b.program);
  Executor executor(b.plan({y}), &tree, exec::ResultChecks::Types);
  const at::Tensor in = at::randn({5, 3});
  const at::Tensor out = executor.run({in})[0].tensor;
  CHECK(out.equal(at::relu(at::linear(in, tree.tensor(fc, 0), tree.tensor(fc, 1)))));
  out.sum().backward();
  CHECK(tree.tensor(fc, 0).grad().defined());
  CHECK(needed(executor) == std::vector<bool>{true});
  CHECK(executor.run({at::randn({2, 3})})[0].tensor.size(0) == 2);
}

TEST_CASE_FIXTURE(Fixture, "convolution and batch norm, training, evaluation, frozen") {
  const ir::ModuleId conv = b.module("conv", "Conv2d", {b.tensor("weight", {4, 3, 3, 3}, Init::uniform(1))},
                                     {{"in_channels", 3},
                                      {"out_channels", 4},
                                      {"kernel_size", ConstantList{3, 3}},
                                      {"stride", ConstantList{2, 2}},
                                      {"padding", ConstantList{1, 1}},
                                      {"dilation", ConstantList{1, 1}},
                                      {"groups", 1},
                                      {"bias", false},
                                      {"padding_mode", "zeros"}});
  const ir::ModuleId norm = b.module(
      "bn", "BatchNorm2d",
      {b.tensor("weight", {4}, Init::ones()), b.tensor("bias", {4}, Init::zeros()),
       b.tensor("running_mean", {4}, Init::zeros(), true), b.tensor("running_var", {4}, Init::ones(), true),
       b.tensor("num_batches_tracked", {}, Init::zeros(), true, DType::Int64)},
      {{"num_features", 4}, {"eps", 1e-5}, {"momentum", 0.1}, {"affine", true}, {"track_running_stats", true}});
  b.graph.training = true;
  const ir::Operand x = b.input("x", floats({B, 3, H, H}));
  const Dim half = types::floor_div(H + 1, 2);
  const ir::Operand h = b.node("Conv2d", {x}, {floats({B, 4, half, half})}, conv)[0];
  const ir::Operand y = b.node("BatchNorm2d", {h}, {floats({B, 4, half, half})}, norm)[0];
  build::TreeModule tree(b.program);
  const at::Tensor in = at::randn({2, 3, 7, 7});
  const at::Tensor inner = at::conv2d(in, tree.tensor(conv, 0), {}, {2, 2}, {1, 1});
  at::Tensor mean = at::zeros({4}), var = at::ones({4});
  const at::Tensor expected = at::batch_norm(inner, at::ones({4}), at::zeros({4}), mean, var, true, 0.1, 1e-5, false);
  Executor executor(b.plan({y}), &tree, exec::ResultChecks::Types);
  CHECK(executor.run({in})[0].tensor.equal(expected));
  CHECK(tree.tensor(norm, 2).equal(mean));
  CHECK(tree.tensor(norm, 4).item<std::int64_t>() == 1);

  b.program.tree.modules[norm].frozen = true;
  b.graph.outputs.push_back({"y", y, types::Type::of(floats({B, 4, half, half})), {}});
  passes::hold_statistics(b.graph, b.program.tree);
  Executor frozen(b.plan({b.graph.outputs[0].value}), &tree, exec::ResultChecks::Types);
  const at::Tensor by_statistics =
      at::batch_norm(inner, at::ones({4}), at::zeros({4}), mean, var, false, 0.1, 1e-5, false);
  CHECK(frozen.run({in})[0].tensor.equal(by_statistics));
  CHECK(tree.tensor(norm, 2).equal(mean));
  CHECK(tree.tensor(norm, 4).item<std::int64_t>() == 1);
}

TEST_CASE_FIXTURE(Fixture, "an LSTM gives its state as a tuple and takes it again") {
  const ir::ModuleId lstm =
      b.module("lstm", "LSTM",
               {b.tensor("weight_ih_l0", {8, 3}, Init::uniform(1)), b.tensor("weight_hh_l0", {8, 2}, Init::uniform(1)),
                b.tensor("bias_ih_l0", {8}, Init::uniform(1)), b.tensor("bias_hh_l0", {8}, Init::uniform(1))},
               {{"input_size", 3},
                {"hidden_size", 2},
                {"num_layers", 1},
                {"bias", true},
                {"batch_first", true},
                {"dropout", 0.0},
                {"bidirectional", false},
                {"proj_size", 0}});
  const ir::Operand x = b.input("x", floats({B, H, 3}));
  const std::vector<TensorType> types{floats({B, H, 2}), floats({1, B, 2}), floats({1, B, 2})};
  const auto first = b.node("LSTM", {x, constant({})}, types, lstm);
  const auto second = b.node("LSTM", {x, ir::Operand::of(std::vector<ir::Operand>{first[1], first[2]})}, types, lstm);
  build::TreeModule tree(b.program);
  Executor executor(b.plan({second[0], ir::Operand::of(std::vector<ir::Operand>{second[1], second[2]})}), &tree,
                    exec::ResultChecks::Types);
  const at::Tensor in = at::randn({4, 5, 3}), zeros = at::zeros({1, 4, 2});
  std::vector<at::Tensor> weights;
  for (std::uint32_t i = 0; i < 4; ++i) weights.push_back(tree.tensor(lstm, i));
  auto [o1, h1, c1] = at::lstm(in, {zeros, zeros}, weights, true, 1, 0, false, false, true);
  auto [o2, h2, c2] = at::lstm(in, {h1, c1}, weights, true, 1, 0, false, false, true);
  const auto results = executor.run({in});
  CHECK(results[0].tensor.equal(o2));
  REQUIRE(results[1].parts.size() == 2);
  CHECK(results[1].parts[0].tensor.equal(h2));
  CHECK(results[1].parts[1].tensor.equal(c2));
}

TEST_CASE_FIXTURE(Fixture, "cat, indexing, reshape by symbols, numbers as operands") {
  const ir::Operand x = b.input("x", floats({B, H, 4}));
  const ir::Operand both =
      b.call("cat", {ir::Operand::of(std::vector<ir::Operand>{x, x}), constant(1)}, floats({B, H * 2, 4}));
  const ir::Operand flat = b.call("reshape", {both, constant(ConstantList{B, H * 8})}, floats({B, H * 8}));
  const ir::Operand less = b.call("sub", {constant(1), flat}, floats({B, H * 8}));
  const ir::Operand inverse = b.call("div", {constant(1.0), flat}, floats({B, H * 8}));
  const Constant all(ConstantList{Constant(), Constant(), Constant()});
  const Constant tail(ConstantList{Constant(1), Constant(), Constant(2)});
  const ir::Operand last = b.call("_index", {x, constant(ConstantList{all, -1, Constant(), tail})}, floats({B, 1, 2}));
  const ir::Operand parts =
      b.call("_rearrange", {x, constant("b h (c d) -> b (d h) c"), constant(ConstantList{ConstantList{"d", 2}})},
             floats({B, H * 2, 2}));
  Executor executor(b.plan({flat, less, inverse, last, parts, constant(H * 3)}), nullptr, exec::ResultChecks::Types);
  const at::Tensor in = at::randn({2, 3, 4});
  const auto results = executor.run({in});
  const at::Tensor joined = at::cat({in, in}, 1).reshape({2, 24});
  CHECK(results[0].tensor.equal(joined));
  CHECK(results[1].tensor.equal(1 - joined));
  CHECK(results[2].tensor.equal(joined.reciprocal()));
  CHECK(results[3].tensor.equal(in.select(1, 2).slice(1, 1, 4, 2).unsqueeze(1)));
  CHECK(results[4].tensor.equal(in.reshape({2, 3, 2, 2}).permute({0, 3, 1, 2}).reshape({2, 6, 2})));
  CHECK(results[5].tensor.item<std::int64_t>() == 9);
}

TEST_CASE_FIXTURE(Fixture, "a tensor as index replaces the dimension") {
  const ir::Operand x = b.input("x", floats({B, 4}));
  const ir::Operand i = b.input("i", {DType::Int64, {2, 2}});
  const Constant all(ConstantList{Constant(), Constant(), Constant()});
  const ir::Operand y =
      b.call("_index", {x, ir::Operand::of(std::vector<ir::Operand>{constant(all), i})}, floats({B, 2, 2}));
  Executor executor(b.plan({y}), nullptr, exec::ResultChecks::Types);
  const at::Tensor in = at::randn({3, 4}), index = at::arange(4).reshape({2, 2}) - 2;
  CHECK(executor.run({in, index})[0].tensor.equal(
      in.index_select(1, at::remainder(index, 4).reshape({-1})).reshape({3, 2, 2})));
}

TEST_CASE_FIXTURE(Fixture, "only what the roots need is run and asked for") {
  const ir::Operand x = b.input("x", floats({B, 3}));
  const ir::Operand z = b.input("z", floats({H, 3}));
  const ir::Operand used = b.call("relu", {x}, floats({B, 3}));
  b.call("relu", {z}, floats({H, 3}));
  Executor executor(b.plan({used}), nullptr, exec::ResultChecks::Types);
  CHECK(needed(executor) == std::vector<bool>{true, false});
  CHECK(executor.run({at::randn({2, 3}), at::Tensor()})[0].tensor.size(0) == 2);
  CHECK(fault_of(executor, {at::Tensor(), at::Tensor()}) == "input `x` is not given, the model wants float[B, 3]");
}

TEST_CASE_FIXTURE(Fixture, "an input that alone fixes a size is needed") {
  b.input("x", floats({B, 3}));
  const ir::Operand y = b.call("zeros", {constant(ConstantList{B, 5})}, floats({B, 5}));
  Executor executor(b.plan({y}), nullptr, exec::ResultChecks::Types);
  CHECK(needed(executor) == std::vector<bool>{true});
  CHECK(executor.run({at::randn({7, 3})})[0].tensor.size(0) == 7);
}

TEST_CASE_FIXTURE(Fixture, "inputs that do not fit") {
  const ir::Operand x = b.input("x", floats({B, 10}));
  const ir::Operand w = b.input("w", floats({B, H * 32}));
  Executor executor(b.plan({x, w}), nullptr, exec::ResultChecks::Types);
  const at::Tensor good = at::zeros({4, 10}), wide = at::zeros({4, 64});
  CHECK(fault_of(executor, {good, wide}) == "no fault");
  CHECK(fault_of(executor, {at::zeros({4, 9}), wide}) ==
        "input `x` is float[4, 9], the model wants float[B, 10]: dimension 1 is 9, expected 10");
  CHECK(fault_of(executor, {at::zeros({4}), wide}) ==
        "input `x` is float[4], the model wants float[B, 10]: it has 1 dimension, expected 2");
  CHECK(fault_of(executor, {good.to(at::kLong), wide}) ==
        "input `x` is int[4, 10], the model wants float[B, 10]: its dtype is int64, expected float32");
  CHECK(fault_of(executor, {good, at::zeros({5, 64})}) ==
        "input `w` is float[5, 64], the model wants float[B, 32*H]: dimension 0 is 5, expected 4 (`B` is 4 by `x`)");
  CHECK(fault_of(executor, {good, at::zeros({4, 65})}) ==
        "input `w` is float[4, 65], the model wants float[B, 32*H]: dimension 1 is 65, expected a multiple of 32");
  CHECK(fault_of(executor, {at::zeros({0, 10}), wide}).find("expected at least 1") != std::string::npos);
}

TEST_CASE_FIXTURE(Fixture, "conditions are checked") {
  const ir::Operand x = b.input("x", floats({B, H}));
  b.graph.conditions.assume(types::floor_mod(H, 32), types::Relation::Equal, 0, {{1, 2, 3}, "where"});
  Executor executor(b.plan({x}), nullptr, exec::ResultChecks::Types);
  CHECK(fault_of(executor, {at::zeros({1, 64})}) == "no fault");
  const std::string fault = fault_of(executor, {at::zeros({1, 30})});
  CHECK(fault.find("does not hold for H = 30") != std::string::npos);
}

TEST_CASE_FIXTURE(Fixture, "a kernel's fault names the operator, its path and its place") {
  const ir::ModuleId table = b.module("embed", "Embedding", {b.tensor("weight", {3, 2}, Init::normal(0, 1))},
                                      {{"num_embeddings", 3},
                                       {"embedding_dim", 2},
                                       {"padding_idx", Constant()},
                                       {"max_norm", Constant()},
                                       {"norm_type", 2.0},
                                       {"scale_grad_by_freq", false}});
  const ir::Operand i = b.input("i", {DType::Int64, {B}});
  const ir::Operand y = b.node("Embedding", {i}, {floats({B, 2})}, table)[0];
  build::TreeModule tree(b.program);
  Executor executor(b.plan({y}), &tree, exec::ResultChecks::Types);
  const std::string fault = fault_of(executor, {at::full({2}, 3, at::kLong)});
  CHECK(fault.rfind("Embedding at embed: ", 0) == 0);
  CHECK(fault.find("out of range") != std::string::npos);
  CHECK(fault.find('\n') == std::string::npos);
}

TEST_CASE_FIXTURE(Fixture, "a label out of range is a fault") {
  const ir::Operand x = b.input("x", floats({B, 3}));
  const ir::Operand label = b.input("label", {DType::Int64, {B}});
  const ir::Operand loss = b.call("cross_entropy", {x, label}, floats({}));
  Executor executor(b.plan({loss}), nullptr, exec::ResultChecks::Types);
  CHECK(fault_of(executor, {at::zeros({2, 3}), at::full({2}, 3, at::kLong)}).find("out of bounds") !=
        std::string::npos);
}

TEST_CASE_FIXTURE(Fixture, "the first node that is not finite is found") {
  const ir::Operand x = b.input("x", floats({B}));
  const ir::Operand masked = b.call(
      "masked_fill",
      {x, b.call("gt", {x, constant(100)}, {DType::Bool, {B}}), constant(-std::numeric_limits<double>::infinity())},
      floats({B}));
  const ir::Operand root = b.call("sqrt", {masked}, floats({B}));
  const ir::Operand y = b.call("exp", {root}, floats({B}));
  Executor executor(b.plan({y}), nullptr, exec::ResultChecks::Types);
  CHECK_FALSE(executor.find_non_finite({at::ones({2})}).found);
  CHECK(executor.find_non_finite({at::full({2}, -1.0)}).what == "sqrt");
  CHECK(executor.find_non_finite({at::full({2}, 1e30)}).found);
}

TEST_CASE_FIXTURE(Fixture, "of what is not finite, the row is told, and NaN from infinite") {
  const ir::Operand x = b.input("x", floats({B}));
  const ir::Operand y = b.call("mean", {b.call("log", {x}, floats({B}))}, floats({}));
  Executor executor(b.plan({y}), nullptr, exec::ResultChecks::Types);
  exec::Executor::NonFinite found = executor.find_non_finite({at::tensor({1.0F, 2.0F, 0.0F})});
  CHECK(found.what == "log");
  CHECK(found.row == 2);
  CHECK_FALSE(found.nan);
  found = executor.find_non_finite({at::tensor({1.0F, -1.0F, 2.0F})});
  CHECK(found.row == 1);
  CHECK(found.nan);
  CHECK_FALSE(executor.find_non_finite({at::zeros({3})}).row);
  found = executor.find_non_finite({at::tensor({1.0F, std::numeric_limits<float>::infinity()})});
  CHECK(found.input == "x");
  CHECK(found.row == 1);
}

TEST_CASE_FIXTURE(Fixture, "of a gradient that is not finite, the operation is told whose derivative gave it first") {
  const ir::Operand x = b.input("x", floats({B}));
  const ir::Operand root = b.call("sqrt", {b.call("mul", {x, constant(0)}, floats({B}))}, floats({B}));
  const ir::Operand y = b.call("mean", {b.call("exp", {root}, floats({B}))}, floats({}));
  Executor executor(b.plan({y}), nullptr, exec::ResultChecks::Types);
  const at::Tensor given = at::ones({2}).set_requires_grad(true);
  const exec::Executor::NonFinite found = executor.find_non_finite_gradient({given}, 1);
  REQUIRE(found.found);
  CHECK(found.what == "sqrt");
  CHECK_FALSE(found.nan);
  CHECK_FALSE(executor.find_non_finite_gradient({at::ones({2})}, 1).found);
}

TEST_CASE_FIXTURE(Fixture, "fitted nodes") {
  const ir::Operand x = b.input("x", floats({B, 2}));
  const ir::Operand c = b.input("c", floats({B}));
  const ir::Operand text = b.input("text", {DType::String, {B}});
  const ir::Operand doubled = b.call("mul", {x, constant(2)}, floats({B, 2}));
  const ir::Operand s = b.call("standardize", {doubled}, floats({B, 2}));
  const ir::Operand number = b.call("category", {c}, {DType::Int64, {B}});
  const ir::Operand word = b.call("category", {text}, {DType::Int64, {B}});
  Executor executor(b.plan({s, number, word}), nullptr, exec::ResultChecks::Types);
  const at::Tensor in = at::arange(6, at::kFloat).reshape({3, 2});
  const Executor before(b.plan({doubled}), nullptr, exec::ResultChecks::Types);
  const at::Tensor seen = before.run({in, at::Tensor(), at::Tensor()})[0].tensor;
  CHECK(seen.equal(in * 2));
  const float nan = std::numeric_limits<float>::quiet_NaN();
  executor.set_state(1, {seen.mean(0), seen.std(0, false)});
  at::Tensor values = at::arange(3, at::kFloat) * 5;
  values[2].fill_(nan);
  executor.set_state(2, {values});
  at::Tensor table = at::arange(3);
  table[1].fill_(-1);
  executor.set_state(3, {table});
  at::Tensor column = at::zeros({3});
  column[1].fill_(nan);
  column[2].fill_(5);
  const at::Tensor codes = at::arange(3).remainder(2) * 2;
  const auto results = executor.run({in, column, codes});
  CHECK(results[0].tensor.mean().abs().item<double>() < 1e-6);
  CHECK(results[1].tensor.equal(at::arange(3).mul(2).remainder(3)));
  CHECK(results[2].tensor.equal(codes));
  CHECK(fault_of(executor, {in, column + 1, codes}).find("is not among those of `train`") != std::string::npos);
  CHECK(fault_of(executor, {in, column, at::ones({3}, at::kLong)}).find("row 0") != std::string::npos);
}

TEST_CASE_FIXTURE(Fixture, "a result that is not what was inferred is a fault where results are checked") {
  const ir::Operand x = b.input("x", floats({B, 3}));
  const ir::Operand y = b.call("relu", {x}, floats({B, 4}));
  const at::Tensor in = at::zeros({2, 3});
  CHECK(fault_of(Executor(b.plan({y}), nullptr, exec::ResultChecks::Types), {in}) ==
        "relu: gave float[2, 3], inferred float[B, 4]");
  CHECK(fault_of(Executor(b.plan({y}), nullptr), {in}) == "no fault");
}

TEST_CASE_FIXTURE(Fixture, "a size that a mask fixes, and a number made of it, are there for what follows") {
  const Dim kept = dims.symbol("K", 0);
  const ir::Operand x = b.input("x", floats({B}));
  const ir::Operand m = b.input("m", {DType::Bool, {B}});
  const ir::Operand taken = b.call("_index", {x, ir::Operand::of(std::vector<ir::Operand>{m})}, floats({kept}));
  const ir::Operand mean = b.call("div", {b.call("sum", {taken}, floats({})), constant(kept)}, floats({}));
  const ir::Operand column = b.call("reshape", {taken, constant(ConstantList{kept, 1})}, floats({kept, 1}));
  Executor executor(b.plan({mean, column, constant(kept)}), nullptr, exec::ResultChecks::Types);
  const at::Tensor in = at::arange(4, at::kFloat);
  const auto results = executor.run({in, in.gt(1.5)});
  CHECK(results[0].tensor.item<double>() == 2.5);
  CHECK(results[1].tensor.equal(at::arange(2, 4, at::kFloat).unsqueeze(1)));
  CHECK(results[2].tensor.item<std::int64_t>() == 2);
  CHECK(executor.run({in, in.gt(9)})[1].tensor.sizes().vec() == std::vector<std::int64_t>{0, 1});
}

TEST_CASE_FIXTURE(Fixture, "threads run one executor at once, each with sizes of its own") {
  const ir::ModuleId fc = linear(b, "fc", 3, 2);
  const ir::Operand x = b.input("x", floats({B, 3}));
  const ir::Operand h = b.node("Linear", {x}, {floats({B, 2})}, fc)[0];
  const ir::Operand flat = b.call("reshape", {h, constant(ConstantList{B * 2})}, floats({B * 2}));
  const ir::Operand y = b.call("mul", {flat, constant(B)}, floats({B * 2}));
  build::TreeModule tree(b.program);
  const Executor executor(b.plan({y}), &tree);
  const auto expected = [&](const at::Tensor& in) {
    return at::linear(in, tree.tensor(fc, 0), tree.tensor(fc, 1)).reshape({-1}) * in.size(0);
  };
  std::atomic<int> wrong = 0;
  const auto work = [&](std::int64_t rows) {
    at::NoGradGuard no_grad;
    const at::Tensor in = at::ones({rows, 3}) * rows, wanted = expected(in);
    for (int i = 0; i < 100; ++i)
      if (!executor.run({in})[0].tensor.equal(wanted)) ++wrong;
  };
  std::thread first(work, 2), second(work, 5);
  first.join();
  second.join();
  CHECK(wrong == 0);
}

}  // namespace modelc
