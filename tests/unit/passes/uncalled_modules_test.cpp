#include "passes/uncalled_modules.h"

#include "../ir/text_program.h"

namespace modelc::passes {
namespace {

/// What is said of a module that stands so in the tree.
std::string told(const std::string& module, bool& usable) {
  ir::TextProgram p("model: model\n" + module +
                    "graph evaluation {\n  input %x: float[B, 4]\n  output y = %x : float[B, 4]\n}\n");
  diagnostics::Sink sink;
  usable = uncalled_modules(p.program, sink);
  std::string all;
  for (const auto& d : sink.sorted()) all += (all.empty() ? "" : "; ") + d.message;
  return all;
}

TEST_CASE("uncalled_modules: one without sizes is a warning, one whose sizes would follow an error") {
  bool usable = false;
  CHECK(told("  act: ReLU(inplace=false) uncalled\n", usable) == "`act` is never called");
  CHECK(usable);
  CHECK(told("  fc: Linear(in_features=4, out_features=4, bias=false) uncalled\n", usable)
            .starts_with("`fc` is never called, so its sizes"));
  CHECK_FALSE(usable);
}

TEST_CASE("uncalled_modules: what is called, and what a list only holds, is not spoken of") {
  bool usable = false;
  CHECK(told("  act: ReLU(inplace=false)\n  all: ModuleList list\n", usable) == "");
  CHECK(usable);
}

}  // namespace
}  // namespace modelc::passes
