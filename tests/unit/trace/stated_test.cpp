// Parameters that are there before the first call, since all their sizes are stated.
#include <doctest/doctest.h>

#include "tests/unit/trace/program.h"

namespace {

using namespace modelc;

std::string told(const std::string& modules, const std::string& forward) {
  const Program p("allow: M4075\ninputs:\n  x: float[B, 16]\nmodules:\n" + modules + "forward:\n" + forward);
  if (!p.reports().empty()) return p.codes();
  return p.ir().graphs[0].outputs[0].type.str();
}

TEST_CASE("stated: a weight is read before its module is called") {
  CHECK(told("  f: Linear(48, in_features=16)\n", "  w: f.weight\n  y: f(x)\n  z: y * 2\noutputs: w\n") ==
        "float[48, 16]");
  CHECK(told("  f: Conv2d(8, 3, in_channels=4)\n", "  w: f.weight\n  y: x * 2\noutputs: w\n") == "float[8, 4, 3, 3]");
  CHECK(told("  f: BatchNorm1d(num_features=16)\n", "  m: f.running_mean\n  y: f(x)\noutputs: m\n") == "float[16]");
  CHECK(told("  f: LSTM(5, input_size=3)\n", "  w: f.weight_ih_l0\noutputs: w\n") == "float[20, 3]");
  CHECK(told("  f: weight_norm(Linear(3, in_features=16))\n", "  v: f.weight_v\n  y: f(x)\noutputs: v\n") ==
        "float[3, 16]");
}

TEST_CASE("stated: the call that comes later is held against what was stated") {
  CHECK(told("  f: Linear(48, in_features=15)\n", "  w: f.weight\n  y: f(x)\noutputs: w\n") ==
        diag::StatedSize.row.code);
}

TEST_CASE("stated: what a call must fix is not there before it") {
  CHECK(told("  f: Linear(48)\n", "  w: f.weight\n  y: f(x)\noutputs: w\n") == diag::NoMember.row.code);
}

TEST_CASE("stated: what a call gives beside tensors has its defaults") {
  CHECK(told("  f: MultiheadAttention(2, embed_dim=8, kdim=8, vdim=8)\n", "  w: f.in_proj_weight\noutputs: w\n") ==
        "float[24, 8]");
}

TEST_CASE("stated: a module that is never called has its tensors, and can be tied to") {
  const Program p(
      "inputs:\n  x: int[B, T]\nmodules:\n  words: Embedding(32, 8)\n  out: Linear(32, bias=false)\n"
      "  spare: Embedding(32, 8)\nforward: out(words(x))\ntie: {spare.weight: words.weight}\n");
  CHECK(p.codes() == diag::NeverCalled.row.code);
  REQUIRE(p.tensor("spare", "weight"));
  CHECK(p.tensor("spare", "weight")->tied_to == "words.weight");
}

}  // namespace
