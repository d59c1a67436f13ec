#include "passes/watch_gradients.h"

#include <doctest/doctest.h>

#include "tests/unit/trace/program.h"

namespace modelc::passes {
namespace {

std::string names_of(const ir::Graph& graph) {
  std::string names;
  for (const ir::Node& node : graph.nodes) names += (names.empty() ? "" : " ") + ir::op_of(node).name;
  return names;
}

TEST_CASE("watch_gradients: what a derivative is asked by is watched from where it is made, once") {
  const Program p(
      "inputs: {x: \"float[B, 3]\"}\nforward:\n  h: exp(x)\n  y: grad(sum(h ** 2), h) + grad(sum(sin(h)), h)\n");
  REQUIRE(p.reports() == "");
  CHECK(names_of(p.ir().graphs[0]) == "exp _watched pow sum grad sin sum grad add");
}

TEST_CASE("watch_gradients: an input from the beginning, a parameter not at all") {
  const Program by_input("inputs: {x: \"float[B, 3]\"}\nforward: grad(sum(exp(x)), x)\n");
  CHECK(names_of(by_input.ir().graphs[0]) == "_watched exp sum grad");
  const Program by_parameter(
      "inputs: {x: \"float[B, 3]\"}\nparameters: {w: \"float[3] = ones\"}\nforward: grad(sum(exp(x * w)), w)\n");
  CHECK(names_of(by_parameter.ir().graphs[0]) == "mul exp sum grad");
}

TEST_CASE("watch_gradients: other graphs are left alone") {
  const Program p("inputs: {x: \"float[B, 3]\"}\nforward: exp(x)\n");
  CHECK(names_of(p.ir().graphs[0]) == "exp");
}

}  // namespace
}  // namespace modelc::passes
