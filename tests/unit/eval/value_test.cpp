#include "eval/value.h"

#include <doctest/doctest.h>

#include "eval/scope.h"

namespace {

using namespace modelc;
using eval::Value;

TEST_CASE("values say what they are") {
  CHECK(Value::of(types::Dim(3)).describe() == "the integer 3");
  CHECK(Value::of(std::string("a")).describe() == "the string \"a\"");
  CHECK(Value::null().describe() == "null");
  CHECK(Value::of_list({Value::of(true)}, true).describe() == "a tuple of 1");
  CHECK(Value::of_list({Value::of(true)}, false, {"x"}).describe() == "a record of 1");
  CHECK(Value::of_definition(nullptr, "Linear").is_poison());
}

TEST_CASE("a list knows what is in it") {
  const Value numbers = Value::of_list({Value::of(types::Dim(1)), Value::of(types::Dim(2))});
  CHECK(numbers.is_static());
  CHECK(numbers.list->weight == 3);
  const Value nested = Value::of_list({numbers, Value::of_tensor(0)});
  CHECK_FALSE(nested.is_static());
  CHECK(nested.list->depth == 2);
  CHECK(nested.list->weight == 5);
}

TEST_CASE("a static value is a constant and back") {
  const Value list = Value::of_list({Value::of(types::Dim(1)), Value::of(2.5), Value::of(std::string("x"))});
  const auto constant = eval::to_constant(list);
  REQUIRE(constant);
  CHECK(eval::from_constant(*constant).str() == list.str());
  CHECK_FALSE(eval::to_constant(Value::of_tensor(0)));
}

TEST_CASE("the innermost loop variable is found first") {
  eval::Scope scope;
  scope = scope.with_loop("i", Value::of(types::Dim(1))).with_loop("j", Value::of(types::Dim(2)));
  const eval::Scope inner = scope.with_loop("i", Value::of(types::Dim(3)));
  CHECK(eval::find_loop(inner.loops, "i")->value.str() == "3");
  CHECK(eval::find_loop(scope.loops, "i")->value.str() == "1");
  CHECK(eval::find_loop(scope.loops, "k") == nullptr);
  CHECK(inner.as_static().is_static);
  CHECK_FALSE(inner.is_static);
}

}  // namespace
