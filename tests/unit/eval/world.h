// An environment without graphs and modules: names are a map, a call of a name is a built-in, a run-time operation is
// written down and gives a tensor of the type of its first operand.
#pragma once

#include <map>

#include "eval/access.h"
#include "eval/builtins.h"
#include "eval/evaluate.h"
#include "eval/operators.h"
#include "syntax/expression/expression.h"

namespace modelc::eval {

struct Held {
  diagnostics::Sink reports;
  bool all_is_there = true;
  Budget spent;
  types::DimTable table;
  types::DimTable::Scope in_force{table};
  types::Conditions known;
};

class World : public Held, public Environment {
 public:
  World() : Environment(reports, all_is_there, spent, &known) {}

  std::map<std::string, Value> names;
  std::vector<Type> tensors;            // by id
  std::vector<std::string> operations;  // as they were asked for
  int incomplete = 0;

  Value tensor(std::vector<Dim> shape) {
    TensorType type;
    type.shape = std::move(shape);
    tensors.push_back(Type::of(type));
    return Value::of_tensor(static_cast<TensorId>(tensors.size() - 1));
  }

  Value name(const std::string& text, Span span, const Scope& scope) override {
    if (const LoopScope* loop = find_loop(scope.loops, text)) return loop->value;
    const auto found = names.find(text);
    if (found != names.end()) return found->second;
    if (is_builtin(text)) return Value::function(text);
    sink.report(span, diag::UnknownName, text);
    return Value::poison();
  }
  std::optional<Value> qualified(const ast::Expr&, const Scope&) override { return std::nullopt; }
  Value call(const ast::Expr& e, const Scope& scope) override {
    auto args = evaluate_arguments(*this, e, scope);
    if (!args) return Value::poison();
    return call_value(evaluate(*this, e.children[0], scope), std::move(*args), e.span, scope);
  }
  Value call_value(const Value& callee, Arguments args, Span span, const Scope& scope) override {
    if (callee.kind != Value::Function) return Value::poison();
    if (auto value = builtin(*this, callee.text, args, span, scope)) return *value;
    return operate(callee.text, std::move(args), span);
  }
  Value pipe(const ast::Expr&, const Scope&) override { return Value::poison(); }
  Value variant(const Value& definition, const ast::Expr&, Span, const Scope&) override { return definition; }
  Value long_form(const ast::Expr&, const ast::Argument& argument, const Scope& scope) override {
    return evaluate(*this, argument.value, scope);
  }
  Value member_of(const Value&, const std::string&, Span, const Scope&) override { return Value::poison(); }
  Parts parts_of(const Value&) const override { return {}; }
  Value part(const Value&, std::size_t) const override { return Value::poison(); }
  Value operate(std::string_view function, Arguments args, Span) override {
    operations.emplace_back(function);
    for (const GivenArgument& a : args) {
      if (a.value.kind == Value::Tensor) {
        tensors.push_back(Type(tensors[a.value.tensor]));
        return Value::of_tensor(static_cast<TensorId>(tensors.size() - 1));
      }
    }
    return Value::poison();
  }
  bool has_function(std::string_view text) const override { return text == "relu"; }
  Value scan(Arguments, Span, const Scope&) override { return Value::poison(); }
  Type type_of(const Value& value) const override { return tensors.at(value.tensor); }
  void mark_incomplete(const Scope&) override { ++incomplete; }

  ast::ExprPtr parsed(const std::string& text) {
    const ast::Node node = scalar(text);
    return syntax::parse_expression(syntax::Text(node), sink);
  }
  /// The expression's value.
  Value operator()(const std::string& text, const Scope& scope = {}) { return evaluate(*this, parsed(text), scope); }
  /// The value as text; the codes of what was reported where it is poison.
  std::string show(const std::string& text) {
    const Value value = (*this)(text);
    return value.is_poison() ? codes() : value.str();
  }
  /// Of what was reported, in order.
  std::string codes() const {
    std::string codes;
    for (const auto& d : sink.sorted()) codes += (codes.empty() ? "" : " ") + std::string(d.code);
    return codes;
  }

 private:
  static ast::Node scalar(const std::string& text) {
    ast::Node node;
    node.kind = ast::NodeKind::Scalar;
    node.text = text;
    for (std::uint32_t i = 0; i <= node.text.size(); ++i) node.offsets.push_back(i);
    node.span = {1, 0, static_cast<std::uint32_t>(node.text.size())};
    return node;
  }
};

inline std::string shown(const std::string& text) {
  World world;
  return world.show(text);
}

}  // namespace modelc::eval
