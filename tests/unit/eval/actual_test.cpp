#include "eval/actual.h"

#include <doctest/doctest.h>

#include "world.h"

namespace {

using namespace modelc;
using namespace modelc::eval;
using catalogue::Actual;

GivenArgument argument(Value value) { return {"", std::move(value), {}, {}}; }

TEST_CASE("actual: a value is static, a tensor, several, or something else") {
  World world;
  const Value tensor = world.tensor({2});
  CHECK(actual_of(argument(Value::of(types::Dim(3)))).kind == Actual::Static);
  CHECK(actual_of(argument(Value::of(types::Dim(3)))).constant == types::Constant(3));
  CHECK(actual_of(argument(tensor)).kind == Actual::Tensor);
  CHECK(actual_of(argument(Value::of_list({tensor, tensor}))).kind == Actual::Tensors);
  CHECK(actual_of(argument(Value::of_list({tensor, Value::of(types::Dim(1))}))).kind == Actual::Other);
  CHECK(actual_of(argument(Value::poison())).kind == Actual::Poison);
}

TEST_CASE("actual: what to do with a value that fits nowhere") {
  World world;
  const Value tensor = world.tensor({2});
  CHECK(actual_of(argument(Value::of_module(0))).help == "call the module: its result is the tensor");
  CHECK(actual_of(argument(Value::of_list({tensor}, true))).help.starts_with("it is a tuple"));
  CHECK(actual_of(argument(Value::of_list({tensor}, true, {"h"}))).help == "take one of its parts: `.h`");
}

TEST_CASE("actual: arguments that do not fit leave nothing whole") {
  const catalogue::Entry& adam = catalogue::entry(catalogue::OptimizerId::Adam);
  World world;
  CHECK(bound_to(world, adam, {actual_of({"lr", Value::of(0.1), {}, {}})}, {}));
  CHECK(world.whole);
  CHECK_FALSE(bound_to(world, adam, {actual_of({"lr", Value::of(std::string("fast")), {}, {}})}, {}));
  CHECK_FALSE(world.whole);
  CHECK(world.codes() == diag::ArgumentType.row.code);
}

TEST_CASE("actual: what is not honoured yet is refused") {
  World world;
  CHECK_FALSE(refused(world, catalogue::entry(catalogue::OptimizerId::SGD), {}));
  CHECK(world.whole);
  CHECK(refused(world, catalogue::entry(catalogue::InitialiserId::Orthogonal), {}));
  CHECK_FALSE(world.whole);
}

}  // namespace
