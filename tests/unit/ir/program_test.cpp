#include "ir/program.h"

#include <doctest/doctest.h>

namespace modelc::ir {
namespace {

struct Counting final : GraphSource {
  Graph made;
  int asked = 0;
  const Graph* graph(const ModuleTree&, const Variant& variant) override {
    ++asked;
    static_cast<Variant&>(made) = variant;
    return &made;
  }
};

Program two_graphs() {
  Program program;
  program.graphs.resize(2);
  program.graphs[0].choices = {{"kind", "a"}};
  program.graphs[1].training = true;
  program.graphs[1].given = {"mask"};
  return program;
}

TEST_CASE("program: a graph is found by mode, inputs and words; words that it does not have do not count") {
  const Program program = two_graphs();
  CHECK(find_graph(program, {false, {}, {{"kind", "a"}}}) == &program.graphs[0]);
  CHECK(find_graph(program, {false, {}, {{"kind", "a"}, {"other", "b"}}}) == &program.graphs[0]);
  CHECK(find_graph(program, {true, {"mask"}, {}}) == &program.graphs[1]);
  CHECK(find_graph(program, {false, {}, {{"kind", "b"}}}) == nullptr);
  CHECK(find_graph(program, {false, {}, {}}) == nullptr);
  CHECK(find_graph(program, {true, {}, {}}) == nullptr);
}

TEST_CASE("program: any other is asked of the source, one that is there is not") {
  Program program = two_graphs();
  const auto source = std::make_shared<Counting>();
  program.source = source;
  CHECK(find_graph(program, {true, {"mask"}, {}}) == &program.graphs[1]);
  CHECK(source->asked == 0);
  const Graph* other = find_graph(program, {true, {}, {}});
  CHECK(source->asked == 1);
  REQUIRE(other);
  CHECK(other->training);
}

}  // namespace
}  // namespace modelc::ir
