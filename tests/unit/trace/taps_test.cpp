// Values of modules in the middle of a model.
#include <doctest/doctest.h>

#include "tests/unit/trace/program.h"

namespace {

using namespace modelc;

const std::string kModel = "inputs:\n  x: float[B, 4]\nmodules:\n  f: [Linear(3), ReLU, Linear(2)]\n";

std::string told(const std::string& forward) {
  const Program p(kModel + "forward:\n" + forward);
  if (!p.reports().empty()) return p.codes();
  std::string all;
  for (const ir::Output& output : p.ir().graphs[0].outputs) all += output.type.str() + " ";
  return all;
}

TEST_CASE("taps: by path, by glob, by call") {
  CHECK(told("  y: f(x)\n  t: tap(f.0)\noutputs: [y, t]\n") == "float[B, 2] float[B, 3] ");
  CHECK(told("  y: f(x)\n  t: cat(tap(\"f.*\"), dim=1)\n") == "float[B, 8] ");
  CHECK(told("  y: f(x)\n  z: f(x * 2)\n  t: tap(f.0, call=1)\n") == "float[B, 3] ");
}

TEST_CASE("taps: too early, several, nowhere, no path") {
  CHECK(told("  t: tap(f)\n  y: f(x)\n") == diag::TapBeforeCall.row.code);
  CHECK(told("  y: f(x)\n  z: f(x)\n  t: tap(f)\n") == diag::TapAmbiguous.row.code);
  CHECK(told("  y: f(x)\n  t: tap(f.7)\n") == diag::PathNotFound.row.code);
  CHECK(told("  y: f(x)\n  t: tap(g)\n") == diag::PathNotFound.row.code);
  CHECK(told("  y: f(x)\n  t: tap(1 + 1)\n") == diag::WrongArgumentCount.row.code);
  CHECK(told("  y: f(x)\n  t: tap(f, call=\"a\")\n") == diag::BadBuiltinArgument.row.code);
  CHECK(told("  y: f(x)\n  t: tap(f, call=4)\n") == diag::IndexOutOfRange.row.code);
}

}  // namespace
