// Parameters that follow others, of descriptions that exist in memory only.
#include "recipe/following.h"

#include <doctest/doctest.h>

#include "tests/unit/trace/program.h"

using namespace modelc;

namespace {

struct Following : Program {
  explicit Following(const std::string& turn, const std::string& slow = "Linear(3)")
      : Program("inputs: {x: \"float[B, 4]\"}\nmodules: {slow: " + slow +
                ", fast: Linear(3)}\nforward: {a: fast(x), b: slow(x)}\ndata: {train: synthetic(8)}\ntrain:\n  steps: "
                "3\n  turns:\n    main: {minimize: \"mse_loss(a, detach(b))\", update: fast, optimizer: SGD}\n    "
                "target: " +
                turn + "\n") {}
  const ir::Turn& target() const { return out->elaborated.recipe.training.turns.at(1); }
};

}  // namespace

TEST_CASE("what follows starts alike, is frozen, and is moved instead of minimised") {
  const Following p("{update: slow, average: fast, decay: 0.9, every: 2}");
  REQUIRE(p.reports() == "");
  const ir::Following& follows = p.target().follows;
  REQUIRE(follows.pairs.size() == 2);
  CHECK(follows.pairs[0] == std::pair<std::string, std::string>{"slow.weight", "fast.weight"});
  CHECK(follows.decay == 0.9);
  CHECK(p.target().every == 2);
  CHECK_FALSE(p.tensor("slow", "weight")->trainable);
  CHECK(p.tensor("fast", "weight")->trainable);
  CHECK(p.tensor("fast", "weight")->same_as == "slow.weight");  // which is drawn first
  CHECK(p.ir().graphs.front().losses.size() == 1);
}

TEST_CASE("what cannot follow is told why") {
  CHECK(Following("{update: slow, average: fast}", "Linear(2)").reports().find("M8355") != std::string::npos);
  CHECK(Following("{update: slow, average: fast}", "[Linear(4), Linear(3)]").codes().find("M8355") !=
        std::string::npos);
  CHECK(Following("{update: slow, average: slow}").codes().find("M8355") != std::string::npos);
  CHECK(Following("{average: fast}").codes().find("M8313") != std::string::npos);
  CHECK(Following("{update: slow, average: \"f*\"}").codes().find("M8310") != std::string::npos);
  CHECK(Following("{update: slow, average: fast, optimizer: SGD}").codes().find("M8314") != std::string::npos);
  CHECK(Following("{update: slow, average: fast, decay: 1}").codes().find("M8312") != std::string::npos);
}
