#include "instantiate/context.h"

#include <doctest/doctest.h>

namespace {

using namespace modelc;
using namespace modelc::instantiate;

TEST_CASE("the calls in progress say which instances are active, tree by tree") {
  Tree tree, trial;
  Call root;
  root.tree = &tree;
  root.instance = 0;
  Call inner;
  inner.outer = &root;
  inner.tree = &trial;
  inner.instance = 3;
  CHECK(inner.is_active(tree, 0));
  CHECK(inner.is_active(trial, 3));
  CHECK_FALSE(inner.is_active(tree, 3));
  CHECK_FALSE(root.is_active(trial, 3));
}

}  // namespace
