#include "ir/module_tree.h"

#include "text_program.h"

namespace modelc::ir {
namespace {

TEST_CASE("module_tree: a module is found by its path") {
  TextProgram p(kTwoLayers);
  const ModuleTree& tree = p.program.tree;
  CHECK(tree.find("")->type == "model");
  CHECK(tree.find("fc")->type == "Linear");
  CHECK(tree.find("fc.weight") == nullptr);
  CHECK(tree.find("gone") == nullptr);
  CHECK(ModuleTree().find("") == nullptr);
}

TEST_CASE("module_tree: the order of the state_dict, and the keys in it") {
  ModuleTree tree;
  tree.modules.resize(4);
  for (const ModuleId id : {1u, 2u, 3u}) tree.modules[id].path = tree.modules[id].name = std::string(1, char('a' + id));
  tree.modules[0].children = {3, 1};
  tree.modules[1].children = {2};
  CHECK(in_order(tree) == std::vector<ModuleId>{0, 3, 1, 2});
  CHECK(in_order({}).empty());
  Tensor weight;
  weight.name = "weight";
  CHECK(key_of(tree.modules[0], weight) == "weight");
  CHECK(key_of(tree.modules[2], weight) == "c.weight");
}

}  // namespace
}  // namespace modelc::ir
