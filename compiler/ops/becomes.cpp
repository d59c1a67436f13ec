#include "ops/becomes.h"

#include <algorithm>

#include "ops/op.h"
#include "ops/spoken.h"

namespace modelc::ops {

Binding from(std::string parameter, std::string argument) {
  return {std::move(parameter), {Source::Argument, std::move(argument), {}}};
}
Binding owned(std::string parameter, std::string tensor) {
  return {std::move(parameter), {Source::Owned, std::move(tensor), {}}};
}
Binding all_owned(std::string parameter) { return {std::move(parameter), {Source::AllOwned, {}, {}}}; }
Binding fixed(std::string parameter, types::Constant value) {
  return {std::move(parameter), {Source::Fixed, {}, std::move(value)}};
}
Binding mode(std::string parameter) { return {std::move(parameter), {Source::Mode, {}, {}}}; }

namespace {

bool is_static(const Param& param) {
  return std::none_of(param.alternatives.begin(), param.alternatives.end(), [](const Param::Alternative& a) {
    return a.kind == Param::Tensor || a.kind == Param::TensorList;
  });
}

Source source_of(const Op& module, const Op& function, const Param& param) {
  const auto bound = std::find_if(module.becomes.bindings.begin(), module.becomes.bindings.end(),
                                  [&](const Binding& b) { return b.parameter == param.name; });
  if (bound != module.becomes.bindings.end()) {
    Source source = bound->source;
    if (source.kind == Source::Argument && module.find_input(source.name)) source.kind = Source::Input;
    return source;
  }
  if (module.find_input(param.name)) return {Source::Input, param.name, {}};
  if (!is_static(param)) return {Source::Owned, param.name, {}};
  if (param.name == function.writes.mode) return {Source::Mode, {}, {}};
  if (module.find_arg(param.name)) return {Source::Argument, param.name, {}};
  return {};
}

/// The call of a module, seen as a call of the function.
class FunctionCall final : public InferContext {
 public:
  FunctionCall(InferContext& call, const Op& module, const Op& function)
      : call_(call), module_(module), function_(function), mode_(call.training()) {
    InferContext::name_operator(spoken(module.name));
  }

  const Constant& arg(std::string_view name) const override {
    const SourcedParam found = find(name);
    return found.is_of_call() ? call_.arg(found.source->name) : found.own_value(mode_);
  }
  bool has(std::string_view name) const override {
    const Source* source = find(name).source;
    if (!source) return false;
    if (source->kind == Source::Input) return call_.has(source->name);
    if (source->kind == Source::Owned) return call_.owned(source->name) != nullptr;
    return source->kind == Source::AllOwned;
  }
  const TensorType& tensor(std::string_view name) const override {
    static const TensorType none;
    const Source* source = find(name).source;
    if (source && source->kind == Source::Input) return call_.tensor(source->name);
    const TensorType* owned = source && source->kind == Source::Owned ? call_.owned(source->name) : nullptr;
    return owned ? *owned : none;
  }
  std::vector<TensorType> tensors(std::string_view name) const override {
    const Source* source = find(name).source;
    if (source && source->kind == Source::Input) return call_.tensors(source->name);
    if (source && source->kind == Source::AllOwned) return call_.owned();
    return has(name) ? std::vector<TensorType>{tensor(name)} : std::vector<TensorType>();
  }
  Type type(std::string_view name) const override {
    const Source* source = find(name).source;
    if (source && source->kind == Source::Input) return call_.type(source->name);
    return has(name) ? Type::of(tensor(name)) : Type::none();
  }
  std::vector<std::int64_t> written(std::string_view name, std::size_t part) const override {
    const Source* source = find(name).source;
    return source && source->kind == Source::Input ? call_.written(source->name, part) : std::vector<std::int64_t>();
  }

  bool require_equal(Dim a, Dim b, Reason what) override { return call_.require_equal(a, b, what); }
  bool require_at_least(Dim a, Dim least, Reason what) override { return call_.require_at_least(a, least, what); }
  bool require_divisible(Dim n, Dim d, Reason what) override { return call_.require_divisible(n, d, what); }
  bool known_at_least(Dim a, std::int64_t least) const override { return call_.known_at_least(a, least); }
  Type fault(const Constraint& constraint, const std::string& message, const std::string& help,
             std::string_view argument) override {
    return call_.fault(constraint, message, help, shown(argument));
  }
  // A function infers no sizes and owns nothing.
  bool infer(std::string_view, Dim) override { return true; }
  void own(OwnedTensor) override {}
  const TensorType* owned(std::string_view) const override { return nullptr; }
  std::vector<TensorType> owned() const override { return {}; }
  Dim measured_size(std::size_t result, std::size_t dimension) override {
    return call_.measured_size(result, dimension);
  }
  Dim simplify(Dim dim) const override { return call_.simplify(dim); }
  bool training() const override { return call_.training(); }
  DType parameter_dtype() const override { return call_.parameter_dtype(); }
  void name_operator(std::string_view) override {}  // it is the module that the user calls
  std::string_view shown(std::string_view argument) const override {
    const Source* source = find(argument).source;
    return source && !source->name.empty() ? std::string_view(source->name) : argument;
  }

 private:
  SourcedParam find(std::string_view name) const { return find_sourced(module_, function_, name); }

  InferContext& call_;
  const Op& module_;
  const Op& function_;
  Constant mode_;
};

}  // namespace

const types::Constant& SourcedParam::own_value(const types::Constant& mode) const {
  static const types::Constant null;
  if (is(Source::Fixed)) return source->value;
  if (is(Source::Mode)) return mode;
  return is(Source::Default) ? param->default_value : null;
}

SourcedParam find_sourced(const Op& module, const Op& function, std::string_view name) {
  for (std::size_t i = 0; i < function.inputs.size(); ++i)
    if (function.inputs[i].name == name) return {&function.inputs[i], &module.becomes.sources[i]};
  return {};
}

std::vector<Source> sources(const Op& module, const Op& function) {
  std::vector<Source> all;
  for (const Param& param : function.inputs) all.push_back(source_of(module, function, param));
  return all;
}

types::Type infer_as_function(InferContext& call, const Op& module, const Op& function) {
  call.name_operator(spoken(module.name));
  if (module.becomes.prepare && !module.becomes.prepare(call)) return Type::poison();
  FunctionCall seen(call, module, function);
  return function.infer(seen);
}

types::Dim flops_as_function(InferContext& call, const Op& module, const Op& function, const types::Type& result) {
  FunctionCall seen(call, module, function);
  return function.flops(seen, result);
}

}  // namespace modelc::ops
