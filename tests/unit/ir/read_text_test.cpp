// covers: text_entries.cpp
#include "text_program.h"

namespace modelc::ir {
namespace {

/// `line: what` of a text that is refused.
std::string refused(const std::string& text) {
  types::DimTable table;
  const types::DimTable::Scope scope(table);
  const ReadText read = read_text(text);
  return read.ok ? "read" : std::to_string(read.fault.line) + ": " + read.fault.what;
}

std::string in_graph(const std::string& line) {
  return refused("program model\nsymbol B\nmodel: model\ngraph evaluation {\n  input %x: float[B, 4]\n  " + line +
                 "\n}\n");
}

TEST_CASE("read_text: what is printed is read as the same") {
  TextProgram p(kTwoLayers);
  const std::string text = print(p.program);
  const ReadText again = read_text(text);
  REQUIRE(again.ok);
  CHECK(print(again.program) == text);
  CHECK(p.broken() == "");
}

TEST_CASE("read_text: where initial values come from, and what stands beside the tree") {
  const std::string text = R"(program model
device "cuda:1"
weights from "a b.safetensors" only [fc, "!fc.*"] except [head] new [extra] resize table by mean rename old. -> "" rename a -> b below part command
weights from w.safetensors
moved trunk.a -> trunk.b
model: model
)";
  types::DimTable table;
  const types::DimTable::Scope scope(table);
  const ReadText read = read_text(text);
  INFO("line " << read.fault.line << ": " << read.fault.what);
  REQUIRE(read.ok);
  CHECK(print(read.program) == text);
  CHECK(read.program.device == "cuda:1");
  REQUIRE(read.program.weights.size() == 2);
  CHECK(read.program.weights[0].only == std::vector<std::string>{"fc", "!fc.*"});
  CHECK(read.program.weights[0].rename.at(1) == std::pair<std::string, std::string>{"a", "b"});
  CHECK(read.program.weights[0].prefix == "part");
  CHECK(read.program.weights[0].of_command);
  CHECK(read.program.moved.at(0).second == "trunk.b");
  CHECK(refused("moved a b\n") == "1: expected `->` at `b`");
  CHECK(refused("weights w.safetensors\n").starts_with("1: expected `from`"));
}

TEST_CASE("read_text: an empty text is an empty program, remarks are passed over") {
  CHECK(refused("") == "read");
  CHECK(refused("# nothing\n\nprogram model\n   # more\n") == "read");
}

TEST_CASE("read_text: faults of the outermost lines name the line and what was expected") {
  CHECK(refused("program\n") == "1: expected a name at the end of the line");
  CHECK(refused("program a b\n") == "1: expected the end of the line at `b`");
  CHECK(refused("symbol B\nsymbol B\n") ==
        "2: expected another name than that of an earlier symbol at the end of the line");
  CHECK(refused("input x: floaty[B]\n").starts_with("1: expected a type at"));
  CHECK(refused("input x: float[Q]\n") == "1: expected a symbol that is declared at `Q]`");
  CHECK(refused("parameter w: float[2] = zeros\n").starts_with("1: expected a module before its tensors"));
  CHECK(refused("model: model\nsecond: model\n").starts_with("2: expected one outermost module"));
  CHECK(refused("model: model\n      deep: ReLU()\n").starts_with("2: expected a module one level below its parent"));
  CHECK(refused("model: model\n  a: ReLU()\n  a: ReLU()\n")
            .starts_with("3: expected another path than that of an earlier module"));
  CHECK(refused("model: model\n  parameter w: float[2] = random\n").starts_with("2: expected an initial value"));
  CHECK(refused("model: model\n  parameter w: float[2] = fill(1, 2)\n").starts_with("2: expected one number"));
  CHECK(refused("graph evaluation {\n") == "1: the graph has no end");
}

TEST_CASE("read_text: faults of a graph") {
  CHECK(in_graph("%1 = relu(%x) : float[B, 4]") == "read");
  CHECK(in_graph("%1 = reluu(%x) : float[B, 4]") == "6: there is no operator `reluu`");
  CHECK(in_graph("%1 = relu(%y) : float[B, 4]") == "6: the value `%y` is not known here");
  CHECK(in_graph("%1 = relu(@fc.weight) : float[B, 4]") == "6: the value `@fc.weight` is not known here");
  CHECK(in_graph("%1 = exp(%x, %x) : float[B, 4]").starts_with("6: expected fewer arguments before"));
  CHECK(in_graph("%1 = sum(%x, dims=1) : float[B]") == "6: `sum` has no such parameter");
  CHECK(in_graph("%x = relu(%x) : float[B, 4]") == "6: `%x` is defined twice");
  CHECK(in_graph("%1, %2 = relu(%x) : float[B, 4]") == "6: the call has 1 results");
  CHECK(in_graph("%1 = relu(%x) : float[B, 4] at nowhere") == "6: there is no module `nowhere`");
  CHECK(in_graph("%1 = rand(size=[2]) : float[2]") == "6: the call takes `@rng`");
  CHECK(in_graph("%1, @rng' = relu(%x, @rng) : float[B, 4]") == "6: the call draws nothing");
  CHECK(in_graph("output y = %x float[B, 4]").starts_with("6: expected `:` at"));
  CHECK(in_graph("metric m = nothing(%x)").starts_with("6: expected a metric"));
  CHECK(in_graph("where B").starts_with("6: expected `>=`"));
  CHECK(in_graph("nonsense").starts_with("6: expected"));
}

TEST_CASE("read_text: the random state goes one way") {
  CHECK(refused("program model\nmodel: model\ngraph evaluation {\n"
                "  %0, @rng' = rand(@rng, size=[2]) : float[2]\n"
                "  %1, @rng'2 = rand(@rng, size=[2]) : float[2]\n}\n") == "5: the random state was taken before");
}

TEST_CASE("read_text: brackets within brackets end somewhere") {
  const std::string many(300, '(');
  CHECK(refused("symbol B\ninput x: float[" + many + "B]\n").starts_with("2: expected fewer brackets within brackets"));
  CHECK(refused("symbol B\ninput x: float[(B)]\n") == "read");  // and are forgotten afterwards
}

TEST_CASE("read_text: constants of each kind") {
  for (const char* constant : {"1", "-3", "0.5", "-0.0", "1e-05", "inf", "-inf", "nan", "true", "null", "float32",
                               "\"a \\\"b\\\"\"", "[1, [2.0, null]]", "2*B", "B//2", "max(B, 2)", "B % 3"}) {
    CAPTURE(constant);
    const std::string text = std::string("program model\nsymbol B\nmodel: model\n  a: Thing(value=") + constant + ")\n";
    types::DimTable table;
    const types::DimTable::Scope scope(table);
    const ReadText read = read_text(text);
    REQUIRE(read.ok);
    CHECK(print(read.program) == text);
  }
}

}  // namespace
}  // namespace modelc::ir
