#include "passes/fold_constants.h"

#include "../ir/text_program.h"

namespace modelc::passes {
namespace {

std::string folded(const std::string& nodes, const std::string& type) {
  ir::TextProgram p("model: model\ngraph evaluation {\n" + nodes + "  output y = %1 : " + type + "\n}\n");
  fold_constants(p.graph(), p.program.tree);
  CHECK(p.broken() == "");
  return p.shown();
}

TEST_CASE("fold_constants: arithmetic on tensors of one number is the number") {
  CHECK(folded("  %0 = ones(size=[2]) : float[2]\n  %1 = mul(%0, other=3.0) : float[2]\n", "float[2]")
            .find("%1 = full(size=[2], fill_value=3.0)") != std::string::npos);
}

TEST_CASE("fold_constants: what the run decides stays") {
  const std::string drawn = "  %0, @rng' = rand(@rng, size=[2]) : float[2]\n  %1 = mul(%0, other=3.0) : float[2]\n";
  const std::string shown = folded(drawn, "float[2]\n  update @rng = @rng'");
  CHECK(shown.find("other=3.0") != std::string::npos);
}

}  // namespace
}  // namespace modelc::passes
