// A graph's values and a tree's modules move when one more is added: nothing may hold on to one of them across a call
// that adds. Every construct that takes a value apart, calls or makes modules while it goes on is compiled behind 0 to
// 70 values, so that each of them stands once just before the containers grow. (Where freed memory is read the address
// sanitizer stops; without one, the sizes that were read there come out wrong.)
#include <doctest/doctest.h>
#include <fmt/format.h>

#include "tests/unit/trace/program.h"

namespace {

using namespace modelc;

/// The type of the first output of the first graph; what was reported where there is none.
std::string output_of(const Program& program) {
  if (!program.out || program.sink.has_errors() || program.ir().graphs.empty()) return program.reports();
  return program.ir().graphs[0].outputs.at(0).type.str();
}

struct Construct {
  const char* name;
  const char* head;     // what stands above `forward`
  const char* forward;  // entries of `forward` that read `x: float[3, B, 6]`; the last gives the output
  const char* type;     // of the output
};

const Construct kConstructs[] = {
    {"names", "", "  - a, b, c: x\n  - out: a + b + c\n", "float[B, 6]"},
    {"rearrange", "", "  - q, k, v: rearrange(x, \"n b d -> n d b\")\n  - out: q + k + v\n", "float[6, B]"},
    {"comprehension", "", "  - parts: \"[relu(row) for row in x]\"\n  - out: cat(parts, dim=1)\n", "float[B, 18]"},
    {"pairs", "", "  - parts: \"[a + b for a, b in zip(x, x)]\"\n  - out: stack(parts)\n", "float[3, B, 6]"},
    {"for", "", "  - h: x[0]\n  - for row in x:\n      - h: h + relu(row)\n  - out: h\n", "float[B, 6]"},
    {"spread", "", "  - out: einsum(\"bi,bi,bi->bi\", *x)\n", "float[B, 6]"},
    {"list", "", "  - rows: list(x)\n  - out: sum(rows)\n", "float[B, 6]"},
    {"reversed", "", "  - rows: reversed(x)\n  - out: max(rows)\n", "float[B, 6]"},
    {"enumerate", "", "  - rows: \"[row * i for i, row in enumerate(x)]\"\n  - out: sum(rows)\n", "float[B, 6]"},
    {"index", "", "  - out: x[1][0, ...]\n", "float[6]"},
    {"transpose", "", "  - out: x[0].T\n", "float[6, B]"},
    {"map", "modules:\n  f: Linear(4)\n", "  - out: stack(map(f, x))\n", "float[3, B, 4]"},
    {"map many", "modules:\n  fs: {list: [Linear(4), Linear(4), Linear(4)]}\n", "  - out: stack(map(fs, list(x)))\n",
     "float[3, B, 4]"},
    {"sequence", "modules:\n  f: [Linear(8), ReLU, Linear(4)]\n", "  - out: f(x[0])\n", "float[B, 4]"},
    {"component",
     "components:\n  Block:\n    inputs:\n      h: float[..., C]\n    modules:\n      up: Linear(2 * C)\n      down: "
     "Linear(C)\n    forward:\n      - a, b: stack([h, h])\n      - out: down(up(a)) + b\nmodules:\n  f: Block\n",
     "  - out: f(x[0])\n", "float[B, 6]"},
    {"signature",
     "components:\n  Wrap:\n    params:\n      inner: \"(float[N, I]) -> float[N, O]\"\n    inputs:\n      h: "
     "float[N, I]\n    modules:\n      made: inner\n      head: Linear(O)\n    forward:\n      - out: "
     "head(made(h))\nmodules:\n  f: "
     "Wrap(inner=Linear(5))\n",
     "  - out: f(x[0])\n", "float[B, 5]"},
};

/// Entries of `forward` that make so many values.
std::string chain_of(int values) {
  std::string text;
  for (int i = 0; i < values; ++i)
    text += fmt::format("  - v{}: relu({})\n", i, i == 0 ? "x" : fmt::format("v{}", i - 1));
  return text;
}

std::string description(const Construct& construct, int values) {
  std::string text = "inputs:\n  x: float[3, B, 6]\n";
  text += construct.head;
  text += "forward:\n";
  text += chain_of(values);
  text += construct.forward;
  return text + "outputs: out\n";
}

TEST_CASE("a value may be taken apart behind any number of others") {
  for (const Construct& construct : kConstructs) {
    CAPTURE(construct.name);
    for (int values = 0; values <= 70; ++values) {
      CAPTURE(values);
      CHECK(output_of(Program(description(construct, values))) == std::string(construct.type));
    }
  }
}

TEST_CASE("a loss, a metric and a default of an input grow the graph too") {
  for (int values = 0; values <= 70; values += 1) {
    CAPTURE(values);
    std::string text =
        "inputs:\n  x: float[2, B, 6]\n  y: float[2, B, 6]? = null\ntargets:\n  t: float[B, 6]\nforward:\n";
    text += chain_of(values);
    text +=
        "  - a, b: x\n  - out: a + b\noutputs: out\nloss:\n  - near:\n      p, q: x\n      both: mse_loss(p + q, t)\n"
        "metrics:\n  - sum: sum([mean(row) for row in x])\n";
    REQUIRE(output_of(Program(text)) == "float[B, 6]");
  }
}

}  // namespace
