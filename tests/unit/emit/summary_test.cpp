#include "emit/summary.h"

#include <doctest/doctest.h>

using namespace modelc;

namespace {

types::TensorType tensor(std::vector<types::Dim> shape) {
  types::TensorType type;
  type.dtype = types::DType::Float32;
  type.shape = std::move(shape);
  return type;
}

struct Bench {
  types::DimTable table;
  types::DimTable::Scope scope{table};
  types::Dim batch = table.symbol("B");
  support::SourceManager sources;

  /// A frozen encoder and a head that shares its weight.
  emit::Summary summary() {
    emit::Summary s;
    s.name = "Small";
    s.inputs = {{"x", "float[B, 5]", false}, {"mask", "bool[B]", true}};
    s.outputs = {{"y", "float[B, 3]", false}};
    s.parameters = {{"enc.weight", tensor({1200, 5}), false, {"head.weight"}}, {"head.bias", tensor({3}), true, {}}};
    s.buffers = {{"enc.scale", tensor({}), true, {}}};
    s.modules = {{"", "Small", "float[B, 3]", 6003, 3, batch * 6000},
                 {"enc", "Linear", "float[B, 1200]", 6000, 0, batch * 6000},
                 {"enc.act", "ReLU", "", 0, 0, 0},
                 {"head", "Linear", "float[B, 3]", 3, 3, 12}};
    const auto file = sources.add("a.yaml", "one\ntwo\n");
    s.constraints = {{"B >= 2", {{{file, 4, 7}, "chunk"}}}};
    s.total = 6003;
    s.trainable = 3;
    s.bytes = 24012;
    s.flops = batch * 6000;
    return s;
  }
};

}  // namespace

TEST_CASE(
    "a summary as text: ports, the tree with its numbers grouped, shared parameters, conditions with their lines") {
  Bench b;
  CHECK(emit::summary_text(b.summary(), nullptr, b.sources) ==
        "Small\n"
        "  input   x     float[B, 5]\n"
        "  input   mask  bool[B]  (optional)\n"
        "  output  y     float[B, 3]\n"
        "\n"
        "module   type    output          parameters  state          FLOPs\n"
        "(model)  Small   float[B, 3]          6,003  partly frozen  6000*B\n"
        "  enc    Linear  float[B, 1200]       6,000  frozen         6000*B\n"
        "    act  ReLU    -\n"
        "  head   Linear  float[B, 3]              3  trainable      12\n"
        "\n"
        "shared parameters:\n"
        "  head.weight is enc.weight\n"
        "\n"
        "constraints:\n"
        "  B >= 2\n"
        "    a.yaml:2:1: chunk\n"
        "\n"
        "parameters: 6,003 (3 trainable, 6,000 frozen), 24,012 bytes\n"
        "FLOPs of one evaluation: 6000*B\n");
}

TEST_CASE("a summary as JSON: known sizes are numbers, symbolic ones texts") {
  Bench b;
  CHECK(emit::summary_json(b.summary()) == R"({
  "name": "Small",
  "inputs": [
    {"name": "x", "type": "float[B, 5]", "optional": false},
    {"name": "mask", "type": "bool[B]", "optional": true}
  ],
  "outputs": [
    {"name": "y", "type": "float[B, 3]"}
  ],
  "parameters": [
    {"name": "enc.weight", "shape": [1200, 5], "dtype": "float32", "trainable": false, "aliases": ["head.weight"]},
    {"name": "head.bias", "shape": [3], "dtype": "float32", "trainable": true}
  ],
  "buffers": [
    {"name": "enc.scale", "shape": [], "dtype": "float32"}
  ],
  "modules": [
    {"path": "", "type": "Small", "output": "float[B, 3]", "parameters": 6003, "flops": "6000*B"},
    {"path": "enc", "type": "Linear", "output": "float[B, 1200]", "parameters": 6000, "flops": "6000*B"},
    {"path": "enc.act", "type": "ReLU", "output": null, "parameters": 0, "flops": 0},
    {"path": "head", "type": "Linear", "output": "float[B, 3]", "parameters": 3, "flops": 12}
  ],
  "constraints": [
    "B >= 2"
  ],
  "totals": {"parameters": 6003, "trainable": 3, "bytes": 24012, "flops": "6000*B"}
}
)");
}

TEST_CASE("a doc stands below the name, each line indented") {
  Bench b;
  emit::Summary told;
  told.name = "Net";
  told.doc = "First.\n\nSecond.\n";
  CHECK(emit::summary_text(told, nullptr, b.sources).starts_with("Net\n  First.\n\n  Second.\n\nmodule"));
}

TEST_CASE("an empty model has nothing to list") {
  Bench b;
  const emit::Summary nothing;
  CHECK(emit::summary_text(nothing, nullptr, b.sources) ==
        "model\n\nmodule  type  output  parameters  state  FLOPs\n\n"
        "parameters: 0 (0 trainable, 0 frozen), 0 bytes\nFLOPs of one evaluation: 0\n");
  CHECK(emit::summary_json(nothing).find("\"inputs\": []") != std::string::npos);
}

TEST_CASE("sizes of inputs bind symbols; what does not fit says why") {
  Bench b;
  ir::Program program;
  ir::Signature x;
  x.name = "x";
  x.type = types::Type::of(tensor({b.batch, 2 * b.batch, 5}));
  program.inputs.push_back(x);
  std::string fault;
  const auto point = emit::bind_sizes(program, {{"x", {4, 8, 5}}}, fault);
  REQUIRE(point);
  CHECK(point->at(b.batch.symbols()[0]) == types::Dim(4));
  CHECK_FALSE(emit::bind_sizes(program, {{"x", {4, 9, 5}}}, fault));
  CHECK_FALSE(fault.empty());
  CHECK_FALSE(emit::bind_sizes(program, {{"x", {4, 8}}}, fault));
  CHECK_FALSE(emit::bind_sizes(program, {{"z", {4, 8, 5}}}, fault));
}
