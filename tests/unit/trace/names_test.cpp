// covers: unknown.cpp
// Which value a name has in each place, and what is said where it has none.
#include <doctest/doctest.h>

#include "tests/unit/trace/program.h"

namespace {

using namespace modelc;

const std::string kInput = "inputs:\n  x: float[B, 4]\n";

/// The first report: its code, and its help.
std::string told(const std::string& text) {
  const Program p(kInput + text);
  const auto found = p.sink.sorted();
  return found.empty() ? "" : fmt::format("{} {}", found[0].code, found[0].help);
}

TEST_CASE("names: params, defines, symbols, loops and dtypes are values") {
  CHECK(told("params:\n  n: 2\ndefine:\n  m: n + 1\nforward:\n  - h: x * m\n  - for i in range(n): {h: h + i}\n  - y: "
             "\"h.reshape(B, 2, n).to(float64)\"\n") == "");
}

TEST_CASE("names: what is near is offered, what has another word is told") {
  CHECK(told("forward: xx + 1\n") == fmt::format("{} did you mean `x`?", diag::UnknownName.row.code));
  CHECK(told("forward: rleu(x)\n") == fmt::format("{} did you mean `relu`?", diag::UnknownFunction.row.code));
  CHECK(told("forward: x * yes\n") == fmt::format("{} the word is `true`", diag::UnknownName.row.code));
  CHECK(told("forward: x * h\n").find("a string needs quotes of its own") != std::string::npos);
}

TEST_CASE("names: what a branch binds that is not taken") {
  CHECK(told("params:\n  deep: false\nforward:\n  - if deep: {extra: x * 2}\n  - y: x + extra\n")
            .find(diag::OnlyInUntakenBranch.row.code) == 0);
}

TEST_CASE("names: the mode is decided in `forward`, a run-time value has none where values are static") {
  CHECK(told("modules:\n  if training: {a: Dropout(0.5)}\n  else: {a: Identity}\nforward: a(x)\n")
            .find(diag::TrainingUnderModules.row.code) == 0);
  CHECK(told("forward:\n  - h: x\n  - for i in range(h): {g: h}\n  - y: h\n") != "");
}

TEST_CASE("names: an output and a target of one name are told apart in the loss") {
  const std::string both = "targets:\n  y: float[B, 4]\nforward:\n  y: x * 2\nloss: ";
  CHECK(told(both + "mse_loss(y, y)\n").find(diag::AmbiguousName.row.code) == 0);
  CHECK(told(both + "mse_loss(outputs.y, targets.y)\n") == "");
}

}  // namespace
