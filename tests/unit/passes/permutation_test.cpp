#include "passes/permutation.h"

#include "../ir/text_program.h"

namespace modelc::passes {
namespace {

using Order = std::vector<std::size_t>;

std::optional<Order> order(const std::string& call, const std::string& type) {
  ir::TextProgram p("model: model\ngraph evaluation {\n  input %x: float[2, 3, 4]\n  %1 = " + call + " : " + type +
                    "\n  output y = %1 : " + type + "\n}\n");
  return permutation_of(p.graph(), p.graph().nodes.at(0));
}

TEST_CASE("permutation: where each dimension of the result comes from") {
  CHECK(order("permute(%x, dims=[2, 0, 1])", "float[4, 2, 3]") == Order{2, 0, 1});
  CHECK(order("transpose(%x, dim0=0, dim1=-1)", "float[4, 3, 2]") == Order{2, 1, 0});
  CHECK(order("permute(%x, dims=[0, 1, 2])", "float[2, 3, 4]") == Order{0, 1, 2});
}

TEST_CASE("permutation: the sizes themselves say nothing") {
  ir::TextProgram p(
      "model: model\ngraph evaluation {\n  input %x: float[3, 3]\n  %1 = transpose(%x, dim0=0, dim1=1) : float[3, 3]\n "
      " "
      "output y = %1 : float[3, 3]\n}\n");
  CHECK(permutation_of(p.graph(), p.graph().nodes.at(0)) == Order{1, 0});
}

}  // namespace
}  // namespace modelc::passes
