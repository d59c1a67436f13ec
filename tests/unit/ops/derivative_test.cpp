#include "ops/derivative.h"

#include <doctest/doctest.h>

#include "ops/op.h"

using namespace modelc;
using namespace modelc::ops;

TEST_CASE("derivatives: every rule is one of a function of the catalogue, and so is the form that saves") {
  std::size_t count = 0;
  for (const auto& family :
       {elementwise_derivatives(), activation_derivatives(), product_derivatives(), shape_derivatives(),
        reduction_derivatives(), loss_derivatives(), window_derivatives(), normalization_derivatives()})
    for (const DerivativeRow& row : family) {
      CAPTURE(row.op);
      ++count;
      const Op* op = Catalogue::get().function(row.op);
      REQUIRE(op);
      CHECK(static_cast<bool>(row.rule));
      CHECK_FALSE(op->has(Trait::StopsGradient));
      CHECK(derivative_of(row.op) != nullptr);
      if (row.saving.empty()) continue;
      const Op* saving = Catalogue::get().function(row.saving);
      REQUIRE(saving);
      REQUIRE(saving->inputs.size() == op->inputs.size());
      for (std::size_t i = 0; i < op->inputs.size(); ++i) CHECK(saving->inputs[i].name == op->inputs[i].name);
      CHECK(saving->writes.inputs == op->writes.inputs);
    }
  CHECK(count > 100);
  CHECK(derivative_of("erfinv") == nullptr);
}
