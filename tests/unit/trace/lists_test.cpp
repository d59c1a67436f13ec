// Static lists of numbers where tensors are due.
#include <doctest/doctest.h>

#include "tests/unit/trace/program.h"

namespace {

using namespace modelc;

std::string told(const std::string& expression) {
  const Program p("allow: M4075\ninputs:\n  x: float[B, 4]\n  t: int[B]\nforward:\n  y: " + expression + "\n");
  if (!p.reports().empty()) return p.codes();
  return p.ir().graphs[0].outputs[0].type.str();
}

TEST_CASE("lists: a list of numbers is a tensor where one is due") {
  CHECK(told("index_select(x, 1, [0, 2])") == "float[B, 2]");
  CHECK(told("x.index_select(1, index=[0, 2])") == "float[B, 2]");
  CHECK(told("cross_entropy(x, t, weight=[1.0, 2.0, 1.0, 0.5])") == "float[]");
  CHECK(told("x @ [[1.0], [2.0], [3.0], [4.0]]") == "float[B, 1]");
  CHECK(told("where([true, false, true, false], x, 0)") == "float[B, 4]");
  CHECK(told("cat([[1.0, 2.0], [3.0]], dim=0)") == "float[3]");
  CHECK(told("x[:, [0, 2]]") == "float[B, 2]");
}

TEST_CASE("lists: sizes stay sizes, and what is no list of numbers is refused") {
  CHECK(told("x.reshape([B, 2, 2])") == "float[B, 2, 2]");
  CHECK(told("index_select(x, 1, [\"a\"])") == diag::ArgumentType.row.code);
  CHECK(told("x[:, [\"a\"]]") == diag::BadIndex.row.code);
}

TEST_CASE("lists: several tensors index together, as in PyTorch") {
  CHECK(told("x[arange(B), t]") == "float[B]");
  CHECK(told("x[t[:, null], [0, 1, 2]]") == "float[B, 3]");
  CHECK(told("x.reshape([B, 2, 2])[t, :, t]") == "float[B, 2]");
  CHECK(told("x.reshape([B, 2, 2])[:, [0, 1], [1, 0]]") == "float[B, 2]");
  CHECK(told("x.unsqueeze(2)[[0], :, [0]]") == "float[1, 4]");
}

TEST_CASE("lists: a mask chooses as many as the data say") {
  CHECK(told("x[x > 0].sum()") == "float[]");
  CHECK(told("x[t > 0]") == "float[K1, 4]");
  CHECK(told("x[:, [true, false, true, true]].sum()") == "float[]");
  CHECK(told("x[t > 0, 1:].sum()") == "float[]");
  CHECK(told("x[x[:, 1:] > 0]") == diag::SizesDiffer.row.code);
}

}  // namespace
