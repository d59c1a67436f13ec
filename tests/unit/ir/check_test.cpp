#include "ir/check.h"

#include <doctest/doctest.h>

namespace modelc::ir {
namespace {

Bound bound(Bound::Relation relation, double number) { return {relation, number, "", {}}; }

TEST_CASE("check: a bound admits what its relation says, itself where that includes it") {
  CHECK(bound(Bound::Equal, 3).admits(3));
  CHECK_FALSE(bound(Bound::Equal, 3).admits(4));
  CHECK(bound(Bound::Below, 3).admits(2));
  CHECK_FALSE(bound(Bound::Below, 3).admits(3));
  CHECK(bound(Bound::AtMost, 3).admits(3));
  CHECK_FALSE(bound(Bound::AtMost, 3).admits(3.5));
  CHECK(bound(Bound::Above, 3).admits(3.5));
  CHECK_FALSE(bound(Bound::Above, 3).admits(3));
  CHECK(bound(Bound::AtLeast, 3).admits(3));
  CHECK_FALSE(bound(Bound::AtLeast, 3).admits(2));
}

}  // namespace
}  // namespace modelc::ir
