#include <doctest/doctest.h>

#include "tests/unit/eval/world.h"

namespace {

using namespace modelc;
using eval::shown;
using eval::Value;

TEST_CASE("comprehensions bind, take apart and choose") {
  CHECK(shown("[i * i for i in range(4) if i % 2 == 1]") == "[1, 9]");
  CHECK(shown("[a + b for a, b in [[1, 2], [3, 4]]]") == "[3, 7]");
  CHECK(shown("[a for a, b in [[1, 2, 3]]]") == diag::UnequalRows.row.code);
  CHECK(shown("[i for i in 3]") == diag::NotIterable.row.code);
}

TEST_CASE("`and` and `or` give the operand that decided") {
  CHECK(shown("0 or 5") == "5");
  CHECK(shown("3 and 5") == "5");
  CHECK(shown("0 and missing") == "0");
}

TEST_CASE("a condition must be decidable") {
  eval::World world;
  world.names["x"] = world.tensor({2});
  CHECK(world.show("1 if x else 2") == diag::TensorCondition.row.code);
}

TEST_CASE("arguments: spread ones take their places, a name is given once") {
  CHECK(shown("max(*[1, 7], 3)") == "7");
  // The parser reports this of what is written; here the call is put together by hand.
  auto one = std::make_shared<ast::Expr>();
  one->kind = ast::ExprKind::Int;
  one->int_value = 1;
  ast::Expr call;
  call.kind = ast::ExprKind::Call;
  call.args = {{"start", {}, one}, {"start", {}, one}};
  eval::World world;
  CHECK_FALSE(eval::evaluate_arguments(world, call, {}));
  REQUIRE(world.sink.size() == 1);
  CHECK(world.sink.sorted()[0].code == diag::DuplicateArgument.row.code);
}

TEST_CASE("nothing is evaluated once the budget is spent") {
  eval::World world;
  world.budget.steps = eval::kStepLimit;
  CHECK(world.show("1 + 1") == diag::TooManyUnrolled.row.code);
  CHECK(world.budget.exhausted);
  CHECK(world("1").is_poison());
  CHECK(world.sink.size() == 1);
}

namespace {

ast::Nesting nest(std::vector<ast::Nesting> parts) { return {std::move(parts)}; }

}  // namespace

TEST_CASE("a row that is not as long as the names is reported where it differs") {
  eval::World world;
  const support::Span rows{1, 0, 1}, row{1, 2, 3};
  CHECK_FALSE(
      eval::bind_loop(world, {{{"a", {}}, {"b", {}}}, nest({{}, {}})}, Value::of_list({Value::null()}), rows, row, {}));
  CHECK(world.sink.sorted().at(0).span == row);
  const auto bound = eval::bind_loop(world, {{{"a", {}}}, {}}, Value::of(true), rows, row, {});
  REQUIRE(bound);
  CHECK(eval::find_loop(bound->loops, "a")->value.boolean);
}

TEST_CASE("names take a value apart as they are nested") {
  eval::World world;
  const Value value = world("[1, [2, 3]]");
  const auto unheard = [](std::size_t, std::size_t) { CHECK(false); };
  const auto leaves = eval::take_apart(world, nest({{}, nest({{}, {}})}), value, {}, "names", unheard);
  REQUIRE(leaves);
  REQUIRE(leaves->size() == 3);
  CHECK(leaves->at(2).dim.constant() == 3);
  CHECK(eval::take_apart(world, {}, value, {}, "names", unheard)->size() == 1);
  std::vector<std::size_t> told;
  const auto tell = [&](std::size_t due, std::size_t found) { told = {due, found}; };
  CHECK_FALSE(eval::take_apart(world, nest({{}, nest({{}, {}, {}})}), value, {}, "names", tell));
  CHECK(told == std::vector<std::size_t>{3, 2});
}

TEST_CASE("`*` spreads a list among the items of another") {
  eval::World world;
  CHECK(world.show("[1, *[2, 3], *[]]") == "[1, 2, 3]");
  CHECK(world.show("[*range(2)]") == "[0, 1]");
  CHECK(world.show("len((*[1, 2], 3))") == "3");
  CHECK(world.show("[1, *2]").starts_with("M"));
}

}  // namespace
