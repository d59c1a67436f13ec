// Programs put together by hand, for tests of the runtime without the front end.
#pragma once

#include <string>
#include <utility>
#include <vector>

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
    ir::ValueInfo info;
    info.kind = ir::ValueKind::Input;
    info.type = types::Type::of(type);
    info.name = name;
    info.source = static_cast<std::uint32_t>(graph.inputs.size());
    const ir::ValueId value = add(info);
    ir::Input in;
    in.name = name;
    in.type = types::Type::of(std::move(type));
    in.value = value;
    graph.inputs.push_back(std::move(in));
    return ir::Operand::of(value);
  }

  std::vector<ir::Operand> node(const std::string& op, std::vector<ir::Operand> operands,
                                std::vector<types::TensorType> results, ir::ModuleId module = ir::kNone) {
    ir::Node n;
    n.op = op;
    n.module = module;
    n.operands = std::move(operands);
    n.training = graph.training;
    n.span = {1, static_cast<std::uint32_t>(graph.nodes.size()), static_cast<std::uint32_t>(graph.nodes.size() + 1)};
    if (module != ir::kNone) n.path = program.tree.modules[module].path;
    std::vector<ir::Operand> out;
    for (std::uint32_t i = 0; i < results.size(); ++i) {
      ir::ValueInfo info;
      info.type = types::Type::of(results[i]);
      info.source = static_cast<std::uint32_t>(graph.nodes.size());
      info.index = i;
      n.results.push_back(add(info));
      out.push_back(ir::Operand::of(n.results.back()));
    }
    graph.nodes.push_back(std::move(n));
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

 private:
  ir::ValueId add(ir::ValueInfo info) {
    graph.values.push_back(std::move(info));
    return static_cast<ir::ValueId>(graph.values.size() - 1);
  }
};

inline ir::Operand constant(types::Constant value) { return ir::Operand::of(std::move(value)); }

}  // namespace modelc::testing
