// How a column of `synthetic` is drawn, and that every argument is checked.
#include "recipe/draws.h"

#include <doctest/doctest.h>

#include "catalogue/entry.h"
#include "tests/unit/eval/world.h"

using namespace modelc;

namespace {

/// "normal 0 1 [3, 32]", or the codes of what was reported.
std::string drawn(const std::string& text) {
  eval::World world;
  const auto draw = recipe::read_draw(world, *world.parsed(text), {});
  if (!draw) return world.codes();
  std::string shape;
  for (const std::int64_t size : draw->shape) shape += (shape.empty() ? "" : ", ") + std::to_string(size);
  return fmt::format("{} {} {} [{}]", catalogue::name_of(draw->kind), draw->a, draw->b, shape);
}

}  // namespace

TEST_CASE("what stands by position is the shape of one row, one by one or as a list") {
  CHECK(drawn("normal(3, 32)") == "normal 0 1 [3, 32]");
  CHECK(drawn("normal([3, 32], mean=2, std=0.5)") == "normal 2 0.5 [3, 32]");
  CHECK(drawn("normal()") == "normal 0 1 []");
  CHECK(drawn("randn(8)") == "normal 0 1 [8]");
  CHECK(drawn("uniform(4, low=-1, high=3)") == "uniform -1 3 [4]");
  CHECK(drawn("rand(2, 2)") == "uniform 0 1 [2, 2]");
}

TEST_CASE("the bounds of randint stand before the shape, or have their names") {
  CHECK(drawn("randint(5)") == "randint 0 5 []");
  CHECK(drawn("randint(2, 5)") == "randint 2 5 []");
  CHECK(drawn("randint(0, 100, [20])") == "randint 0 100 [20]");
  CHECK(drawn("randint(0, 100, 20, 3)") == "randint 0 100 [20, 3]");
  CHECK(drawn("randint(5, [2])") == "randint 0 5 [2]");
  CHECK(drawn("randint(high=9)") == "randint 0 9 []");
  CHECK(drawn("randint(4, low=-3, high=9)") == "randint -3 9 [4]");
  CHECK(drawn("randint(9, low=3)") == "randint 3 9 []");
}

TEST_CASE("every argument of a draw is checked") {
  CHECK(drawn("normal(0)") == "M5005");
  CHECK(drawn("normal(2.5)") == "M5004");
  CHECK(drawn("normal(3, std=-1)") == "M5005");
  CHECK(drawn("normal(3, sdt=1)") == "M5002");
  CHECK(drawn("uniform(3, low=\"a\")") == "M5004");
  CHECK(drawn("randn(3, mean=1)") == "M5002");
  CHECK(drawn("randint()") == "M5003");
  CHECK(drawn("randint([3])") == "M5003");
  CHECK(drawn("randint(5, 5)") == "M5005");
  CHECK(drawn("randint(0, 5, 0)") == "M5005");
}
