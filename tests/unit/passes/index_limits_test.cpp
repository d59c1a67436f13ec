#include "passes/index_limits.h"

#include "../ir/text_program.h"

namespace modelc::passes {
namespace {

using Limits = std::map<std::string, IndexLimit>;

/// Of a graph over integers `i` and `j`, scores and a table.
Limits limits_of(const std::string& line) {
  ir::TextProgram p(R"(input x: float[B, 3]
input i: int[B]
model: model
  parameter table: float[5, 4] = zeros
graph evaluation {
  input %x: float[B, 3]
  input %i: int[B]
  )" + line + "\n}\n");
  return index_limits(p.program);
}

}  // namespace

TEST_CASE("index limits: the classes of a loss, with the number that it leaves out") {
  CHECK(limits_of("%1 = cross_entropy(%x, %i) : float[]") == Limits{{"i", {2, -100, "3 classes"}}});
  CHECK(limits_of("%1 = nll_loss(%x, %i, ignore_index=-1) : float[]") == Limits{{"i", {2, -1, "3 classes"}}});
}

TEST_CASE("index limits: the rows of a table, by its key; what an argument counts; a dimension by its argument") {
  CHECK(limits_of("%1 = embedding(%i, @table) : float[B, 4]") == Limits{{"i", {4, {}, "5 rows of `table`"}}});
  CHECK(limits_of("%1 = one_hot(%i, 7) : int[B, 7]") == Limits{{"i", {6, {}, "7 classes"}}});
  CHECK(limits_of("%1 = index_select(%x, -1, %i) : float[B, B]") == Limits{{"i", {2, {}, "3 positions"}}});
}

TEST_CASE("index limits: the narrowest counts, whatever stands first") {
  const Limits narrow{{"i", {2, -100, "3 classes"}}};
  CHECK(limits_of("%1 = one_hot(%i, 7) : int[B, 7]\n  %2 = cross_entropy(%x, %i) : float[]") == narrow);
  CHECK(limits_of("%1 = cross_entropy(%x, %i) : float[]\n  %2 = one_hot(%i, 7) : int[B, 7]") == narrow);
}

TEST_CASE("index limits: nothing where the size is the data's, or another value than the input is read") {
  CHECK(limits_of("%1 = index_select(%x, 0, %i) : float[B, 3]").empty());
  CHECK(limits_of("%1 = add(%i, 1) : int[B]\n  %2 = one_hot(%1, 7) : int[B, 7]").empty());
  CHECK(limits_of("%1 = relu(%x) : float[B, 3]").empty());
}

}  // namespace modelc::passes
