// covers: numbers.cpp sequences.cpp
#include <doctest/doctest.h>

#include "eval/builtins/table.h"
#include "tests/unit/eval/world.h"

namespace {

using namespace modelc;
using eval::shown;

TEST_CASE("lists") {
  CHECK(shown("len([1, 2])") == "2");
  CHECK(shown("len(\"abc\")") == "3");
  CHECK(shown("range(3)") == "[0, 1, 2]");
  CHECK(shown("range(4, 0, -2)") == "[4, 2]");
  CHECK(shown("zip([1, 2], [3, 4])") == "[[1, 3], [2, 4]]");
  CHECK(shown("enumerate([5, 6], start=1)") == "[[1, 5], [2, 6]]");
  CHECK(shown("reversed([1, 2])") == "[2, 1]");
  CHECK(shown("sorted([3, 1, 2])") == "[1, 2, 3]");
  CHECK(shown("sum([1, 2, 3])") == "6");
  CHECK(shown("prod([2, 3])") == "6");
  CHECK(shown("max(1, 2.5)") == "2.5");
  CHECK(shown("min([4, 3])") == "3");
  CHECK(shown("all([1, 0])") == "false");
  CHECK(shown("any([0, 2])") == "true");
  CHECK(shown("map(len, [[1], [1, 2]])") == "[1, 2]");
  CHECK(shown("defined(null)") == "false");
}

TEST_CASE("numbers") {
  CHECK(shown("int(2.9)") == "2");
  CHECK(shown("float(\"inf\")") == shown("float(\"inf\") * 2"));
  CHECK(shown("float(\"-inf\")") == shown("-inf"));
  CHECK(shown("round(2.5)") == "2");
  CHECK(shown("round(3.14159, 2)") == "3.14");
  CHECK(shown("ceil(2.1) - floor(2.9)") == "1");
  CHECK(shown("abs(-3)") == "3");
  CHECK(shown("sqrt(9.0) == 3") == "true");
  CHECK(shown("log(8, 2) == 3") == "true");
  CHECK(shown("pow(2, 3)") == "8");
  CHECK(shown("bool([])") == "false");
  CHECK(shown("str(3) + \"x\"") == "3x");
}

TEST_CASE("each function checks how many arguments it takes") {
  for (const auto table : {eval::sequence_builtins(), eval::number_builtins()}) {
    for (const eval::Builtin& one : table) {
      CAPTURE(one.name);
      CHECK(one.least <= one.most);
      if (one.least == 0) continue;
      CHECK(shown(std::string(one.name) + "()") == diag::WrongArgumentCount.row.code);
    }
  }
  CHECK(shown("range(1, 2, 3, 4)") == diag::WrongArgumentCount.row.code);
  CHECK(shown("len([1], [2])") == diag::WrongArgumentCount.row.code);
}

TEST_CASE("and of which kind") {
  CHECK(shown("range(\"a\")") == diag::BadBuiltinArgument.row.code);
  CHECK(shown("log(0)") == diag::BadBuiltinArgument.row.code);
  CHECK(shown("zip([1], [1, 2])") == diag::ZipLengths.row.code);
  CHECK(shown("len(3)") == diag::BadBuiltinArgument.row.code);
  eval::World world;
  world.names["H"] = eval::Value::of(world.table.symbol("H"));
  CHECK(world.show("range(H)") == diag::RangeOverSize.row.code);
}

TEST_CASE("with tensors the call is torch's, but a list of them is folded") {
  eval::World world;
  world.names["x"] = world.tensor({2});
  CHECK(world("exp(x)").kind == eval::Value::Tensor);
  CHECK(world("max(x, 1)").kind == eval::Value::Tensor);
  CHECK(world("sum([x, x, x])").kind == eval::Value::Tensor);
  CHECK(world("max([x, x])").kind == eval::Value::Tensor);
  CHECK(world.operations == std::vector<std::string>{"exp", "max", "add", "add", "maximum"});
}

}  // namespace
