#include "instantiate/tree.h"

#include <doctest/doctest.h>

#include "support/dotted_path.h"

namespace {

using namespace modelc;
using namespace modelc::instantiate;

/// A root with `a` and, below it, `b`.
Tree small() {
  Tree tree;
  const char* names[] = {"", "a", "b"};
  const char* paths[] = {"", "a", "a.b"};
  for (int i = 0; i < 3; ++i) {
    tree.instances.emplace_back();
    tree.instances.back().module = static_cast<ir::ModuleId>(i);
    tree.ir.modules.emplace_back();
    tree.ir.modules.back().name = names[i];
    tree.ir.modules.back().path = paths[i];
    tree.ir.modules.back().type = i == 2 ? "Linear" : "Sequential";
  }
  tree.ir.modules[1].parent = 0;
  tree.ir.modules[2].parent = 1;
  tree.ir.modules[0].children = {1};
  tree.ir.modules[1].children = {2};
  tree.instances[0].children.add("a", 1);
  tree.instances[1].children.add("b", 2);
  return tree;
}

TEST_CASE("places are found by path") {
  Tree tree = small();
  CHECK(child(tree, 0, "a") == std::optional<InstanceId>(1));
  CHECK_FALSE(child(tree, 0, "b"));
  CHECK(at_path(tree, 0, "a.b") == std::optional<InstanceId>(2));
  CHECK_FALSE(at_path(tree, 0, "a.c"));
  CHECK(type_at(tree, "a.b") == "Linear");
  CHECK(type_at(tree, "c").empty());
  CHECK(module_of(tree, 2).path == "a.b");
  CHECK(support::joined_path("", "x") == "x");
  CHECK(support::joined_path("a", "") == "a");
  CHECK(support::joined_path("a", "x") == "a.x");
}

TEST_CASE("a tree is a value, and an instance stays where it is while more are made") {
  Tree tree = small();
  const Tree copy = tree;
  Instance& first = tree.instances[0];
  for (int i = 0; i < 1000; ++i) tree.instances.emplace_back();
  first.broken = true;
  CHECK(tree.instances[0].broken);
  CHECK(copy.instances.size() == 3);
  CHECK_FALSE(copy.instances[0].broken);
}

TEST_CASE("a definition as a value shows its type") {
  auto definition = std::make_shared<Definition>();
  definition->type_name = "Linear";
  const Value value = value_of(definition);
  CHECK(value.kind == Value::Def);
  CHECK(value.str() == "Linear");
  CHECK(value_of(nullptr).is_poison());
}

TEST_CASE("a stated argument has its own place, any other that of the definition") {
  auto definition = std::make_shared<Definition>();
  definition->op = ops::Catalogue::get().module("Linear");
  definition->span = {1, 0, 9};
  Instance instance;
  instance.definition = definition;
  REQUIRE(definition->op->args.size() > 1);
  instance.argument_spans.assign(definition->op->args.size(), Span{});
  instance.argument_spans[1] = {1, 3, 5};
  CHECK(instance.argument_span(definition->op->args[1].name) == Span{1, 3, 5});
  CHECK(instance.argument_span(definition->op->args[0].name) == Span{1, 0, 9});
}

}  // namespace
