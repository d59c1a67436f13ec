// One graph traced from a description that exists in memory only.
// covers: program.cpp signatures.cpp
#include <doctest/doctest.h>

#include "tests/unit/trace/program.h"

namespace {

using namespace modelc;

TEST_CASE("budgets count per graph: a hundred choices with a thousand turns each") {
  std::string words;
  for (int i = 0; i < 100; ++i) words += fmt::format("{}w{}", i ? ", " : "", i);
  const Program p(
      fmt::format("inputs:\n  x: float[B, 4]\n  kind: choice[{}]\nforward:\n  - h: x\n  - for i in "
                  "range(1001):\n      - n: i\n  - y: h\noutputs: y\n",
                  words));
  CHECK(p.reports() == "");
  CHECK(p.ir().graphs.size() == 200);
}

TEST_CASE("a trial of a module parameter leaves nothing behind") {
  const Program p(
      "components:\n  Wrap:\n    params:\n      inner: (float[..., I]) -> float[..., O]\n    inputs:\n      h: "
      "float[..., I]\n    modules:\n      made: inner\n      head: Linear(O)\n    forward:\n      y: "
      "head(made(h))\ninputs:\n  x: float[B, 6]\nmodules:\n  f: \"Wrap(Linear(8) -> Dropout(0.1) -> "
      "Linear(5))\"\nforward: "
      "f(x)\n");
  REQUIRE(p.reports() == "");
  std::string paths;
  for (const ir::Module& module : p.ir().tree.modules) paths += module.path + " ";
  CHECK(paths == " f f.made f.made.0 f.made.1 f.made.2 f.head ");
  CHECK(p.ir().graphs[0].outputs[0].type.str() == "float[B, 5]");
}

TEST_CASE("a component that calls itself is reported once") {
  const Program p(
      "components:\n  A:\n    inputs:\n      h: float[B, 4]\n    modules:\n      again: A\n    forward:\n      y: "
      "again(h)\ninputs:\n  x: float[B, 4]\nmodules:\n  a: A\nforward: a(x)\n");
  CHECK(p.sink.size() == 1);
  CHECK(p.sink.sorted().at(0).code == diag::NestedTooDeep.row.code);
}

TEST_CASE("each mode has its own graph, over one tree") {
  const Program p(
      "inputs:\n  x: float[B, 4]\nmodules:\n  f: Linear(4)\nforward:\n  - y: f(x)\n  - if training:\n      - y: y + "
      "1\n  - out: y\noutputs: out\n");
  REQUIRE(p.reports() == "");
  REQUIRE(p.ir().graphs.size() == 2);
  CHECK(p.ir().graphs[1].training);
  CHECK(p.ir().graphs[1].nodes.size() == p.ir().graphs[0].nodes.size() + 1);
  CHECK(p.ir().tree.modules.size() == 2);
}

TEST_CASE("a value is tapped in the evaluation that asks") {
  const Program p(
      "inputs:\n  x: float[B, 4]\nmodules:\n  f: Linear(3)\n  g: Linear(2)\nforward:\n  - h: f(x)\n  - y: g(h)\n  - z: "
      "tap(f)\noutputs: [y, z]\n");
  REQUIRE(p.reports() == "");
  CHECK(p.ir().graphs[0].outputs[1].type.str() == "float[B, 3]");
}

const char* const kVariants =
    "allow: M4075\ninputs:\n  x: float[B, 4]\n  a: float[B, 4] = null\n  b: float[B, 4] = null\n  c: float[B, 4] = "
    "null\n"
    "  d: float[B, 4] = null\n  p: choice[u, v, w]\n  q: choice[u, v, w]\nmodules:\n"
    "  f: {dict: {u: Linear(4), v: Linear(4), w: Linear(4)}}\n  g: {dict: {u: Linear(5), v: Linear(5), w: Linear(5)}}\n"
    "forward:\n  - y: f[p](x)\n  - if defined(a) and defined(b) and not defined(c): {y: y * 2}\n  - z: g[q](y)\n"
    "outputs: z\n";

TEST_CASE("a check looks at all, none and each optional input, and at each word alone") {
  const Program p(kVariants);
  REQUIRE(p.reports() == "");
  std::string seen;
  for (const ir::Graph& graph : p.ir().graphs) {
    if (graph.training) break;
    seen += fmt::format("{}:{}{} ", fmt::join(graph.given, ""), graph.choices.at("p"), graph.choices.at("q"));
  }
  CHECK(seen == "abcd:uu abcd:vu abcd:wu abcd:uv abcd:uw a:uu b:uu c:uu d:uu :uu ");
  CHECK(p.ir().graphs.size() == 20);
}

TEST_CASE("any other graph is made when it is asked for, once") {
  const Program p(kVariants);
  const ir::Variant asked{true, {"a", "b"}, {{"p", "w"}, {"q", "v"}}};
  const ir::Graph* made = ir::find_graph(p.ir(), asked);
  REQUIRE(made);
  CHECK(made->training);
  CHECK(made->given == asked.given);
  CHECK(made->choices == asked.choices);
  CHECK(made->nodes.size() == p.ir().graphs[0].nodes.size() + 1);
  CHECK(ir::verify(*made, p.ir().tree).empty());
  CHECK(ir::find_graph(p.ir(), asked) == made);
  CHECK(ir::find_graph(p.ir(), {false, {"a"}, {{"p", "w"}}}) == nullptr);
  CHECK(p.reports() == "");
}

const char* const kRare = "defined(a) and defined(b) and not defined(c)";

TEST_CASE("what is wrong with a graph that is asked for is reported then") {
  const Program p(
      fmt::format("inputs:\n  x: float[B, 4]\n  a: float[B, 4] = null\n  b: float[B, 4] = null\n  c: float[B, 4] = "
                  "null\nforward:\n  - y: \"x.reshape(7) if {} else x\"\noutputs: y\n",
                  kRare));
  REQUIRE(p.reports() == "");
  CHECK(ir::find_graph(p.ir(), {false, {"a", "b"}, {}}) == nullptr);
  CHECK(p.sink.has_errors());
}

TEST_CASE("a module that one rare combination calls is found there") {
  const Program p(
      fmt::format("inputs:\n  x: float[B, 4]\n  a: float[B, 4] = null\n  b: float[B, 4] = null\n  c: float[B, 4] = "
                  "null\nmodules:\n  f: Linear(4)\nforward:\n  - y: \"f(x) if {} else x\"\noutputs: y\n",
                  kRare));
  CHECK(p.reports() == "");
  CHECK(p.tree() == ":model f:Linear");
}

TEST_CASE("a size that data decide has a symbol of its own, and what depends on it waits for the run") {
  const Program p(
      "inputs:\n  x: float[B, 4]\nforward:\n  - at: \"nonzero(x > 0)\"\n  - rows: \"at[:, 0]\"\n  - same: \"rows + "
      "x[:, 0].long()\"\n  - twice: \"concat([at, nonzero(x > 1)], dim=0)\"\noutputs: [rows, same, twice]\n");
  REQUIRE(p.reports() == "");
  const ir::Graph& graph = p.ir().graphs[0];
  CHECK(graph.outputs[0].type.str() == "int[K1]");
  CHECK(graph.outputs[2].type.str() == "int[K1 + K2, 2]");
  std::string conditions;
  for (const types::Requirement& required : graph.conditions.requirements()) conditions += required.words + "; ";
  CHECK(conditions == "K1 == B; ");
  CHECK(ir::measured_symbols(graph).size() == 2);
}

}  // namespace
