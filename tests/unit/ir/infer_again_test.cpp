// covers: node_context.cpp
#include "ir/infer_again.h"

#include "text_program.h"

namespace modelc::ir {
namespace {

/// As texts: types live no longer than their table.
struct Answer {
  std::vector<std::string> types;
  std::string refused;
};

Answer inferred(const std::string& call, const std::string& type, const std::string& where = "") {
  TextProgram p("model: model\ngraph evaluation {\n  input %x: float[B, 4]\n  %1 = " + call + " : " + type +
                "\n  output y = %1 : " + type + "\n" + where + "}\n");
  const Inferred told = infer_again(p.graph(), p.graph().nodes.at(0));
  Answer answer{{}, told.refused};
  for (const Type& one : told.types) answer.types.push_back(one.str());
  return answer;
}

TEST_CASE("infer_again: a node gives the types that its operator's rule says") {
  const Answer sum = inferred("sum(%x, dim=1)", "float[B]");
  REQUIRE(sum.types.size() == 1);
  CHECK(sum.types[0] == "float[B]");
  CHECK(sum.refused == "");
}

TEST_CASE("infer_again: what the node says of its result has no part in it") {
  CHECK(inferred("relu(%x)", "float[B, 5]").types.at(0) == "float[B, 4]");
}

TEST_CASE("infer_again: what the rule refuses is told, not reported") {
  CHECK(inferred("softmax(%x, dim=7)", "float[B, 4]").refused != "");
}

}  // namespace
}  // namespace modelc::ir
