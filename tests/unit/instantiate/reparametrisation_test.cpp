#include "instantiate/reparametrisation.h"

#include <doctest/doctest.h>

#include "tests/unit/trace/program.h"

namespace modelc {
namespace {

std::string tensors_of(const std::string& definition) {
  const Program p("inputs:\n  x: float[B, 4]\nmodules:\n  fc: " + definition + "\nforward: fc(x)\n");
  if (!p.reports().empty()) return p.codes();
  std::string all;
  for (const ir::Tensor& one : p.ir().tree.find("fc")->tensors)
    all += (all.empty() ? "" : " ") + one.name + ":" + one.type.str() + (one.buffer ? " buffer" : "");
  return all;
}

TEST_CASE("reparametrisation: the tensors of PyTorch, in its order") {
  CHECK(tensors_of("weight_norm(Linear(3))") == "bias:float[3] weight_g:float[3, 1] weight_v:float[3, 4]");
  CHECK(tensors_of("spectral_norm(Linear(3))") ==
        "bias:float[3] weight_orig:float[3, 4] weight_u:float[3] buffer weight_v:float[4] buffer");
  CHECK(tensors_of("weight_norm(Linear(3), name=\"bias\")").find("bias_g") != std::string::npos);
}

TEST_CASE("reparametrisation: only a definition that has the tensor takes it") {
  CHECK(tensors_of("weight_norm(3)") != "");
  CHECK(tensors_of("weight_norm(Linear(3), name=\"wieght\")") == diag::NoMember.row.code);
  CHECK(tensors_of("spectral_norm(ReLU)") == diag::NoMember.row.code);
}

TEST_CASE("reparametrisation: by name") {
  CHECK(instantiate::reparametrisation_named("weight_norm"));
  CHECK(instantiate::reparametrisation_named("relu") == nullptr);
}

}  // namespace
}  // namespace modelc
