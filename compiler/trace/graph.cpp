#include "trace/graph.h"

#include <fmt/format.h>

#include <algorithm>

#include "eval/evaluate.h"
#include "ir/builder.h"
#include "trace/build.h"
#include "trace/forward.h"
#include "trace/nodes.h"
#include "trace/tensors.h"
#include "trace/types.h"
#include "trace/where.h"

namespace modelc::trace {

namespace {

/// A model that computes in another dtype as a whole takes its `float` inputs at the entrance as what it computes in.
Value converted(Tracer& t, Value input, types::DType dtype) {
  const auto wanted = precision_at(t, "");
  if (!wanted || dtype != types::DType::Float32 || *wanted == dtype) return input;
  const Span span = input.span;
  Value made = t.operate("to", {{"", std::move(input), span, {}}, {"", Value::of(*wanted), span, {}}}, span);
  made.span = span;
  return made;
}

}  // namespace

Traced trace_graph(const GraphContext& context, const Model& model, const Asked& asked, const Losses& losses) {
  const ast::Description& file = context.document.root();
  Traced traced;
  traced.budget = context.budget;
  ir::Graph& graph = traced.graph;
  const ir::Variant& variant = asked.variant;
  static_cast<ir::Variant&>(graph) = variant;
  if (asked.like) {
    graph.values.reserve(asked.like->values.size());
    graph.nodes.reserve(asked.like->nodes.size());
  }
  Frame frame;
  frame.instance = 0;
  frame.symbols = model.symbols;
  const Call root{nullptr, &context.tree, 0, model.level.get(), &frame, "", {}, 0};
  Trace gathered;
  Tracer t(context.sink, traced.budget, &graph.conditions, context.document, context.tree, &root, &graph, gathered,
           context.special);
  t.training = variant.training;
  t.counts_flops = asked.counts_flops;
  Scope scope;
  scope.level = model.level;
  scope.frame = &frame;
  check_where(t, file, scope, {}, true);
  std::function<Value(const Type&, const std::string&, const ModelInput&)> feed =
      [&](const Type& type, const std::string& name, const ModelInput& input) -> Value {
    if (type.is_poison()) return Value::poison();
    if (type.is_tensor()) {
      const ir::ValueId id = ir::add_input(graph, name, type.tensor, input.span, input.target);
      Value v = Value::of_tensor(id);
      v.span = input.span;
      return input.target ? v : converted(t, std::move(v), type.tensor.dtype);
    }
    std::vector<Value> parts;
    for (std::size_t i = 0; i < type.parts().size(); ++i)
      parts.push_back(feed(type.parts()[i], fmt::format("{}.{}", name, i), input));
    return Value::of_list(std::move(parts), type.kind == types::TypeKind::Tuple);
  };
  std::vector<const ModelInput*> defaulted;
  std::map<std::string, Value> targets;
  for (const ModelInput& input : model.inputs) {
    if (input.type.kind == types::TypeKind::Choice) {
      Value v;
      v.kind = Value::Choice;
      v.text = variant.choices.at(input.name);
      v.span = input.span;
      frame.bindings[input.name] = v;
    } else if (input.target) {
      targets[input.name] = feed(input.type, input.name, input);
      continue;
    } else if (input.optional && !std::binary_search(variant.given.begin(), variant.given.end(), input.name)) {
      defaulted.push_back(&input);
      continue;
    } else {
      frame.bindings[input.name] = feed(input.type, input.name, input);
    }
    frame.own_inputs.insert(input.name);
  }
  for (const ModelInput* input : defaulted) {
    frame.bindings[input->name] = evaluate(t, input->item->value.declared.value, scope);
    if (frame.bindings[input->name].kind == Value::Tensor && input->item->value.declared.type) {
      match_type(t, *input->item->value.declared.type, frame.bindings[input->name], scope, frame.symbols,
                 input->item->value.declared.value->span, fmt::format("the default of `{}` is", input->name),
                 input->span);
      Value& made = frame.bindings[input->name];
      if (made.kind == Value::Tensor) made = converted(t, made, input->type.tensor.dtype);
    }
    frame.own_inputs.insert(input->name);
  }
  if (!t.tree.instances[0].built) build_component(t, 0, frame);
  module_of(t.tree, 0).called = true;
  const Body made = run_body(t, file, scope, 0);
  const Value& result = made.value;
  if (result.is_poison()) {
    for (const auto& [name, id] : t.tree.instances[0].children) t.tree.instances[id].broken_input = true;
    traced.broken = true;
  }
  const NamedOutputs& outputs = made.outputs;
  if (module_of(t.tree, 0).output.is_poison() && !result.is_poison()) module_of(t.tree, 0).output = type_of(t, result);
  if (!result.is_poison()) {
    for (const auto& [name, value] : outputs.items) {
      if (value.is_poison()) continue;
      if (value.kind != Value::Tensor && value.kind != Value::List) {
        t.fault(value.span.valid() ? value.span : file.span, diag::OutputNotTensor, name, value.describe());
        continue;
      }
      graph.outputs.push_back({name, operand(value), type_of(t, value), value.span});
    }
  }
  // Over a faulty value a loss may have faults of its own.
  if (losses && (!result.is_poison() || !outputs.items.empty())) {
    for (const auto& [name, value] : outputs.items) frame.outputs[name] = value;
    frame.targets = targets;
    for (const auto& [name, value] : targets) {
      if (frame.bindings.count(name) || frame.outputs.count(name)) {
        frame.ambiguous.insert(name);
      }
      frame.bindings.emplace(name, value);
    }
    for (const auto& [name, value] : outputs.items) frame.bindings.emplace(name, value);
    frame.loss = true;
    t.counts_flops = false;  // an evaluation ends at the outputs
    losses(t, frame, scope, graph);
  }
  ir::tidy(graph);
  traced.whole = gathered.whole && !traced.broken;
  return traced;
}

}  // namespace modelc::trace
