#include "eval/scope.h"

#include <doctest/doctest.h>

#include "eval/value.h"

namespace {

using namespace modelc;
using namespace modelc::eval;

TEST_CASE("scope: the innermost loop variable of a name is the one that is meant") {
  const Scope outer = Scope().with_loop("i", Value::of(types::Dim(1)));
  const Scope inner = outer.with_loop("j", Value::of(types::Dim(2))).with_loop("i", Value::of(types::Dim(3)));
  REQUIRE(find_loop(inner.loops, "i"));
  CHECK(find_loop(inner.loops, "i")->value.str() == "3");
  CHECK(find_loop(inner.loops, "j")->value.str() == "2");
  CHECK(find_loop(outer.loops, "i")->value.str() == "1");
  CHECK(find_loop(outer.loops, "j") == nullptr);
  CHECK(find_loop(nullptr, "i") == nullptr);
}

TEST_CASE("scope: a static one keeps its loops and sees no more than they") {
  Scope scope = Scope().with_loop("i", Value::of(types::Dim(1)));
  CHECK_FALSE(scope.is_static);
  CHECK(scope.as_static().is_static);
  CHECK(find_loop(scope.as_static().loops, "i"));
  CHECK_FALSE(scope.is_static);
  CHECK(static_scope(nullptr).is_static);
  CHECK(find_loop(static_scope(nullptr, nullptr, scope.loops).loops, "i"));
}

}  // namespace
