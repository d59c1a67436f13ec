#include "eval/unroll.h"

#include <doctest/doctest.h>

#include "tests/unit/eval/world.h"

namespace {

using namespace modelc;
using Block = ast::Block<int>;

ast::ExprPtr expression(eval::World& world, const std::string& text) {
  ast::Node node;
  node.kind = ast::NodeKind::Scalar;
  node.text = text;
  for (std::uint32_t i = 0; i <= text.size(); ++i) node.offsets.push_back(i);
  node.span = {1, 0, static_cast<std::uint32_t>(text.size())};
  return syntax::parse_expression(syntax::Text(node), world.sink);
}

ast::Item<int> entry(const std::string& name, int value, int generation = 0) {
  ast::Item<int> item;
  item.name.text = name;
  item.value = value;
  item.generation = generation;
  return item;
}

struct Unrolled {
  std::string entries;
  std::string untaken;
  bool complete = true;
};

Unrolled unrolled(eval::World& world, const Block& block) {
  Unrolled result;
  result.complete = eval::unroll_block(
      world, block, eval::Scope{},
      [&](const ast::Item<int>& item, const std::string& name, const eval::Scope& scope) {
        const auto* loop = eval::find_loop(scope.loops, "i");
        result.entries += name + std::to_string(item.value) + (loop ? "@" + loop->value.str() : "") + " ";
      },
      [&](const ast::Item<int>& item) { result.untaken += item.name.text + " "; });
  return result;
}

TEST_CASE("a `for` is one entry for each turn") {
  eval::World world;
  ast::Item<int> loop;
  loop.kind = ast::ItemKind::For;
  loop.variables.names.emplace_back().text = "i";
  loop.iterable = expression(world, "range(3)");
  loop.body.push_back(entry("a", 1));
  const auto result = unrolled(world, {loop, entry("b", 2)});
  CHECK(result.entries == "a1@0 a1@1 a1@2 b2 ");
  CHECK(result.complete);
}

TEST_CASE("one branch of an `if` is taken, the others are told") {
  eval::World world;
  ast::Item<int> choice;
  choice.kind = ast::ItemKind::If;
  choice.branches.push_back({expression(world, "1 > 2"), {entry("a", 1)}, {}});
  choice.branches.push_back({expression(world, "2 > 1"), {entry("b", 2)}, {}});
  choice.branches.push_back({nullptr, {entry("c", 3)}, {}});
  const auto result = unrolled(world, {choice});
  CHECK(result.entries == "b2 ");
  CHECK(result.untaken == "a c ");
}

TEST_CASE("what cannot be unrolled leaves the block incomplete") {
  eval::World world;
  ast::Item<int> loop;
  loop.kind = ast::ItemKind::For;
  loop.variables.names.emplace_back().text = "i";
  loop.iterable = expression(world, "3");
  loop.body.push_back(entry("a", 1));
  const auto result = unrolled(world, {loop, entry("b", 2)});
  CHECK(result.entries == "b2 ");
  CHECK_FALSE(result.complete);
  CHECK(world.incomplete == 1);
}

TEST_CASE("the turns of all loops together are limited") {
  eval::World world;
  world.budget.unrolled = eval::kUnrollLimit - 1;
  ast::Item<int> loop;
  loop.kind = ast::ItemKind::For;
  loop.variables.names.emplace_back().text = "i";
  loop.iterable = expression(world, "range(3)");
  loop.body.push_back(entry("a", 1));
  CHECK(unrolled(world, {loop}).entries == "a1@0 ");
  CHECK(world.sink.sorted().at(0).code == diag::TooManyUnrolled.row.code);
}

TEST_CASE("what an inheriting file states again stands in the place of what it replaces") {
  eval::World world;
  std::string entries;
  eval::unroll(world, Block{entry("a", 1), entry("b", 2), entry("a", 3, 1)}, eval::Scope{},
               [&](const ast::Item<int>& item, const std::string& name, const eval::Scope&) {
                 entries += name + std::to_string(item.value) + " ";
               });
  CHECK(entries == "a3 b2 ");
}

TEST_CASE("an entry of a flat list stands for each turn of its guards") {
  eval::World world;
  ast::Guard loop;
  loop.variables.names.emplace_back().text = "i";
  loop.iterable = expression(world, "[1, 2, 3]");
  ast::Guard odd;
  odd.condition = expression(world, "i % 2 == 1");
  std::string turns;
  eval::guarded(world, {loop, odd}, eval::Scope{},
                [&](const eval::Scope& scope) { turns += eval::find_loop(scope.loops, "i")->value.str() + " "; });
  CHECK(turns == "1 3 ");
}

}  // namespace
