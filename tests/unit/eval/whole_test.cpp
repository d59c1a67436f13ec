// covers: evaluate.cpp
// What is made is whole as long as no value of it is poison, no part is missing and no check has failed.
#include <doctest/doctest.h>

#include "eval/unroll.h"
#include "world.h"

namespace {

using namespace modelc;
using namespace modelc::eval;

bool whole_after(const std::string& text) {
  World world;
  world(text);
  return world.whole;
}

TEST_CASE("whole: values say so themselves") {
  CHECK(whole_after("1 + 2 * 3"));
  CHECK(whole_after("[x for x in range(3)]"));
  CHECK_FALSE(whole_after("1 // 0"));
  CHECK_FALSE(whole_after("[1, gone]"));
  CHECK_FALSE(whole_after("1 if gone else 2"));
}

TEST_CASE("whole: what others told the sink takes no part") {
  World world;
  world.sink.report({}, diag::EmptyDocument);
  world("1 + 2");
  CHECK(world.whole);
}

TEST_CASE("whole: a name that cannot be made, a row that cannot be taken apart") {
  World text;
  CHECK_FALSE(text_of(text, text.parsed("3"), {}));
  CHECK_FALSE(text.whole);
  World rows;
  CHECK_FALSE(elements(rows, Value::of(types::Dim(3)), {}, "`for`"));
  CHECK_FALSE(rows.whole);
  World condition;
  CHECK_FALSE(decide(condition, condition.parsed("gone"), {}));
  CHECK_FALSE(condition.whole);
}

}  // namespace
