// Operations of one evaluation, counted by hand: a multiply-add is two.
#include <doctest/doctest.h>

#include "emit/summary.h"
#include "tests/unit/trace/program.h"

namespace {

using namespace modelc;

std::string flops(const std::string& inputs, const std::string& forward) {
  const Program p("inputs: {" + inputs + "}\nforward: " + forward + "\n");
  return p.reports() + (p.out ? emit::summarize(p.ir(), {}).flops.str() : "");
}

TEST_CASE("products count 2 for each element of the result and size that is summed over") {
  CHECK(flops("x: 'float[B, 3, 4]', y: 'float[4, 5]'", "x @ y") == "120*B");  // 2 * B*3*5 * 4
  CHECK(flops("x: 'float[B, 3, 4]', y: 'float[B, 4, 5]'", "bmm(x, y)") == "120*B");
  CHECK(flops("x: 'float[2, 4]', y: 'float[4, 5]'", "mm(x, y)") == "80");  // 2 * 2*5 * 4
  CHECK(flops("x: 'float[4]', y: 'float[4]'", "dot(x, y)") == "8");
  CHECK(flops("x: 'float[B, 4]', y: 'float[10, 4]'", "linear(x, y)") == "80*B");  // 2 * B*10 * 4
  CHECK(flops("x: 'float[B, 4]', y: 'float[B, 5]', z: 'float[3, 4, 5]'", "bilinear(x, y, z)") == "120*B");
}

TEST_CASE("einsum: with and without a result, with an ellipsis, with a sum over one operand only") {
  const std::string both = "x: 'float[B, 2, 3]', y: 'float[B, 3, 4]'";
  CHECK(flops(both, "'einsum(\"bij,bjk->bik\", x, y)'") == "48*B");  // 2 * B*2*4 * 3
  CHECK(flops(both, "'einsum(\"...ij,...jk->...ik\", x, y)'") == "48*B");
  CHECK(flops("x: 'float[2, 3]', y: 'float[3, 4]'", "'einsum(\"ij,jk\", x, y)'") == "48");  // 2 * 2*4 * 3
  CHECK(flops(both, "'einsum(\"bij,bjk->b\", x, y)'") == "48*B");                           // 2 * B * 2*3*4
  CHECK(flops("x: 'float[B, 3]'", "'einsum(\"bi->b\", x)'") == "0");
}

TEST_CASE("convolutions: a multiply-add per weight of an output channel and output value") {
  CHECK(flops("x: 'float[B, 3, 8, 8]', w: 'float[4, 3, 3, 3]'", "conv2d(x, w)") == "7776*B");     // 2 * B*4*6*6 * 3*3*3
  CHECK(flops("x: 'float[B, 4, 8]', w: 'float[6, 2, 3]'", "conv1d(x, w, groups=2)") == "432*B");  // 2 * B*6*6 * 2*3
  // Each value of the input is laid out over 3 channels of a kernel of 2: 2 * B*4*8 * 3*2.
  CHECK(flops("x: 'float[B, 4, 8]', w: 'float[4, 3, 2]'", "conv_transpose1d(x, w)") == "384*B");
}

TEST_CASE("attention: the products of queries with keys, and of the weights with values") {
  // 2 * B*H*T*S * 8 and 2 * B*H*T*S * 6
  CHECK(flops("q: 'float[B, 2, 5, 8]', k: 'float[B, 2, 7, 8]', v: 'float[B, 2, 7, 6]'",
              "scaled_dot_product_attention(q, k, v)") == "1960*B");
}

TEST_CASE("a function counts for the component that calls it, a loss for none") {
  const Program p(
      "components:\n  A:\n    inputs: {h: 'float[N, 4]'}\n    modules: {f: Linear(4)}\n    forward: f(h) @ h.t()\n"
      "inputs: {x: 'float[B, 4]'}\nmodules: {a: A, g: A}\nforward: {y: a(x) + g(x), z: x * 2}\n"
      "loss: (y @ y).mean()\n");
  REQUIRE(p.reports() == "");
  const emit::Summary s = emit::summarize(p.ir(), {});
  std::string all;
  for (const emit::SummaryModule& module : s.modules) all += module.path + ": " + module.flops.str() + "\n";
  // 2 * N*4 * 4 of the Linear, 2 * N*N * 4 of the product; twice for the whole.
  CHECK(all == ": 16*B**2 + 64*B\na: 8*B**2 + 32*B\na.f: 32*B\ng: 8*B**2 + 32*B\ng.f: 32*B\n");
}

}  // namespace
