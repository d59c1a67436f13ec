#include "passes/unreached_parameters.h"

#include "../ir/text_program.h"

namespace modelc::passes {
namespace {

std::string told(const std::string& loss, bool& usable) {
  ir::TextProgram p(
      "model: model\n  fc: Linear(in_features=4, out_features=4, bias=false)\n    parameter weight: "
      "float[4, 4] = zeros\ngraph training {\n  input %x: float[B, 4]\n  %1 = linear(%x, @fc.weight) : "
      "float[B, 4] at fc\n  %2 = mean(" +
      loss +
      ") : float[]\n  output y = %1 : float[B, 4]\n  loss loss = "
      "%2 : float[]\n}\n");
  diagnostics::Sink sink;
  usable = unreached_parameters(p.program, sink);
  std::string codes;
  for (const auto& d : sink.sorted()) codes += (codes.empty() ? "" : " ") + std::string(d.code);
  return codes;
}

TEST_CASE("unreached_parameters: a loss that reaches all says nothing") {
  bool usable = false;
  CHECK(told("%1", usable) == "");
  CHECK(usable);
}

TEST_CASE("unreached_parameters: a loss that reaches none is an error") {
  bool usable = true;
  CHECK(told("%x", usable) == "M4060 M4061");
  CHECK_FALSE(usable);
}

}  // namespace
}  // namespace modelc::passes
