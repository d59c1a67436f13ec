// A body as it is run: bindings, the layers, what comes out.
#include <doctest/doctest.h>

#include "tests/unit/trace/program.h"

namespace {

using namespace modelc;

const std::string kInput = "inputs:\n  x: float[B, 4]\n";
std::string codes(const std::string& text) { return Program(kInput + text).codes(); }

/// Names and types of what the evaluation gives.
std::string outputs(const std::string& text) {
  const Program p(kInput + text);
  if (!p.reports().empty()) return p.reports();
  std::string all;
  for (const ir::Output& output : p.ir().graphs[0].outputs)
    all += fmt::format("{}{}: {}", all.empty() ? "" : ", ", output.name, output.type.str());
  return all;
}

TEST_CASE("forward: the last entry outside a `for` or `if` is the output") {
  CHECK(outputs("forward: x + 1\n") == "output: float[B, 4]");
  CHECK(outputs("forward:\n  a: x * 2\n  b: a[:, 0]\n") == "b: float[B]");
  CHECK(outputs("forward:\n  - h: x\n  - for i in range(3): {h: h * 2}\n") == "h: float[B, 4]");
  CHECK(outputs("forward:\n  a, b: x.chunk(2, dim=1)\n") == "a: float[B, 2], b: float[B, 2]");
}

TEST_CASE("forward: what control flow around the keys gives stands outside of it") {
  const std::string flow = "if deep: {forward: {h: x, y: \"h[:, 0]\"}}\nelse: {forward: {z: x * 2}}\n";
  CHECK(outputs("params: {deep: true}\n" + flow) == "y: float[B]");
  CHECK(outputs("params: {deep: false}\n" + flow) == "z: float[B, 4]");
  const std::string further = "forward: {h: x}\nif deep: {if deep: {forward: {y: \"h[:, 0]\"}}}\n";
  CHECK(outputs("params: {deep: true}\n" + further) == "y: float[B]");
  CHECK(outputs("params: {deep: false}\n" + further) == "h: float[B, 4]");
  // A condition that is written in the value remains one.
  CHECK(outputs("forward: {h: x}\nif true: {forward: {if true: {y: \"h[:, 0]\"}}}\n") == "h: float[B, 4]");
}

TEST_CASE("forward: `outputs` says what comes out, by name or by position") {
  CHECK(outputs("forward:\n  h: x * 2\noutputs: {first: h, second: x}\n") == "first: float[B, 4], second: float[B, 4]");
  CHECK(outputs("forward:\n  h: x * 2\noutputs: [h, \"x[:, 0]\"]\n") == "h: float[B, 4], 1: float[B]");
  CHECK(outputs("layers: [Linear(3), ReLU]\n") == "output: float[B, 3]");
}

TEST_CASE("forward: a binding holds from where it stands, and may be bound again") {
  const Program p(kInput + "forward:\n  - h: x * 2\n  - h: h + 1\n  - y: h\n");
  REQUIRE(p.reports() == "");
  CHECK(p.ir().graphs[0].nodes.size() == 2);
  CHECK(codes("forward:\n  - y: h\n  - h: x\n") == diag::UnknownName.row.code);
}

TEST_CASE("forward: a declared type of a binding is held against its value") {
  CHECK(outputs("forward:\n  h: float[B, D] = x\n  y: h.reshape(D, B)\n") == "y: float[4, B]");
  CHECK(codes("forward:\n  h: float[B, 5] = x\n  y: h\n") == diag::InputShape.row.code);
}

TEST_CASE("forward: bodies that give nothing, or not what is asked for") {
  CHECK(codes("forward:\n  a, b, c: x.chunk(2, dim=1)\n  y: a\n") == diag::WrongCount.row.code);
  CHECK(codes("forward:\n  a, b: 3\n  y: x\n") == diag::NotIterable.row.code);
  CHECK(codes("forward:\n  - for i in range(2): {h: x}\n") == diag::NoOutputs.row.code);
  CHECK(codes("forward:\n  _: x + 1\n") == diag::NoOutputs.row.code);
  CHECK(codes("forward:\n  y: x\noutputs:\n  - a: y\n  - a: x\n") == diag::DuplicateOutput.row.code);
  CHECK(Program("inputs:\n  x: float[B, 4]\n  z: float[B, 4]\nlayers: [Linear(2)]\n").codes() ==
        diag::LayersOneInput.row.code);
}

}  // namespace
