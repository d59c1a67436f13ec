#include "passes/compare.h"

#include "../ir/text_program.h"

namespace modelc::passes {
namespace {

/// The computation of a program over a table of sizes that is gone when it is compared.
Computation outlined(const std::string& act, const std::string& node) {
  ir::TextProgram p("model: model\n  act: " + act + "\ngraph evaluation {\n  input %x: float[B, 4]\n  %1 = " + node +
                    " : float[B, 4]\n  output y = %1 : float[B, 4]\n}\n");
  return computation_of(p.program);
}

TEST_CASE("compare: the same model, though its sizes live elsewhere") {
  const Computation one = outlined("Softmax(dim=1)", "softmax(%x, dim=1)");
  CHECK_FALSE(difference(one, outlined("Softmax(dim=1)", "softmax(%x, dim=1)")));
}

TEST_CASE("compare: what acts in training only makes no difference") {
  const Computation one = outlined("Dropout(p=0.5, inplace=false)", "relu(%x)");
  CHECK_FALSE(difference(one, outlined("Dropout(p=0.1, inplace=false)", "relu(%x)")));
}

TEST_CASE("compare: a module with other arguments, or that only one of them has") {
  const Computation own = outlined("Softmax(dim=1)", "relu(%x)"), stored = outlined("Softmax(dim=0)", "relu(%x)");
  CHECK(difference(own, stored) == "`act` is Softmax(dim=1), in the checkpoint Softmax(dim=0)");
  Computation less = own;
  less.modules.clear();
  CHECK(difference(own, less) == "`act` is Softmax(dim=1) and is not in the checkpoint");
  CHECK(difference(less, own) == "the checkpoint has `act`, Softmax(dim=1)");
}

TEST_CASE("compare: the same modules, called otherwise") {
  const Computation own = outlined("Softmax(dim=1)", "relu(%x)"), stored = outlined("Softmax(dim=1)", "exp(%x)");
  const auto found = difference(own, stored);
  REQUIRE(found);
  CHECK(found->starts_with("its dataflow computes `relu("));
}

}  // namespace
}  // namespace modelc::passes
