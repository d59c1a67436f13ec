// What one batch gives the next, of descriptions that exist in memory only.
#include "recipe/carry.h"

#include <doctest/doctest.h>

#include "tests/unit/trace/program.h"

using namespace modelc;

namespace {

struct Carry : Program {
  explicit Carry(const std::string& carry, const std::string& state = "(float[1, B, 5], float[1, B, 5]) = null",
                 const std::string& source = "synthetic(8, shuffle=false)")
      : Program("inputs:\n  x: float[B, T, 4]\n  state: " + state +
                "\nmodules:\n  lstm: LSTM(5, batch_first=true)\nforward:\n  - y, last: lstm(x, state)\noutputs: "
                "{y: y, last: last}\ndata: {train: '" +
                source + "'}\nloss: y.mean()\ntrain: {steps: 1, optimizer: SGD, carry: " + carry + "}\n") {}
  const std::vector<ir::Carried>& carried() const { return out->elaborated.recipe.training.batching.carry; }
};

}  // namespace

TEST_CASE("an output goes into an input of its type, optional or not") {
  const Carry p("{state: last}");
  CHECK(p.reports() == "");
  REQUIRE(p.carried().size() == 1);
  CHECK(p.carried()[0].input == "state");
  CHECK(p.carried()[0].output == "last");
  // Nothing need feed what is carried.
  CHECK(Carry("{state: last}", "(float[1, B, 5], float[1, B, 5])").reports() == "");
}

TEST_CASE("what is carried must be there and fit") {
  CHECK(Carry("{stat: last}").codes() == "M8351");
  CHECK(Carry("{state: lst}").codes() == "M8351");
  CHECK(Carry("{state: y}").codes() == "M8352");
  CHECK(Carry("[state, last]").codes() == "M8310");
  CHECK(Carry("{state: [last]}").codes() == "M8310");
}

TEST_CASE("the sizes before the first batch are those of other inputs") {
  const std::string model =
      "inputs:\n  x: float[B, 4]\n  sum: \"float[B, C]\"\nmodules: {fc: Linear(4)}\nforward: {y: fc(x), next: sum * "
      "0.5}\noutputs: [y, next]\ndata: {train: 'synthetic(8, shuffle=false)'}\nloss: y.mean() + next.mean()\ntrain: "
      "{steps: 1, optimizer: SGD, carry: {sum: next}}\n";
  CHECK(Program(model).codes() == "M8353");
}

TEST_CASE("shuffled rows go on nowhere") {
  CHECK(Carry("{state: last}", "(float[1, B, 5], float[1, B, 5]) = null", "synthetic(8)").codes() == "M8354");
}
