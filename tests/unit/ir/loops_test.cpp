#include "ir/loops.h"

#include <doctest/doctest.h>

#include "ir/ir.h"
#include "ir/read_text.h"

namespace modelc::ir {

namespace {

/// A program with one graph over xs: float[B, T, 4] and h: float[B, 4].
std::string text(const std::string& nodes, const std::string& output) {
  return "program looped\nsymbol B\nsymbol T\nmodel: looped\ngraph evaluation {\n  input %xs: float[B, T, 4]\n"
         "  input %h: float[B, 4]\n" +
         nodes + "  output y = " + output + "\n}\n";
}

const std::string kLoop =
    "  %2, %3 = _scan([%xs], [%h], 1) : float[B, 4], float[B, 4]\n"
    "    %4.next = add(%2, %3) : float[B, 4]\n"
    "  %5, %6 = _scanned([%4.next], [%4.next], %2, [%3], %xs, 1) : float[B, T, 4], float[B, 4]\n";

struct Read {
  types::DimTable table;
  types::DimTable::Scope scope{table};
  ReadText read;
  explicit Read(const std::string& text) : read(read_text(text)) { REQUIRE_MESSAGE(read.ok, read.fault.what); }
  const Graph& graph() const { return read.program.graphs.at(0); }
};

}  // namespace

TEST_CASE("loops: from the node that opens one to the node that closes it") {
  const Read r(text(kLoop, "%5 : float[B, T, 4]"));
  const Loops loops = loops_of(r.graph());
  REQUIRE(loops.nested);
  REQUIRE(loops.all.size() == 1);
  CHECK(loops.all[0].first == 0);
  CHECK(loops.all[0].last == 2);
  CHECK(turns_of(r.graph(), r.graph().nodes[0]).str() == "T");
  CHECK(verify(r.read.program).empty());
}

TEST_CASE("loops: the text is read back as it was written") {
  const Read r(text(kLoop, "%5 : float[B, T, 4]"));
  const std::string once = print(r.read.program);
  const Read again(once);
  CHECK(print(again.read.program) == once);
  CHECK(once.find("\n    %4.next = add") != std::string::npos);
}

TEST_CASE("loops: what a turn gives is not read outside, and every loop is closed") {
  const Read escapes(text(kLoop, "%4.next : float[B, 4]"));
  CHECK(verify(escapes.read.program).size() == 1);
  const Read open(text("  %2, %3 = _scan([%xs], [%h], 1) : float[B, 4], float[B, 4]\n", "%2 : float[B, 4]"));
  CHECK_FALSE(loops_of(open.graph()).nested);
  CHECK(verify(open.read.program).size() == 1);
}

}  // namespace modelc::ir
