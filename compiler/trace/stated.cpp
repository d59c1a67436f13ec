#include "trace/stated.h"

#include <algorithm>

#include "instantiate/reparametrisation.h"

namespace modelc::trace {

namespace {

/// Types of inputs that the operator's own example names, with a symbol for each size: `float[B, 3, 8, 8]` has four
/// dimensions, and how large they are does not matter here.
std::map<std::string, TensorType, std::less<>> example_inputs(const ops::Op& op) {
  std::map<std::string, TensorType, std::less<>> types;
  const std::string& text = op.about.example_inputs;
  std::size_t input = 0;
  for (std::size_t at = 0; at < text.size() && input < op.inputs.size(); ++input) {
    const std::size_t open = text.find('[', at), close = text.find(']', at);
    if (open == std::string::npos || close == std::string::npos) break;
    const auto dtype = types::parse_dtype(std::string_view(text).substr(at, open - at));
    if (dtype && op.inputs[input].takes_tensor()) {
      const auto commas = std::count(text.begin() + static_cast<std::ptrdiff_t>(open),
                                     text.begin() + static_cast<std::ptrdiff_t>(close), ',');
      TensorType type{*dtype, {}};
      for (std::ptrdiff_t d = 0; close > open + 1 && d <= commas; ++d)
        type.shape.push_back(types::DimTable::current().symbol("_"));
      types.emplace(op.inputs[input].name, std::move(type));
    }
    at = text.find_first_not_of(", ", close + 1);
  }
  return types;
}

/// A call that nobody made: its inputs have the sizes that the arguments state, and whatever is required of them holds.
class StatedCall final : public OpCall {
 public:
  StatedCall(Tracer& tracer, const ops::Op& op, const Bound& none, InstanceId id)
      : OpCall(tracer, op, none, {}, id), op_(op), inputs_(example_inputs(op)) {
    for (auto& [name, input] : inputs_)
      if (types::is_floating(input.dtype)) input.dtype = parameter_dtype();
  }

  bool has(std::string_view name) const override { return inputs_.contains(name); }
  const TensorType& tensor(std::string_view name) const override {
    static const TensorType none;
    const auto found = inputs_.find(name);
    return found == inputs_.end() ? none : found->second;
  }
  std::vector<TensorType> tensors(std::string_view name) const override { return {tensor(name)}; }
  Type type(std::string_view name) const override { return has(name) ? Type::of(tensor(name)) : Type::none(); }
  bool require_equal(Dim, Dim, ops::Reason) override { return true; }
  bool require_at_least(Dim, Dim, ops::Reason) override { return true; }
  bool require_divisible(Dim, Dim, ops::Reason) override { return true; }
  bool known_at_least(Dim, std::int64_t) const override { return true; }
  /// Once there are tensors it is the function's rule that does not like what stands in for an input.
  Type fault(const ops::Constraint&, const std::string&, const std::string&, std::string_view) override {
    complete_ = complete_ && !owned_.empty();
    return Type::poison();
  }
  /// The size is what is stated; a symbol of an input thereby becomes that number.
  bool infer(std::string_view name, Dim size) override {
    for (std::size_t i = 0; i < op_.args.size() && i < instance().arguments.size(); ++i) {
      if (op_.args[i].name != name || !instance().argument_given[i]) continue;
      const Dim stated = instance().arguments[i].as_dim();
      for (const auto& [input, type] : inputs_)
        if (std::find(type.shape.begin(), type.shape.end(), size) != type.shape.end())
          known_[size.symbols()[0]] = stated;
      return true;
    }
    return complete_ = false;
  }
  void own(ops::OwnedTensor tensor) override {
    for (Dim& size : tensor.type.shape) {
      size = size.substitute(known_);
      complete_ = complete_ && size.is_constant();
    }
    owned_.push_back(std::move(tensor));
  }
  const TensorType* owned(std::string_view name) const override {
    const auto found = std::find_if(owned_.begin(), owned_.end(), [&](const auto& one) { return one.name == name; });
    return found == owned_.end() ? nullptr : &found->type;
  }
  std::vector<TensorType> owned() const override {
    std::vector<TensorType> types;
    for (const ops::OwnedTensor& one : owned_) types.push_back(one.type);
    return types;
  }
  Dim simplify(Dim size) const override { return size; }

  /// No size was missing.
  bool complete() const { return complete_; }
  /// All tensors, if their sizes are numbers.
  std::vector<ops::OwnedTensor> stated() && { return complete_ ? std::move(owned_) : std::vector<ops::OwnedTensor>(); }

 private:
  const ops::Op& op_;
  std::map<std::string, TensorType, std::less<>> inputs_;
  std::map<types::SymbolId, Dim> known_;
  std::vector<ops::OwnedTensor> owned_;
  bool complete_ = true;
};

}  // namespace

bool settle_tensors(Tracer& t, InstanceId id) {
  Instance& instance = t.tree.instances[id];
  if (instance.owned) return true;
  instance.owned = true;
  if (!instance.definition->reparametrised.empty() && !instantiate::own_reparametrised(t, id)) {
    instance.arguments_ok = false;
    return false;
  }
  ir::Module& module = module_of(t.tree, id);
  const ops::Op& op = *instance.definition->op;
  for (std::size_t i = 0; i < op.args.size(); ++i) module.args.emplace_back(op.args[i].name, instance.arguments[i]);
  return true;
}

void declare_stated(Tracer& t, InstanceId id) {
  const Instance& instance = t.tree.instances[id];
  if (instance.definition->kind != Definition::Operator || instance.owned || instance.broken || instance.broken_input ||
      !instance.arguments_ok)
    return;
  const ops::Op& op = *instance.definition->op;
  Bound none;
  for (const ops::Param& input : op.inputs) none.values.push_back(from_constant(input.default_value));
  none.given.resize(op.inputs.size());
  none.spans.resize(op.inputs.size());
  StatedCall trial(t, op, none, id);
  op.infer(trial);
  ir::Uncalled& uncalled = module_of(t.tree, id).uncalled;
  bool open = !trial.complete();
  for (std::size_t i = 0; i < op.args.size(); ++i) open |= op.args[i].inferred && !instance.argument_given[i];
  if (!open && uncalled == ir::Uncalled::Unsized) uncalled = ir::Uncalled::Sized;
  std::vector<ops::OwnedTensor> tensors = std::move(trial).stated();
  if (tensors.empty()) return;
  OpCall call(t, op, none, {}, id);
  for (ops::OwnedTensor& tensor : tensors) call.own(std::move(tensor));
  settle_tensors(t, id);
}

}  // namespace modelc::trace
