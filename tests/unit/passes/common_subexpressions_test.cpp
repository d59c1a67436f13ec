#include "passes/common_subexpressions.h"

#include "../ir/text_program.h"

namespace modelc::passes {
namespace {

std::string shown(const std::string& nodes) {
  ir::TextProgram p("model: model\ngraph evaluation {\n  input %x: float[B, 4]\n" + nodes +
                    "  output y = %3 : float[B, 4]\n}\n");
  common_subexpressions(p.graph(), p.program.tree);
  CHECK(p.broken() == "");
  return p.shown();
}

TEST_CASE("common_subexpressions: the same call of the same operands is made once") {
  CHECK(shown("  %1 = relu(%x) : float[B, 4]\n  %2 = relu(%x) : float[B, 4]\n  %3 = add(%1, %2) : float[B, 4]\n") ==
        "input %x: float[B, 4]; %1 = relu(%x) : float[B, 4]; %2 = add(%1, %1) : float[B, 4]; output y = %2 : float[B, "
        "4]");
}

TEST_CASE("common_subexpressions: another attribute or another operand is another call") {
  const std::string other =
      "  %1 = mul(%x, other=2) : float[B, 4]\n  %2 = mul(%x, other=3) : float[B, 4]\n  %3 = add(%1, %2) : float[B, "
      "4]\n";
  CHECK(shown(other).find("add(%1, %2)") != std::string::npos);
}

}  // namespace
}  // namespace modelc::passes
