// The module tree: names, order and initial values are PyTorch's.
#include "build/tree_module.h"

#include <ATen/Functions.h>
#include <doctest/doctest.h>

#include "exec/executor.h"
#include "graph_builder.h"

namespace modelc {
namespace {

using ops::Init;
using testing::GraphBuilder;

std::vector<std::string> keys(const std::vector<std::pair<std::string, at::Tensor>>& state) {
  std::vector<std::string> out;
  for (const auto& [key, tensor] : state) out.push_back(key);
  return out;
}

bool near(const at::Tensor& t, const std::vector<double>& expected) {
  const at::Tensor flat = t.detach().to(at::kDouble).reshape({-1});
  if (flat.size(0) < static_cast<std::int64_t>(expected.size())) return false;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    if (std::abs(flat[static_cast<std::int64_t>(i)].item<double>() - expected[i]) > 1e-8) return false;
  }
  return true;
}

Init xavier_later(double bound) {
  Init init = Init::uniform(bound);
  init.rank = 1;
  return init;
}

}  // namespace

TEST_CASE("initial values are those of PyTorch for the same seed") {
  // torch.manual_seed(0); Linear(3, 2); Embedding(3, 2, padding_idx=1); MultiheadAttention(4, 2); Linear(2, 1)
  GraphBuilder b;
  const double third = 1 / std::sqrt(3.0), half = 1 / std::sqrt(2.0);
  b.module("a", "Linear",
           {b.tensor("weight", {2, 3}, Init::uniform(third)), b.tensor("bias", {2}, Init::uniform(third))});
  Init padded = Init::normal(0, 1);
  padded.zero_row = 1;
  b.module("e", "Embedding", {b.tensor("weight", {3, 2}, padded)});
  Init drawn_and_cleared = Init::uniform(0.5);
  drawn_and_cleared.cleared = true;
  b.module("m", "MultiheadAttention",
           {b.tensor("in_proj_weight", {12, 4}, xavier_later(std::sqrt(6.0 / 16.0))),
            b.tensor("in_proj_bias", {12}, Init::zeros()), b.tensor("out_proj.weight", {4, 4}, Init::uniform(0.5)),
            b.tensor("out_proj.bias", {4}, drawn_and_cleared)});
  b.module("l", "Linear",
           {b.tensor("weight", {1, 2}, Init::uniform(half)), b.tensor("bias", {1}, Init::uniform(half))});
  at::manual_seed(0);
  build::TreeModule tree(b.program);
  CHECK(near(tree.tensor(1, 0), {-0.00432251766, 0.309715837, -0.475185335, -0.424894601, -0.222368971, 0.154820725}));
  CHECK(near(tree.tensor(1, 1), {-0.0114391446, 0.457774937}));
  CHECK(near(tree.tensor(2, 0), {-1.08452237, -1.39859545, 0, 0, -0.719257593, -0.403343529}));
  CHECK(near(tree.tensor(3, 0), {0.0322056226, -0.313953251, 0.103604041, -0.571768939}));
  CHECK(near(tree.tensor(3, 2), {0.181608558, 0.415193975, -0.102900088, 0.374155879}));
  CHECK(near(tree.tensor(3, 3), {0, 0, 0, 0}));
  CHECK(near(tree.tensor(4, 0), {0.271922261, -0.418821812}));
  CHECK(near(tree.tensor(4, 1), {0.259219199}));
  CHECK(keys(tree.state()) == std::vector<std::string>{"a.weight", "a.bias", "e.weight", "m.in_proj_weight",
                                                       "m.in_proj_bias", "m.out_proj.weight", "m.out_proj.bias",
                                                       "l.weight", "l.bias"});
}

