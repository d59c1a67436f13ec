#include "passes/order_modules.h"

#include "../ir/text_program.h"
#include "ir/builder.h"

namespace modelc::passes {
namespace {

using namespace modelc::ir;  // NOLINT

/// The modules in the order in which calls found them: root, b, a, a.0, b.0.
ir::Program as_called() {
  ir::Program program;
  const auto add = [&](const std::string& path, ir::ModuleId parent) {
    ir::Module module;
    module.path = path;
    module.name = path.substr(path.rfind('.') + 1);
    module.parent = parent;
    ir::Tensor& tensor = module.tensors.emplace_back();
    tensor.name = "w";
    tensor.type = {types::DType::Float32, {types::Dim(2)}};
    program.tree.modules.push_back(module);
    if (parent != ir::kNone)
      program.tree.modules[parent].children.push_back(static_cast<ir::ModuleId>(program.tree.modules.size() - 1));
  };
  add("", ir::kNone);
  add("a", 0);
  add("b", 0);
  add("b.0", 2);
  add("a.0", 1);
  return program;
}

TEST_CASE("order_modules: the order of the state_dict, children after their parent") {
  types::DimTable table;
  const types::DimTable::Scope scope(table);
  ir::Program program = as_called();
  order_modules(program);
  std::string paths;
  for (const ir::Module& module : program.tree.modules) paths += module.path + " ";
  CHECK(paths == " a a.0 b b.0 ");
  CHECK(verify(program).empty());
}

TEST_CASE("order_modules: nodes and values name the same modules as before") {
  types::DimTable table;
  const types::DimTable::Scope scope(table);
  ir::Program program = as_called();
  for (auto* graphs : {&program.graphs, &program.initial_graphs}) {
    ir::Graph& graph = graphs->emplace_back();
    ir::Node node = call_of(ops::Catalogue::get().id("relu"));
    give(node, 0, Operand::of(add_tensor(graph, program.tree, 3, 0)));
    node.module = 4;
    append(graph, node, {graph.values[0].type});
    tidy(graph);
  }
  order_modules(program);
  for (const ir::Graph& graph : {program.graphs[0], program.initial_graphs[0]}) {
    CHECK(program.tree.modules[graph.nodes[0].module].path == "a.0");
    CHECK(program.tree.modules[graph.values[graph.nodes[0].operands[0].value].source].path == "b.0");
  }
  CHECK(verify(program).empty());
}

TEST_CASE("order_modules: what is in order stays, and nothing is in order") {
  types::DimTable table;
  const types::DimTable::Scope scope(table);
  ir::Program program = as_called();
  order_modules(program);
  const std::string once = print(program.tree);
  order_modules(program);
  CHECK(print(program.tree) == once);
  ir::Program empty;
  order_modules(empty);
  CHECK(empty.tree.modules.empty());
}

}  // namespace
}  // namespace modelc::passes
