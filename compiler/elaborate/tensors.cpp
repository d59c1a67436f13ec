// Tensors a level declares itself: `parameters` and `buffers` (LANGUAGE §5), and what they start from.
#include <fmt/format.h>

#include <cmath>

#include "elaborate/elaborator.h"

namespace modelc::elaborate {

namespace {

/// PyTorch's fan in and fan out of a weight: the first two dimensions and the receptive field.
std::pair<double, double> fans(const std::vector<std::int64_t>& shape) {
  if (shape.size() < 2)
    return {shape.empty() ? 1.0 : static_cast<double>(shape[0]), shape.empty() ? 1.0 : static_cast<double>(shape[0])};
  double field = 1;
  for (std::size_t i = 2; i < shape.size(); ++i) field *= static_cast<double>(shape[i]);
  return {static_cast<double>(shape[1]) * field, static_cast<double>(shape[0]) * field};
}

/// torch.nn.init.calculate_gain.
double gain_of(const std::string& nonlinearity, double a) {
  if (nonlinearity == "relu") return std::sqrt(2.0);
  if (nonlinearity == "tanh") return 5.0 / 3;
  if (nonlinearity == "leaky_relu") return std::sqrt(2.0 / (1 + a * a));
  if (nonlinearity == "selu") return 3.0 / 4;
  return 1;
}

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

std::optional<ops::Init> Elaborator::initialiser(const ast::ExprPtr& expr, const std::vector<std::int64_t>& shape,
                                                 const Scope& scope, bool report) {
  const ast::Expr* e = expr.get();
  const ast::Expr* callee = e->kind == ast::ExprKind::Call ? e->children[0].get() : e;
  if (callee->kind != ast::ExprKind::Name) return std::nullopt;
  std::string name = callee->text;
  if (!name.empty() && name.back() == '_') name.pop_back();
  static const std::set<std::string> names = {"zeros",
                                              "ones",
                                              "constant",
                                              "uniform",
                                              "normal",
                                              "kaiming_uniform",
                                              "kaiming_normal",
                                              "xavier_uniform",
                                              "xavier_normal",
                                              "full",
                                              "trunc_normal",
                                              "orthogonal",
                                              "eye",
                                              "dirac"};
  if (!names.count(name)) return std::nullopt;
  std::vector<GivenArgument> args;
  if (e->kind == ast::ExprKind::Call) {
    auto given = evaluate_arguments(*e, scope);
    if (!given) return ops::Init::zeros();
    args = std::move(*given);
  }
  // `zeros(n, heads)` names sizes: an expression, not an initialiser.
  if ((name == "zeros" || name == "ones" || name == "eye" || name == "full") && !args.empty()) return std::nullopt;
  const auto get = [&](std::size_t position, const char* key, double otherwise) {
    std::size_t p = 0;
    for (const GivenArgument& a : args) {
      if (a.name == key || (a.name.empty() && p == position)) {
        if (a.value.is_int() || a.value.kind == Value::Float) return a.value.as_double();
      }
      if (a.name.empty()) ++p;
    }
    return otherwise;
  };
  const auto word = [&](const char* key, const std::string& otherwise) {
    for (const GivenArgument& a : args) {
      if (a.name == key && a.value.kind == Value::String) return a.value.text;
    }
    return otherwise;
  };
  const auto [fan_in, fan_out] = fans(shape);
  if (name == "zeros") return ops::Init::zeros();
  if (name == "ones") return ops::Init::ones();
  if (name == "constant") return ops::Init::fill(get(0, "val", 0));
  if (name == "uniform") {
    ops::Init i;
    i.kind = ops::Init::Uniform;
    i.a = get(0, "a", 0);
    i.b = get(1, "b", 1);
    return i;
  }
  if (name == "normal") return ops::Init::normal(get(0, "mean", 0), get(1, "std", 1));
  const double gain = get(0, "gain", 1);
  if (name == "xavier_uniform")
    return ops::Init::uniform(std::sqrt(3.0) * (gain * std::sqrt(2.0 / (fan_in + fan_out))));
  if (name == "xavier_normal") return ops::Init::normal(0, gain * std::sqrt(2.0 / (fan_in + fan_out)));
  if (name == "kaiming_uniform" || name == "kaiming_normal") {
    const double fan = word("mode", "fan_in") == "fan_out" ? fan_out : fan_in;
    const double std = gain_of(word("nonlinearity", "leaky_relu"), get(0, "a", 0)) / std::sqrt(fan);
    return name == "kaiming_uniform" ? ops::Init::uniform(std::sqrt(3.0) * std) : ops::Init::normal(0, std);
  }
  if (report) sink_.report(expr->span, diag::NotSupportedYet, fmt::format("the initialiser `{}`", name));
  return ops::Init::zeros();
}

void Elaborator::declare_tensors(const ast::Component& component, InstanceId id, Frame& frame) {
  const LevelPtr level = instances_[id].level;
  Scope scope{level, &frame, nullptr};
  scope.is_static = true;
  const auto declare = [&](const ast::Block<ast::Declaration>& block, bool buffer) {
    unroll(block, scope, [&](const ast::Item<ast::Declaration>& item, const std::string& name, const Scope& inner) {
      const ast::Declaration& d = item.value;
      if (d.deleted) return;
      struct Missing {
        Level& level;
        bool declared = false;
        ~Missing() { level.incomplete |= !declared; }
      } missing{*level};  // a faulty one has no name to be found by
      if (d.faulty) return;
      for (const ir::Tensor& t : module_of(id).tensors) {
        if (t.name == name) {
          sink_.report(item.span, diag::DuplicateModule, name).note(t.span, "it is here the first time");
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
        const auto type = resolve_type(*d.declared.type, inner, &formal, nullptr);
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
              sink_.report(item.span, diag::UnknownName, symbol).help("a symbol is bound by an input's type");
              return;
            }
          }
          dim = conditions_->simplify(dim.substitute(values));
          if (!dim.is_constant()) {
            sink_.report(item.span, diag::SizeNotKnown, name, "size", dim.str())
                .help("a parameter's size must be a number: give its symbols sizes in `inputs`");
            return;
          }
          shape.push_back(dim.constant());
        }
      }
      if (!d.declared.value) {
        sink_.report(item.span, diag::TensorNeedsValue, name)
            .help("give it an initialiser: `= normal(std=0.02)`, or a value");
        return;
      }
      const ast::ExprPtr& expr = d.declared.value;
      const auto init = typed ? initialiser(expr, shape, inner, true) : std::nullopt;
      if (init) {
        tensor.init = *init;
      } else {
        // A number, a list of numbers, or an expression over static values that is evaluated once, when the model is
        // built.
        ir::Graph graph;
        ir::Graph* const graph_before = graph_;
        types::Conditions* const conditions_before = conditions_;
        graph_ = &graph;
        graph.conditions = conditions_ ? *conditions_ : types::Conditions();
        conditions_ = &graph.conditions;
        const Value value = evaluate(expr, inner);
        graph_ = graph_before;
        conditions_ = conditions_before;
        if (value.is_poison()) return;
        if (value.kind == Value::Tensor) {
          const TensorType made = graph.values[value.tensor].type.tensor;
          if (typed && !(made == tensor.type)) {
            sink_.report(expr->span, diag::TensorValueType, name, made.str(), tensor.type.str())
                .note(item.span, "it is declared here");
            return;
          }
          tensor.type = made;
          for (const Dim& dim : made.shape) {
            if (!dim.is_constant()) {
              sink_.report(item.span, diag::SizeNotKnown, name, "size", dim.str());
              return;
            }
          }
          graph.outputs.push_back({"value", ir::Operand::of(value.tensor), Type::of(made), expr->span});
          tensor.init.kind = ops::Init::Expression;
          tensor.init_graph = static_cast<std::uint32_t>(program_.initial_graphs.size());
          program_.initial_graphs.push_back(std::move(graph));
        } else {
          std::vector<double> numbers;
          std::vector<std::int64_t> given;
          if (!flatten_numbers(value, numbers, given, 0)) {
            sink_.report(expr->span, diag::TensorValue, name, value.describe());
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
            sink_.report(expr->span, diag::TensorValueType, name, fmt::format("{} values", numbers.size()),
                         tensor.type.str());
            return;
          }
        }
      }
      tensor.trainable = !buffer && types::is_floating(tensor.type.dtype);
      if (!buffer && !types::is_floating(tensor.type.dtype)) {
        sink_.report(item.span, diag::ParameterNotFloat, name, tensor.type.str()).help("declare it under `buffers`");
        return;
      }
      missing.declared = true;
      module_of(id).tensors.push_back(std::move(tensor));
    });
  };
  declare(component.parameters, false);
  declare(component.buffers, true);
}

Value Elaborator::tensor_reference(InstanceId id, std::uint32_t index) {
  const ir::ModuleId module = instances_[id].module;
  if (!graph_) return Value::poison();
  const auto key = std::make_pair(module, index);
  const auto found = tensor_values_.find(key);
  if (found != tensor_values_.end()) return Value::of_tensor(found->second);
  const ir::Tensor& tensor = program_.tree.modules[module].tensors[index];
  ir::ValueInfo info;
  info.kind = ir::ValueKind::Tensor;
  info.type = Type::of(tensor.type);
  info.name =
      (program_.tree.modules[module].path.empty() ? "" : program_.tree.modules[module].path + ".") + tensor.name;
  info.source = module;
  info.index = index;
  info.span = tensor.span;
  const auto value = static_cast<ir::ValueId>(graph_->values.size());
  graph_->values.push_back(std::move(info));
  tensor_values_[key] = value;
  return Value::of_tensor(value);
}

}  // namespace modelc::elaborate
