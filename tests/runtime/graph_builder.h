// Programs put together by hand, for tests of the runtime without the front end.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "ir/builder.h"
#include "ir/ir.h"
#include "plan/make_plan.h"

namespace modelc::testing {

struct GraphBuilder {
  ir::Program program;
  ir::Graph graph;
  std::map<std::string, ir::ValueId> first_values;  // of states, by key

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

  /// What a parameter of the function is given that a module becomes; `inputs` are those of the module's call.
  ir::Operand sourced(const ops::Op& op, const ops::Source& source, const std::vector<ir::Operand>& inputs,
                      ir::ModuleId id, const ops::Param& param) {
    const ir::Module& module = program.tree.modules[id];
    if (source.kind == ops::Source::Input) {
      for (std::size_t i = 0; i < inputs.size(); ++i)
        if (op.inputs[i].name == source.name) return inputs[i];
      return {};
    }
    if (source.kind == ops::Source::Argument) {
      for (const auto& [name, value] : module.args)
        if (name == source.name) return ir::Operand::of(value);
      return {};
    }
    std::vector<ir::Operand> owned;
    for (std::uint32_t i = 0; i < module.tensors.size(); ++i) {
      if (source.kind == ops::Source::Owned && module.tensors[i].name == source.name) return state(id, i);
      if (source.kind == ops::Source::AllOwned) owned.push_back(state(id, i));
    }
    if (source.kind == ops::Source::Owned) return {};
    if (source.kind == ops::Source::AllOwned) return ir::Operand::of(std::move(owned));
    if (source.kind == ops::Source::Fixed) return ir::Operand::of(source.value);
    return ir::Operand::of(source.kind == ops::Source::Mode ? types::Constant(graph.training) : param.default_value);
  }

  /// A parameter or buffer as it is at the end of the graph so far.
  ir::Operand state(ir::ModuleId id, std::uint32_t index) {
    const std::string key = ir::key_of(program.tree.modules[id], program.tree.modules[id].tensors[index]);
    if (!first_values.count(key)) first_values[key] = ir::add_tensor(graph, program.tree, id, index);
    ir::ValueId last = first_values[key];
    for (ir::ValueId v = 0; v < graph.values.size(); ++v)
      if (graph.values[v].updates == last) last = v;
    return ir::Operand::of(last);
  }

  /// Results of the operator's rule; new states follow them in the graph.
  std::vector<ir::Operand> node(const std::string& op, std::vector<ir::Operand> operands,
                                std::vector<types::TensorType> results, ir::ModuleId module = ir::kNone) {
    if (module != ir::kNone) {
      const ops::Op& called = *ops::Catalogue::get().module(op);
      const ops::Op& function = *ops::Catalogue::get().function_of(called);
      std::vector<ir::Operand> given;
      for (std::size_t i = 0; i < function.inputs.size(); ++i)
        given.push_back(sourced(called, called.becomes.sources[i], operands, module, function.inputs[i]));
      return node_of(function, given, std::move(results), module);
    }
    return node_of(*ops::Catalogue::get().function(op), operands, std::move(results), module);
  }

  std::vector<ir::Operand> node_of(const ops::Op& op, const std::vector<ir::Operand>& operands,
                                   std::vector<types::TensorType> results, ir::ModuleId module) {
    ir::Node n = ir::call_of(op.id);
    n.module = module;
    const ops::Op& declared = ir::op_of(n);
    for (std::size_t i = 0; i < operands.size(); ++i) ir::give(n, i, operands[i]);
    for (std::size_t i = 0; i < declared.inputs.size(); ++i)
      if (declared.inputs[i].name == "training" && n.attributes[i].is_null()) n.attributes[i] = graph.training;
    n.span = {1, static_cast<std::uint32_t>(graph.nodes.size()), static_cast<std::uint32_t>(graph.nodes.size() + 1)};
    if (module != ir::kNone) n.path = program.tree.modules[module].path;
    std::vector<types::Type> types;
    for (types::TensorType& type : results) types.push_back(types::Type::of(std::move(type)));
    std::vector<ir::Operand> out;
    for (const ir::ValueId v : ir::append(graph, std::move(n), types))
      if (out.size() < types.size()) out.push_back(ir::Operand::of(v));
    return out;
  }

  plan::Plan plan(const std::vector<ir::Operand>& asked) const {
    std::vector<plan::Root> roots;
    for (const ir::Operand& operand : asked) roots.push_back({{}, operand});
    return plan::make_plan(graph, program.tree, roots);
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
