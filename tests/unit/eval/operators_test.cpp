#include <doctest/doctest.h>

#include "tests/unit/eval/world.h"

namespace {

using namespace modelc;
using eval::shown;

TEST_CASE("numbers as Python has them") {
  CHECK(shown("7 // 2") == "3");
  CHECK(shown("-7 // 2") == "-4");
  CHECK(shown("-7 % 3") == "2");
  CHECK(shown("7 / 2") == "3.5");
  CHECK(shown("2 ** 10") == "1024");
  CHECK(shown("2 ** -1") == "0.5");
  CHECK(shown("1 + true") == "2");
  CHECK(shown("not 0") == "true");
  CHECK(shown("~5") == "-6");
  CHECK(shown("6 & 3 | 8") == "10");
  CHECK(shown("1 < 2 < 3") == "true");
  CHECK(shown("1 if 2 > 3 else 4") == "4");
}

TEST_CASE("strings and lists") {
  CHECK(shown("\"a\" + \"b\" * 2") == "abb");
  CHECK(shown("[1] + [2] * 2") == "[1, 2, 2]");
  CHECK(shown("2 in [1, 2]") == "true");
  CHECK(shown("\"b\" not in \"abc\"") == "false");
  CHECK(shown("[1, [2]] == [1, [2]]") == "true");
}

TEST_CASE("what has no meaning is reported and poison") {
  CHECK(shown("1 // 0") == diag::DivisionByZero.row.code);
  CHECK(shown("1 + \"a\"") == diag::BadOperands.row.code);
  CHECK(shown("-\"a\"") == diag::BadUnary.row.code);
  CHECK(shown("2 ** 200") == diag::IntegerOverflow.row.code);
  CHECK(shown("missing + 1") == diag::UnknownName.row.code);  // once
}

TEST_CASE("sizes are compared under what is known of them") {
  eval::World world;
  const types::Dim h = world.table.symbol("H");
  world.names["H"] = eval::Value::of(h);
  CHECK(world.show("H >= 1") == "true");
  CHECK(world.show("2 * H + 1") == (h * 2 + 1).str());
  CHECK(world.show("H > 4") == diag::CannotDecide.row.code);
  eval::World told;
  const types::Dim w = told.table.symbol("W");
  told.names["W"] = eval::Value::of(w);
  told.known.assume(w, types::Relation::AtLeast, 8, {});
  CHECK(told.show("W > 4") == "true");
}

TEST_CASE("where a tensor takes part the operation is the run-time one's") {
  eval::World world;
  world.names["x"] = world.tensor({2, 3});
  CHECK(world("x + 1").kind == eval::Value::Tensor);
  CHECK(world("-x").kind == eval::Value::Tensor);
  CHECK(world("2 <= x").kind == eval::Value::Tensor);
  CHECK(world("x @ x").kind == eval::Value::Tensor);
  CHECK(world.operations == std::vector<std::string>{"add", "neg", "le", "matmul"});
  CHECK(world("x == null").str() == "false");
  CHECK_FALSE(world.sink.has_errors());
}

}  // namespace
