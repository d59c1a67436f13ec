#include "trace/tensors.h"

#include <fmt/format.h>

#include "eval/unroll.h"
#include "instantiate/initialisers.h"
#include "ir/builder.h"
#include "support/counted.h"
#include "support/dotted_path.h"
#include "support/glob.h"
#include "trace/types.h"

namespace modelc::trace {

namespace {

bool flatten_numbers(const Value& value, std::vector<double>& numbers, std::vector<std::int64_t>& shape,
                     std::size_t depth) {
  if (value.kind == Value::List) {
    const auto n = static_cast<std::int64_t>(value.list->items.size());
    if (shape.size() <= depth) shape.push_back(n);
    if (shape[depth] != n) return false;
    for (const Value& item : value.list->items) {
      if (!flatten_numbers(item, numbers, shape, depth + 1)) return false;
    }
    return true;
  }
  if (!value.is_number() || (value.kind == Value::Int && !value.dim.is_constant())) return false;
  numbers.push_back(value.as_double());
  return depth == shape.size();
}

}  // namespace

void declare_tensors(Tracer& t, const ast::Component& component, InstanceId id, Frame& frame) {
  const LevelPtr level = t.tree.instances[id].level;
  const Scope scope = static_scope(level, &frame);
  const auto declare = [&](const ast::Block<ast::Declaration>& block, bool buffer) {
    unroll(t, block, scope, [&](const ast::Item<ast::Declaration>& item, const std::string& name, const Scope& inner) {
      const ast::Declaration& d = item.value;
      if (d.deleted) return;
      struct Missing {
        Level& level;
        bool declared = false;
        ~Missing() { level.incomplete |= !declared; }
      } missing{*level};  // a faulty one has no name to be found by
      if (d.faulty) return;
      for (const ir::Tensor& other : module_of(t.tree, id).tensors) {
        if (other.name == name) {
          t.fault(item.span, diag::DuplicateModule, name).note(other.span, "it is here the first time");
          return;
        }
      }
      ir::Tensor tensor;
      tensor.name = name;
      tensor.buffer = buffer;
      tensor.saved = d.saved;
      tensor.span = item.name.span.valid() ? item.name.span : item.span;
      std::vector<std::int64_t> shape;
      bool typed = false;
      if (d.declared.type) {
        std::map<std::string, Dim> formal;
        const auto type = resolve_type(t, *d.declared.type, inner, &formal, nullptr);
        if (!type) return;
        typed = true;
        tensor.type = type->tensor;
        for (Dim& dim : tensor.type.shape) {
          // Symbols of this level stand in their own names; what they mean now is what the tensor gets.
          std::map<types::SymbolId, Dim> values;
          for (const auto& [symbol, formal_dim] : formal) {
            const auto known = frame.symbols.find(symbol);
            if (known != frame.symbols.end() && !formal_dim.symbols().empty()) {
              values[formal_dim.symbols()[0]] = known->second;
              level->symbols_read.emplace(symbol, known->second);
            } else if (known == frame.symbols.end()) {
              t.fault(item.span, diag::UnknownName, symbol).help("a symbol is bound by an input's type");
              return;
            }
          }
          dim = t.conditions->simplify(dim.substitute(values));
          if (!dim.is_constant()) {
            t.fault(item.span, diag::SizeNotKnown, name, "size", dim.str())
                .help("a parameter's size must be a number: give its symbols sizes in `inputs`");
            return;
          }
          shape.push_back(dim.constant());
        }
      }
      if (!d.declared.value) return;  // reported when the description was read
      const ast::ExprPtr& expr = d.declared.value;
      const auto init = typed ? initialiser(t, expr, shape, inner) : std::nullopt;
      if (init) {
        tensor.init = *init;
      } else {
        // A number, a list of numbers, or an expression over static values that is evaluated once, when the model is
        // built.
        ir::Graph graph;
        graph.conditions = t.conditions ? *t.conditions : types::Conditions();
        Trace gathered;
        Tracer initial = t;
        initial.graph = &graph;
        initial.trace = &gathered;
        initial.conditions = &graph.conditions;
        Scope initial_scope = inner;
        initial_scope.vocabulary = catalogue::Kind::Initialiser;
        const Value value = evaluate(initial, expr, initial_scope);
        if (value.is_poison()) return;
        if (value.kind == Value::Tensor) {
          const TensorType made = graph.values[value.tensor].type.tensor;
          if (typed && !(made == tensor.type)) {
            t.fault(expr->span, diag::TensorValueType, name, made.str(), tensor.type.str())
                .note(item.span, "it is declared here");
            return;
          }
          tensor.type = made;
          for (const Dim& dim : made.shape) {
            if (!dim.is_constant()) {
              t.fault(item.span, diag::SizeNotKnown, name, "size", dim.str());
              return;
            }
          }
          graph.outputs.push_back({"value", ir::Operand::of(value.tensor), Type::of(made), expr->span});
          tensor.init.kind = ops::Init::Expression;
          tensor.init_graph = static_cast<std::uint32_t>(t.tree.initial_graphs.size());
          ir::tidy(graph);
          t.tree.initial_graphs.push_back(std::move(graph));
        } else {
          std::vector<double> numbers;
          std::vector<std::int64_t> given;
          if (!flatten_numbers(value, numbers, given, 0)) {
            t.fault(expr->span, diag::TensorValue, name, value.describe());
            return;
          }
          if (!typed) {
            tensor.type.dtype = types::DType::Float32;
            for (std::int64_t n : given) tensor.type.shape.emplace_back(n);
          }
          if (given.empty()) {
            tensor.init = ops::Init::fill(numbers[0]);
          } else if (!typed || given == shape) {
            tensor.init.kind = ops::Init::Values;
            tensor.init.values = std::move(numbers);
          } else {
            t.fault(expr->span, diag::TensorValueType, name, support::counted(numbers.size(), "value"),
                    tensor.type.str());
            return;
          }
        }
      }
      // A floating-point tensor is kept in what the place computes in, as by `module.to(dtype)`.
      const auto kept = precision_at(t, support::joined_path(module_of(t.tree, id).path, name));
      if (kept && tensor.type.dtype == types::DType::Float32) tensor.type.dtype = *kept;
      tensor.trainable = !buffer && types::is_floating(tensor.type.dtype);
      if (!buffer && !types::is_floating(tensor.type.dtype)) {
        t.fault(item.span, diag::ParameterNotFloat, name, tensor.type.str()).help("declare it under `buffers`");
        return;
      }
      missing.declared = true;
      module_of(t.tree, id).tensors.push_back(std::move(tensor));
    });
  };
  declare(component.tensors.parameters, false);
  declare(component.tensors.buffers, true);
}

std::optional<types::DType> precision_at(const Tracer& t, const std::string& path) {
  std::optional<types::DType> dtype;
  const auto type = [&](std::string_view p) { return type_at(t.tree, std::string(p)); };
  for (const compose::Precision& precision : t.document.precisions.all)
    if (support::matches(precision.pattern, path, type)) dtype = precision.dtype;
  return dtype;
}

Value tensor_reference(Tracer& t, InstanceId id, std::uint32_t index) {
  const ir::ModuleId module = t.tree.instances[id].module;
  if (!t.graph) return Value::poison();
  ir::ValueId& value = t.trace->tensor_value(module, index);
  if (value == ir::kNone) value = ir::add_tensor(*t.graph, t.tree.ir, module, index);
  return Value::of_tensor(value);
}

}  // namespace modelc::trace
