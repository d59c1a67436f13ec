// Programs put together by hand, for tests of the runtime without the front end.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "ir/builder.h"
#include "ir/ir.h"

namespace modelc::testing {

struct GraphBuilder {
  ir::Program program;
  ir::Graph graph;

  GraphBuilder() { program.tree.modules.emplace_back(); }

  ir::ModuleId module(const std::string& name, const std::string& type, std::vector<ir::Tensor> tensors,
                      std::vector<std::pair<std::string, types::Constant>> args = {}, ir::ModuleId parent = 0) {
    const auto id = static_cast<ir::ModuleId>(program.tree.modules.size());
    ir::Module module;
    module.name = name;
    const std::string& above = program.tree.modules[parent].path;
    module.path = above.empty() ? name : above + "." + name;
    module.type = type;
    module.kind = ir::ModuleKind::Operator;
    module.parent = parent;
    module.tensors = std::move(tensors);
    module.args = std::move(args);
    program.tree.modules.push_back(std::move(module));
    program.tree.modules[parent].children.push_back(id);
    return id;
  }

  static ir::Tensor tensor(const std::string& name, std::vector<types::Dim> shape, ops::Init init, bool buffer = false,
                           types::DType dtype = types::DType::Float32) {
    ir::Tensor t;
    t.name = name;
    t.type = {dtype, std::move(shape)};
    t.init = std::move(init);
    t.buffer = buffer;
    return t;
  }

  ir::Operand input(const std::string& name, types::TensorType type) {
    return ir::Operand::of(ir::add_input(graph, name, std::move(type)));
  }

  /// Results of the operator's rule; new states follow them in the graph.
  std::vector<ir::Operand> node(const std::string& op, std::vector<ir::Operand> operands,
                                std::vector<types::TensorType> results, ir::ModuleId module = ir::kNone) {
    ir::Node n = ir::call_of(ops::Catalogue::get().id(op));
    n.module = module;
    const ops::Op& declared = ir::op_of(n);
    for (std::size_t i = 0; i < operands.size(); ++i) ir::give(n, i, operands[i]);
    for (std::size_t i = 0; i < declared.inputs.size(); ++i)
      if (declared.inputs[i].name == "training" && n.attributes[i].is_null()) n.attributes[i] = graph.training;
    n.training = graph.training;
    n.span = {1, static_cast<std::uint32_t>(graph.nodes.size()), static_cast<std::uint32_t>(graph.nodes.size() + 1)};
    if (module != ir::kNone) n.path = program.tree.modules[module].path;
    std::vector<types::Type> types;
    for (types::TensorType& type : results) types.push_back(types::Type::of(std::move(type)));
    std::vector<ir::Operand> out;
    for (const ir::ValueId v : ir::append(graph, std::move(n), types))
      if (out.size() < types.size()) out.push_back(ir::Operand::of(v));
    return out;
  }

  /// A function of one result, its missing operands filled in with the declared defaults.
  ir::Operand call(const std::string& op, std::vector<ir::Operand> operands, types::TensorType result) {
    const ops::Op* declared = ops::Catalogue::get().function(op);
    for (std::size_t i = operands.size(); i < declared->inputs.size(); ++i) {
      operands.push_back(ir::Operand::of(declared->inputs[i].default_value));
    }
    return node(op, std::move(operands), {std::move(result)})[0];
  }
};

inline ir::Operand constant(types::Constant value) { return ir::Operand::of(std::move(value)); }

}  // namespace modelc::testing
