#include "trace/op_call.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <set>

#include "ir/recipe.h"
#include "ops/spoken.h"
#include "support/counted.h"
#include "trace/tensors.h"

namespace modelc::trace {

using types::Constant;
using types::Relation;
using types::Verdict;

namespace {

/// What helps where a parameter would be as large as run-time sizes say. The first dimension of an input are the rows
/// of a batch, which a size in `inputs` does not cure.
std::string cure_of(const ir::Graph& graph, types::Dim size) {
  std::string symbols;
  const types::DimTable& table = types::DimTable::current();
  for (const types::SymbolId s : size.symbols()) {
    const std::string& name = table.symbol_name(s);
    if (table.symbol_least(s) == 0)
      return fmt::format("a parameter's size must be a number, and `{}` is what the data decide", name);
    for (const ir::Input& input : graph.inputs) {
      const std::vector<types::Dim>* shape = input.type.is_tensor() ? &input.type.tensor.shape : nullptr;
      if (shape && !shape->empty() && shape->front().symbols() == std::vector{s})
        return fmt::format("`{}` counts the rows of `{}` and stays the first dimension, as in `flatten(1)`", name,
                           input.name);
    }
    symbols += (symbols.empty() ? "`" : ", `") + name + "`";
  }
  return fmt::format("a parameter's size must be a number: give {} a size in `inputs`", symbols);
}

/// Of lists within lists; none where anything else is among them.
void collect_integers(const Constant& data, std::vector<std::int64_t>& out) {
  if (data.is_int()) out.push_back(data.as_int());
  if (data.is_list())
    for (const Constant& item : data.as_list()) collect_integers(item, out);
}

}  // namespace

OpCall::OpCall(Tracer& tracer, const ops::Op& op, const Bound& bound, Span span, InstanceId instance)
    : tracer_(tracer), op_(op), bound_(bound), span_(span), instance_(instance), shown_(ops::spoken(op.name)) {}

const Value* OpCall::input(std::string_view name) const {
  for (std::size_t i = 0; i < op_.inputs.size(); ++i) {
    if (op_.inputs[i].name == name) return &bound_.values[i];
  }
  return nullptr;
}

Span OpCall::input_span(std::string_view name) const {
  for (std::size_t i = 0; i < op_.inputs.size(); ++i) {
    if (op_.inputs[i].name == name && bound_.spans[i].valid()) return bound_.spans[i];
  }
  return span_;
}

const Constant& OpCall::arg(std::string_view name) const {
  static const Constant null;
  if (instance_ != kNoInstance) {
    const Instance& instance = tracer_.tree.instances[instance_];
    for (std::size_t i = 0; i < op_.args.size() && i < instance.arguments.size(); ++i) {
      if (op_.args[i].name == name) return instance.arguments[i];
    }
  }
  const Value* value = input(name);
  if (!value) return null;
  const auto found = constants_.find(name);
  if (found != constants_.end()) return found->second;
  Constant constant;
  if (value->kind == Value::List && !value->is_static()) {
    // A list with tensors in it, as an index may be: the static items keep their places.
    types::ConstantList list;
    for (const Value& item : value->list->items) list.push_back(to_constant(item).value_or(Constant()));
    constant = Constant(std::move(list));
  } else {
    constant = to_constant(*value).value_or(Constant());
  }
  return constants_.emplace(std::string(name), std::move(constant)).first->second;
}

bool OpCall::has(std::string_view name) const {
  const Value* value = input(name);
  if (!value || value->is_null()) return false;
  const ops::Param* param = op_.find_input(name);
  for (const auto& alternative : param->alternatives) {
    if (alternative.kind == ops::Param::Number) return value->kind == Value::Tensor;
  }
  return true;
}

const TensorType& OpCall::tensor(std::string_view name) const {
  static const TensorType none;
  const Value* value = input(name);
  if (!value || value->kind != Value::Tensor) return none;
  return tracer_.graph->values[value->tensor].type.tensor;
}

std::vector<TensorType> OpCall::tensors(std::string_view name) const {
  std::vector<TensorType> result;
  const Value* value = input(name);
  if (!value) return result;
  if (value->kind == Value::Tensor) result.push_back(tensor(name));
  if (value->kind == Value::List) {
    for (const Value& item : value->list->items) {
      if (item.kind == Value::Tensor) result.push_back(tracer_.graph->values[item.tensor].type.tensor);
    }
  }
  return result;
}

Type OpCall::type(std::string_view name) const {
  const Value* value = input(name);
  return value ? tracer_.type_of(*value) : Type::none();
}

std::vector<std::int64_t> OpCall::written(std::string_view name, std::size_t part) const {
  static const ops::OpId kLiteral = ops::Catalogue::get().function("tensor")->id;
  const Value* value = input(name);
  if (value && value->kind == Value::List)
    value = part < value->list->items.size() ? &value->list->items[part] : nullptr;
  if (!value || value->kind != Value::Tensor) return {};
  const ir::ValueInfo& info = tracer_.graph->values[value->tensor];
  if (info.kind != ir::ValueKind::Result || tracer_.graph->nodes[info.source].op != kLiteral) return {};
  std::vector<std::int64_t> integers;
  collect_integers(tracer_.graph->nodes[info.source].attributes.at(0), integers);
  return integers;
}

void OpCall::add_operands(diagnostics::Report& report) const {
  constexpr std::size_t kMost = 4;
  std::set<ir::ValueId> shown;
  const auto show = [&](const Value& v, const std::string& who) {
    if (v.kind != Value::Tensor || shown.size() >= kMost || !shown.insert(v.tensor).second) return;
    const ir::ValueInfo& info = tracer_.graph->values[v.tensor];
    if (info.name == ir::kDraws) return;  // nothing that stands in the description
    const Span at = info.span.valid() ? info.span : span_;
    report.note(at, fmt::format("{} is {}", info.name.empty() ? who : fmt::format("`{}`", info.name), info.type.str()));
  };
  for (std::size_t i = 0; i < op_.inputs.size(); ++i) {
    const Value& v = bound_.values[i];
    const std::string who = fmt::format("the operand `{}`", op_.inputs[i].name);
    show(v, who);
    if (v.kind == Value::List) {
      for (const Value& item : v.list->items) show(item, who);
    }
  }
}

bool OpCall::require(Dim a, Relation relation, Dim b, ops::Reason reason, const char* sign) {
  if (types::holds_plainly(a, relation, b)) return true;
  if (a.is_poison() || b.is_poison()) {
    if (!failed_)
      tracer_.fault(span_, diag::OperatorRule, fmt::format("a size of `{}` does not fit 64 bits", shown_))
          .constraint(ops::common::kOverflow.id);
    failed_ = true;
    return false;
  }
  const std::string who = instance_ == kNoInstance
                              ? std::string(shown_)
                              : fmt::format("{} ({})", shown_, module_of(tracer_.tree, instance_).path);
  const types::Outcome outcome = tracer_.conditions->require(a, relation, b, {span_, who});
  if (outcome.ok()) return true;
  failed_ = true;
  const std::string what = reason.str();
  auto report = [&]() {
    switch (outcome.verdict) {
      case Verdict::Relates:
        return tracer_.fault(span_, diag::SizesRelate, shown_, what, a.str(), b.str());
      case Verdict::Undecided:
        return tracer_.fault(span_, diag::SizesUndecided, shown_, what, a.str(), sign, b.str());
      case Verdict::Contradiction:
        return tracer_.fault(span_, diag::SizesContradict, shown_, what, a.str(), sign, b.str());
      default:
        return tracer_.fault(span_, diag::SizesDiffer, shown_, what, a.str(), sign, b.str());
    }
  }();
  for (const auto& [words, origin] : outcome.conflict) {
    report.note(origin.span.valid() ? origin.span : span_,
                fmt::format("`{}` is required here ({})", words, origin.what));
  }
  if (!outcome.words.empty() && outcome.verdict == Verdict::Relates) report.help(outcome.words);
  if (outcome.verdict == Verdict::Undecided || outcome.verdict == Verdict::Relates) {
    report.help("give sizes in `inputs`, or state `where: [...]`");
  }
  add_operands(report);
  return false;
}

bool OpCall::require_equal(Dim a, Dim b, ops::Reason what) { return require(a, Relation::Equal, b, what, "=="); }
bool OpCall::require_at_least(Dim a, Dim least, ops::Reason what) {
  return require(a, Relation::AtLeast, least, what, ">=");
}

bool OpCall::require_divisible(Dim n, Dim d, ops::Reason what) {
  if (types::exact_div(n, d)) return true;
  return require(types::floor_mod(n, d), Relation::Equal, 0, what, "==");
}

bool OpCall::known_at_least(Dim a, std::int64_t least) const { return tracer_.conditions->at_least(a, least); }

Type OpCall::fault(const ops::Constraint& constraint, const std::string& message, const std::string& help,
                   std::string_view argument) {
  assert(op_.demands(constraint));
  Span at = span_;
  if (!argument.empty()) {
    if (input(argument)) at = input_span(argument);
    else if (instance_ != kNoInstance) at = tracer_.tree.instances[instance_].argument_span(argument);
  }
  if (!failed_) {
    auto report = tracer_.fault(at, diag::OperatorRule, message);
    report.constraint(constraint.id);
    if (instance_ != kNoInstance) {
      const Span declared = tracer_.tree.instances[instance_].definition->span;
      if (!(declared == at))
        report.note(declared, fmt::format("`{}` is declared here", module_of(tracer_.tree, instance_).path));
    }
    if (argument.empty() || input(argument)) add_operands(report);
    if (!help.empty()) report.help(help);
  }
  failed_ = true;
  return Type::poison();
}

bool OpCall::infer(std::string_view name, Dim size) {
  Instance& instance = tracer_.tree.instances[instance_];
  std::size_t position = 0;
  while (position < op_.args.size() && op_.args[position].name != name) ++position;
  const auto earlier = std::find_if(instance.inferred.begin(), instance.inferred.end(),
                                    [&](const Instance::Inferred& known) { return known.name == name; });
  const bool first = earlier == instance.inferred.end();
  const bool stated = position < instance.argument_given.size() && instance.argument_given[position];
  size = tracer_.conditions->simplify(size);
  if (!first || stated) {
    const Dim fixed = first ? instance.arguments[position].as_dim() : earlier->size;
    const std::string& path = module_of(tracer_.tree, instance_).path;
    const bool agrees =
        types::holds_plainly(size, Relation::Equal, fixed) ||
        tracer_.conditions->require(size, Relation::Equal, fixed, {span_, fmt::format("{} ({})", shown_, path)}).ok();
    if (agrees) {
      if (first) instance.inferred.push_back({std::string(name), fixed, span_});
      return true;
    }
    failed_ = true;
    if (stated) {
      auto report = tracer_.fault(instance.argument_span(name), diag::StatedSize, shown_,
                                  support::counted(size.str(), "feature"), name, fixed.str());
      add_operands(report);
      report.help(fmt::format("drop {}, it is inferred", name));
    } else {
      auto report =
          tracer_.fault(span_, diag::SecondCallSize, path, support::counted(size.str(), "feature"), fixed.str());
      report.note(earlier->at, fmt::format("the first call fixed `{}={}`", name, fixed.str()));
      add_operands(report);
    }
    return false;
  }
  if (!size.is_constant()) {
    failed_ = true;
    auto report = tracer_.fault(instance.definition->span, diag::SizeNotKnown, shown_, name, size.str());
    report.help(cure_of(*tracer_.graph, size));
    if (!(span_ == instance.definition->span)) report.note(span_, "it is called here");
    add_operands(report);
    return false;
  }
  instance.inferred.push_back({std::string(name), size, span_});
  if (position < instance.arguments.size()) instance.arguments[position] = Constant(size);
  return true;
}

void OpCall::own(ops::OwnedTensor owned) {
  Instance& instance = tracer_.tree.instances[instance_];
  if (instance.owned || failed_) return;
  for (Dim& d : owned.type.shape) d = tracer_.conditions->simplify(d);
  if (!instance.definition->reparametrised.empty()) {
    const auto same = [&](const ops::OwnedTensor& other) { return other.name == owned.name; };
    if (std::none_of(instance.declared.begin(), instance.declared.end(), same)) instance.declared.push_back(owned);
    return;
  }
  ir::Module& module = module_of(tracer_.tree, instance_);
  for (const ir::Tensor& t : module.tensors) {
    if (t.name == owned.name) return;
  }
  ir::Tensor tensor;
  tensor.name = std::move(owned.name);
  tensor.type = std::move(owned.type);
  tensor.init = std::move(owned.init);
  tensor.buffer = owned.buffer;
  tensor.trainable = !owned.buffer && types::is_floating(tensor.type.dtype);
  tensor.span = instance.definition->span;
  module.tensors.push_back(std::move(tensor));
}

const TensorType* OpCall::owned(std::string_view name) const {
  if (instance_ == kNoInstance) return nullptr;
  for (const ops::OwnedTensor& declared : tracer_.tree.instances[instance_].declared)
    if (declared.name == name) return &declared.type;
  for (const ir::Tensor& t : module_of(tracer_.tree, instance_).tensors)
    if (t.name == name) return &t.type;
  return nullptr;
}

std::vector<TensorType> OpCall::owned() const {
  std::vector<TensorType> types;
  if (instance_ == kNoInstance) return types;
  const Instance& instance = tracer_.tree.instances[instance_];
  for (const ops::OwnedTensor& declared : instance.declared) types.push_back(declared.type);
  if (!instance.definition->reparametrised.empty()) return types;
  for (const ir::Tensor& t : module_of(tracer_.tree, instance_).tensors) types.push_back(t.type);
  return types;
}

Dim OpCall::simplify(Dim dim) const { return tracer_.conditions->simplify(dim); }
Dim OpCall::measured_size(std::size_t, std::size_t) {
  return types::DimTable::current().symbol(fmt::format("K{}", ++tracer_.trace->measured), 0);
}

bool OpCall::training() const { return tracer_.training; }

types::DType OpCall::parameter_dtype() const {
  if (instance_ == kNoInstance) return types::DType::Float32;
  return precision_at(tracer_, module_of(tracer_.tree, instance_).path).value_or(types::DType::Float32);
}

}  // namespace modelc::trace