TEST_CASE("own parameters stand before own buffers, and both before the children's") {
  GraphBuilder b;
  const ir::ModuleId outer = b.module(
      "outer", "Block", {b.tensor("table", {2}, Init::ones(), true), b.tensor("scale", {2}, Init::fill(0.25))});
  b.module("inner", "BatchNorm1d",
           {b.tensor("weight", {2}, Init::ones()), b.tensor("running_mean", {2}, Init::zeros(), true),
            b.tensor("num_batches_tracked", {}, Init::zeros(), true, types::DType::Int64)},
           {}, outer);
  b.program.tree.modules[outer].tensors.push_back(b.tensor("scratch", {2}, Init::zeros(), true));
  b.program.tree.modules[outer].tensors.back().saved = false;
  b.program.tree.modules[outer].tensors[1].trainable = false;
  build::TreeModule tree(b.program);
  CHECK(keys(tree.state()) == std::vector<std::string>{"outer.scale", "outer.table", "outer.inner.weight",
                                                       "outer.inner.running_mean", "outer.inner.num_batches_tracked"});
  CHECK(keys(tree.trainable()) == std::vector<std::string>{"outer.inner.weight"});
  CHECK((tree.tensor(2, 2).scalar_type() == at::kLong));
}

TEST_CASE("what training changes: trainable parameters and the statistics of what is not frozen") {
  for (const bool frozen : {false, true}) {
    GraphBuilder b;
    const ir::ModuleId outer = b.module(
        "outer", "Block", {b.tensor("table", {2}, Init::ones(), true), b.tensor("scale", {2}, Init::fill(0.25))});
    b.program.tree.modules[outer].kind = ir::ModuleKind::Component;
    const ir::ModuleId norm =
        b.module("norm", "BatchNorm1d",
                 {b.tensor("weight", {2}, Init::ones()), b.tensor("running_mean", {2}, Init::zeros(), true),
                  b.tensor("num_batches_tracked", {}, Init::zeros(), true, types::DType::Int64)},
                 {}, outer);
    b.program.tree.modules[norm].frozen = frozen;
    b.program.tree.modules[norm].tensors[0].trainable = !frozen;
    const build::TreeModule tree(b.program);
    std::vector<std::string> expected{"outer.scale"};
    if (!frozen)
      expected.insert(expected.end(),
                      {"outer.norm.weight", "outer.norm.running_mean", "outer.norm.num_batches_tracked"});
    CHECK(keys(tree.trained_state()) == expected);
    CHECK(tree.versions() ==
          std::vector<std::pair<std::string, std::int64_t>>{{"", 2}, {"outer", 2}, {"outer.norm", 2}});
  }
}

TEST_CASE("tied tensors are one, under both names, drawn like any other") {
  GraphBuilder b;
  b.module("encoder", "Embedding", {b.tensor("weight", {3, 2}, Init::normal(0, 1))});
  b.module("decoder", "Linear", {b.tensor("weight", {3, 2}, Init::uniform(1))});
  b.module("last", "Linear", {b.tensor("weight", {1}, Init::uniform(1))});
  at::manual_seed(3);
  build::TreeModule loose(b.program);
  b.program.tree.modules[2].tensors[0].tied_to = "encoder.weight";
  at::manual_seed(3);
  build::TreeModule tied(b.program);
  CHECK(tied.tensor(1, 0).is_same(tied.tensor(2, 0)));
  CHECK(tied.tensor(3, 0).equal(loose.tensor(3, 0)));
  CHECK(tied.state().size() == 3);
  CHECK(keys(tied.trainable()) == std::vector<std::string>{"encoder.weight", "last.weight"});
}

TEST_CASE("an initial value may be an expression") {
  GraphBuilder b;
  ir::Tensor table = b.tensor("table", {2, 3}, {}, true);
  table.init.kind = Init::Expression;
  table.init_graph = 0;
  b.module("position", "Table", {table});
  GraphBuilder inner;
  const types::TensorType type{types::DType::Float32, {3}};
  ir::Output out;
  out.value = inner.call("arange", {testing::constant(3)}, type);
  inner.graph.outputs.push_back(out);
  b.program.initial_graphs.push_back(inner.graph);
  build::TreeModule tree = exec::build_tree(b.program);
  CHECK(near(tree.tensor(1, 0), {0, 1, 2, 0, 1, 2}));
  CHECK_THROWS_AS(build::TreeModule{b.program}, std::logic_error);
}

}  // namespace modelc
