// covers: plan.cpp
#include "plan/step_view.h"

#include "planned.h"

namespace modelc::plan {
namespace {

struct Seen {
  Plan plan;
  explicit Seen(const std::string& call, const std::string& type)
      : plan(testing::planned("program p\nsymbol B\nmodel: p\ngraph evaluation {\n  input %x: float[B, 4]\n  %1 = " +
                              call + " : " + type + "\n  output y = %1 : " + type + "\n}\n")) {}
  StepView view() const { return {plan, plan.steps.at(0)}; }
};

TEST_CASE("step_view: arguments by name, tensors as slots, the rest as values") {
  const Seen seen("reshape(%x, shape=[2*B, 2])", "float[2*B, 2]");
  const StepView view = seen.view();
  const std::string tensor = ops::Catalogue::get().function("reshape")->inputs[0].name;
  CHECK(view.is_tensor(tensor));
  CHECK(view.slot(tensor) == seen.plan.inputs[0].slot);
  CHECK(view.slots(tensor).size() == 1);
  CHECK(view.type(tensor).rank() == 2);
  REQUIRE(view.sizes("shape").size() == 2);
  CHECK_FALSE(view.sizes("shape")[0].is_constant());
  CHECK(view.sizes("shape")[1] == Size::of(2));
  CHECK(view.result_type().rank() == 2);
}

TEST_CASE("step_view: what is absent, and what is no argument at all") {
  const Seen seen("softmax(%x, dim=1)", "float[B, 4]");
  const StepView view = seen.view();
  CHECK(view.has("dim"));
  CHECK(view.attribute("dim").as_int() == 1);
  CHECK_FALSE(view.has("nothing_of_the_kind"));
  CHECK_THROWS_AS(view.argument("nothing_of_the_kind"), std::logic_error);
  CHECK_THROWS_AS(view.type("dim"), std::logic_error);
}

TEST_CASE("step_view: a size that is not known is no integer, and a step says where it stands") {
  const Seen seen("reshape(%x, shape=[2*B, 2])", "float[2*B, 2]");
  CHECK_THROWS_AS(seen.view().attribute("shape").as_list()[0].as_int(), std::logic_error);
  Step step;
  step.what = "Linear";
  CHECK(place_of(step) == "Linear");
  step.path = "net.fc";
  CHECK(place_of(step) == "Linear at net.fc");
}

}  // namespace
}  // namespace modelc::plan
