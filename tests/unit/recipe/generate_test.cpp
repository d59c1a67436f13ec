// `predict.generate`: what is appended to which input.
#include <doctest/doctest.h>

#include "tests/unit/trace/program.h"

namespace {

using namespace modelc;

const std::string kModel =
    "inputs:\n  ids: int[B, T]\n  scale: float[] = 1.0\nmodules: {e: 'Embedding(5, 5)'}\n"
    "forward: {h: e(ids), logits: h * scale}\noutputs: {logits: logits}\n";

std::string codes(const std::string& generate) {
  return Program(kModel + "predict:\n  generate: " + generate + "\n").codes();
}

const std::string kNext = "next: 'multinomial(softmax(logits[:, -1], dim=-1), 1)'";

TEST_CASE("generate: sound ones, in several forms") {
  CHECK(codes("{feed: ids, " + kNext + ", steps: 3}") == "");
  CHECK(codes("{feed: ids, " + kNext + ", steps: 3, stop: next == 0}") == "");
  CHECK(codes("{feed: ids, next: 'argmax(logits[:, -1], dim=-1)', steps: 3, stop: 'next[:, 0] == 0'}") == "");
  CHECK(codes("{feed: ids, next: 'argmax(h, dim=-1)[:, -1:].int()', steps: 3}") == "");
}

TEST_CASE("generate: a graph puts out what is appended, and nothing else") {
  const Program p(kModel + "predict: {generate: {feed: ids, " + kNext + ", steps: 7, stop: next == 0}}\n");
  REQUIRE(p.codes() == "");
  const auto& generate = p.out->elaborated.recipe.generate;
  REQUIRE(generate);
  CHECK(generate->feed == "ids");
  CHECK(generate->steps == 7);
  CHECK(generate->stops);
  const ir::Graph* graph = ir::find_graph(p.ir(), {false, {"scale"}, {}, true});
  REQUIRE(graph);
  REQUIRE(graph->outputs.size() == 2);
  CHECK(graph->outputs[0].type.str() == "int[B, 1]");
  CHECK(graph->outputs[1].type.str() == "bool[B, 1]");
  CHECK(ir::find_graph(p.ir(), {false, {"scale"}, {}})->outputs.size() == 1);
}

TEST_CASE("generate: what does not fit the input, and what is missing") {
  const std::string mismatch(diag::GenerateMismatch.row.code);
  CHECK(codes("{feed: ids, next: logits, steps: 3}") == mismatch);
  CHECK(codes("{feed: ids, next: 'logits[:, -1]', steps: 3}") == mismatch);
  CHECK(codes("{feed: ids, next: 3, steps: 3}") == mismatch);
  CHECK(codes("{feed: ids, " + kNext + ", steps: 3, stop: next}") == mismatch);
  CHECK(codes("{feed: ids, " + kNext + ", steps: 3, stop: true}") == mismatch);
  CHECK(codes("{feed: id, " + kNext + ", steps: 3}") == diag::SettingValue.row.code);
  CHECK(codes("{feed: scale, " + kNext + ", steps: 3}") == diag::SettingValue.row.code);
  CHECK(codes("{feed: ids, " + kNext + ", steps: 0}") == diag::SettingValue.row.code);
  CHECK(codes("{feed: ids, " + kNext + "}") == diag::SettingMissing.row.code);
  CHECK(codes("{feed: ids, steps: 3}") == diag::SettingMissing.row.code);
  CHECK(codes("{feed: ids, " + kNext + ", step: 3}") == diag::SettingUnknown.row.code);
  CHECK(codes("{feed: ids, next: 'nothing[:, -1]', steps: 3}") == diag::UnknownName.row.code);
}

}  // namespace
