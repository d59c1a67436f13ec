#include "passes/simplify.h"

#include "../ir/text_program.h"

namespace modelc::passes {
namespace {

std::string simplified(const std::string& nodes) {
  ir::TextProgram p("model: model\ngraph evaluation {\n  input %x: float[B, 4]\n" + nodes +
                    "  output y = %1 : float[B, 4]\n}\n");
  simplify(p.graph(), p.program.tree);
  CHECK(p.broken() == "");
  return p.shown();
}

TEST_CASE("simplify: a call that changes nothing is its operand") {
  const std::string nothing = "input %x: float[B, 4]; output y = %x : float[B, 4]";
  CHECK(simplified("  %1 = reshape(%x, shape=[B, 4]) : float[B, 4]\n") == nothing);
  CHECK(simplified("  %1 = dropout(%x, p=0.5, training=false) : float[B, 4]\n") == nothing);
  CHECK(simplified("  %2 = relu(%x) : float[B, 4]\n  %1 = mul(%2, other=1) : float[B, 4]\n").find("mul") ==
        std::string::npos);
}

TEST_CASE("simplify: a call that may change a bit stays") {
  CHECK(simplified("  %1 = mul(%x, other=0) : float[B, 4]\n").find("mul(%x, other=0)") != std::string::npos);
  CHECK(simplified("  %1 = add(%x, other=0) : float[B, 4]\n").find("add(%x, other=0)") != std::string::npos);
}

}  // namespace
}  // namespace modelc::passes
