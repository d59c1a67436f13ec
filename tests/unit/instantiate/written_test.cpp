#include "instantiate/written.h"

#include <doctest/doctest.h>

#include <cmath>

#include "tests/unit/trace/program.h"

namespace {

using namespace modelc;

const std::string kEncoder = R"(
inputs: {x: "float[T, B, 8]"}
modules:
  e: TransformerEncoder(TransformerEncoderLayer(2, dim_feedforward=4), 2, LayerNorm())
forward: e(x)
)";

TEST_CASE("an operator that is written in the language has parts with paths, and takes arguments as any other") {
  const Program p(kEncoder);
  REQUIRE(p.codes().empty());
  CHECK(p.ir().tree.find("e.layers.1.self_attn")->type == "MultiheadAttention");
  CHECK(p.ir().tree.find("e.norm")->type == "LayerNorm");
  CHECK(p.ir().tree.find("e.layers.0")->type == "TransformerEncoderLayer");
  const std::string layer = "inputs: {x: \"float[T, B, 8]\"}\nmodules:\n  m: TransformerEncoderLayer(";
  CHECK(Program(layer + "8, 2)\nforward: m(x)").codes() == "M5001");
  CHECK(Program(layer + "2, norm_frist=true)\nforward: m(x)").codes() == "M5002");
  CHECK(Program(layer + ")\nforward: m(x)").codes() == "M5003");
  CHECK(Program(layer + "2, d_model=6)\nforward: m(x)").codes() == "M6003");
}

TEST_CASE("what a body reports stands at the call") {
  const Program p("inputs: {x: \"float[T, B, 8]\"}\nmodules:\n  m: TransformerEncoderLayer(3)\nforward: m(x)");
  REQUIRE(p.sink.sorted().size() == 1);
  const auto report = p.sink.sorted().at(0);
  CHECK(p.sources.file(report.span.file).path() == "/m/main.yaml");
  CHECK(p.sources.text(report.span) == "m(x)");
}

TEST_CASE("copies start from the first one's values, but for what an edit put there") {
  const Program p(kEncoder + "replace: {e.layers.1.linear1: Linear(4)}");
  REQUIRE(p.codes().empty());
  CHECK(p.tensor("e.layers.0.norm1", "weight")->same_as.empty());
  CHECK(p.tensor("e.layers.1.norm1", "weight")->same_as == "e.layers.0.norm1.weight");
  CHECK(p.tensor("e.layers.1.self_attn", "out_proj.weight")->same_as == "e.layers.0.self_attn.out_proj.weight");
  CHECK(p.tensor("e.layers.1.linear1", "weight")->same_as.empty());
  CHECK(
      Program(kEncoder + "init: {\"**.norm1.weight\": zeros()}").tensor("e.layers.1.norm1", "weight")->same_as.empty());
}

TEST_CASE("a Transformer draws its matrices once more when all are there") {
  const Program p(R"(
inputs: {x: "float[S, B, 8]", y: "float[T, B, 8]"}
modules:
  t: Transformer(nhead=2, num_encoder_layers=2, num_decoder_layers=1, dim_feedforward=4)
forward: t(x, y)
)");
  REQUIRE(p.codes().empty());
  const ir::Tensor& first = *p.tensor("t.encoder.layers.0.linear1", "weight");
  REQUIRE(first.first_draw);
  CHECK(first.first_draw->until == "t");
  CHECK(first.first_draw->init);
  CHECK(first.init.kind == ops::Init::Uniform);
  CHECK(first.init.b == doctest::Approx(std::sqrt(6.0 / 12)));
  const ir::Tensor& copy = *p.tensor("t.encoder.layers.1.linear1", "weight");
  REQUIRE(copy.first_draw);
  CHECK_FALSE(copy.first_draw->init);
  CHECK(p.tensor("t.encoder.layers.1.linear1", "bias")->same_as == "t.encoder.layers.0.linear1.bias");
}

}  // namespace
