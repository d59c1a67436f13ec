// What a call means: definitions, functions, methods, pipes, the long form.
#include <doctest/doctest.h>

#include "tests/unit/trace/program.h"

namespace {

using namespace modelc;

const std::string kInput = "inputs:\n  x: float[B, 4]\n";

/// The operators of the evaluation, in order.
std::string run(const std::string& text) {
  const Program p(kInput + text);
  if (!p.reports().empty()) return p.reports();
  std::string names;
  for (const ir::Node& node : p.ir().graphs[0].nodes) names += (names.empty() ? "" : " ") + ir::op_of(node).name;
  return names;
}

std::string codes(const std::string& text) { return Program(kInput + text).codes(); }

TEST_CASE("calls: a function, a method, a pipe and a definition are one call") {
  CHECK(run("forward: relu(x)\n") == "relu");
  CHECK(run("forward: x.relu()\n") == "relu");
  CHECK(run("forward: x -> relu\n") == "relu");
  CHECK(run("define:\n  twice(v): relu(relu(v))\nforward: twice(x)\n") == "relu relu");
  CHECK(run("forward: x -> softmax(dim=1) -> log\n") == "softmax log");
}

TEST_CASE("calls: where values are static a pipe of definitions is a sequence") {
  const Program p(kInput + "modules:\n  f: Linear(3) -> ReLU\nforward: f(x)\n");
  REQUIRE(p.reports() == "");
  CHECK(p.tree() == ":model f:Sequential f.0:Linear f.1:ReLU");
}

TEST_CASE("calls: in the long form the declared type decides what a scalar is") {
  CHECK(run("modules:\n  up: {type: Upsample, scale_factor: 2, mode: nearest}\nforward: up(x.unsqueeze(1))\n") ==
        "unsqueeze interpolate");
  CHECK(codes("modules:\n  f: {type: Linear, out_features: wide}\nforward: f(x)\n") == diag::UnknownName.row.code);
}

TEST_CASE("calls: what cannot be called, and arguments that do not fit") {
  CHECK(codes("forward: x(x)\n") == diag::NotCallable.row.code);
  CHECK(codes("forward: (x + 1)(x)\n") == diag::NotCallable.row.code);
  CHECK(codes("forward: nowhere(x)\n") == diag::UnknownFunction.row.code);
  CHECK(codes("forward: x.nowhere()\n") == diag::UnknownFunction.row.code);
  CHECK(codes("define:\n  twice(v): v * 2\nforward: twice(x, x)\n") == diag::WrongArgumentCount.row.code);
  CHECK(codes("define:\n  twice(v): v * 2\nforward: twice()\n") == diag::WrongArgumentCount.row.code);
  CHECK(codes("forward: exp(x, x)\n") == diag::TooManyArguments.row.code);
  CHECK(codes("forward: relu(gone, zzz=1)\n") ==
        fmt::format("{} {}", diag::UnknownName.row.code, diag::UnknownArgument.row.code));
}

}  // namespace
