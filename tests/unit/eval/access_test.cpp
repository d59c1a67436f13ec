#include <doctest/doctest.h>

#include "tests/unit/eval/world.h"

namespace {

using namespace modelc;
using eval::shown;

TEST_CASE("elements and slices of lists and strings") {
  CHECK(shown("[1, 2, 3][0]") == "1");
  CHECK(shown("[1, 2, 3][-1]") == "3");
  CHECK(shown("[1, 2, 3, 4][1:3]") == "[2, 3]");
  CHECK(shown("[1, 2, 3, 4][::-1]") == "[4, 3, 2, 1]");
  CHECK(shown("[1, 2, 3][5:]") == "[]");
  CHECK(shown("\"abc\"[1]") == "b");
  CHECK(shown("\"abcd\"[::2]") == "ac");
}

TEST_CASE("what is not there") {
  CHECK(shown("[1][1]") == diag::IndexOutOfRange.row.code);
  CHECK(shown("[1][\"x\"]") == diag::NoMember.row.code);
  CHECK(shown("[1, 2][::0]") == diag::BadIndex.row.code);
  CHECK(shown("[1][0.5]") == diag::BadIndex.row.code);
  CHECK(shown("(3)[0]") == diag::NotIndexable.row.code);
}

TEST_CASE("members of a tensor") {
  eval::World world;
  world.names["x"] = world.tensor({2, 3});
  CHECK(world.show("x.shape") == "[2, 3]");
  CHECK(world.show("x.ndim") == "2");
  CHECK(world.show("x.shape[1] * 2") == "6");
  CHECK(world("x.T").kind == eval::Value::Tensor);
  CHECK(world("x[0, 1:]").kind == eval::Value::Tensor);
  CHECK(world.operations == std::vector<std::string>{"t", "_index"});
  CHECK(world.show("x.relu") == diag::NoMember.row.code);
}

TEST_CASE("a tensor is taken apart along its first dimension, if that is a number") {
  eval::World world;
  world.names["x"] = world.tensor({3, 5});
  world.names["y"] = world.tensor({world.table.symbol("B"), 5});
  CHECK(world("[row for row in x]").list->items.size() == 3);
  CHECK(world.operations == std::vector<std::string>{"select", "select", "select"});
  CHECK(world.show("[row for row in y]") == diag::TensorNotIterable.row.code);
}

}  // namespace
