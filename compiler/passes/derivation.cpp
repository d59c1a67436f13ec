#include "passes/derivation.h"

#include "ir/builder.h"
#include "ir/infer_again.h"

namespace modelc::passes {

using ir::kNone;
using ir::Operand;
using ir::ValueId;
using ops::Given;
using ops::Term;
using types::Constant;
using types::Dim;

namespace {

Operand operand_of(const Given& given) {
  if (given.term.given()) return Operand::of(given.term.value);
  if (!given.many) return given.constant.is_null() ? Operand() : Operand::of(given.constant);
  std::vector<Operand> list;
  for (const Term term : given.list) list.push_back(Operand::of(term.value));
  return Operand::of(std::move(list));
}

}  // namespace

Gradients::Gradients(ir::Graph& graph, std::vector<bool> wanted)
    : graph_(graph), wanted_(std::move(wanted)), of_(graph.values.size(), kNone) {}

void Gradients::stand_at(const ir::Node& node) {
  path_ = node.path;
  span_ = node.span;
  module_ = node.module;
}

std::vector<ValueId> Gradients::call(std::string_view name, Arguments args) {
  const ops::Op* op = ops::Catalogue::get().function(name);
  if (!op) throw std::logic_error("no function is called `" + std::string(name) + "`");
  if (op->becomes.op) op = op->becomes.op;
  ir::Node node = ir::call_of(op->id);
  node.path = path_;
  node.span = span_;
  node.module = module_;
  for (const auto& [parameter, given] : args) ir::give(node, parameter, operand_of(given));
  ir::Inferred inferred = ir::infer_again(graph_, node);
  if (!inferred.refused.empty()) throw Refused("`" + op->name + "` in a derivative: " + inferred.refused);
  const std::size_t own = inferred.types.size();
  std::vector<ValueId> made = ir::append(graph_, std::move(node), std::move(inferred.types));
  made.resize(own);
  return made;
}

ValueId Gradients::in_form_of(ValueId share, const types::TensorType& want) {
  const types::TensorType have = graph_.values[share].type.tensor;
  std::vector<Dim> shape = have.shape;
  if (have.rank() >= want.rank()) {
    const std::size_t added = have.rank() - want.rank();
    types::ConstantList dims;
    for (std::size_t d = 0; d < have.rank(); ++d)
      if (d < added || (want.shape[d - added] == Dim(1) && have.shape[d] != Dim(1)))
        dims.emplace_back(static_cast<std::int64_t>(d));
    if (!dims.empty()) {
      share = one("sum", {{"input", Term{share}}, {"dim", Constant(std::move(dims))}});
      shape = graph_.values[share].type.tensor.shape;
    }
  }
  if (shape != want.shape) {
    types::ConstantList sizes;
    for (const Dim size : want.shape) sizes.emplace_back(size);
    share = have.rank() < want.rank() ? one("expand", {{"input", Term{share}}, {"size", Constant(std::move(sizes))}})
                                      : one("reshape", {{"input", Term{share}}, {"shape", Constant(std::move(sizes))}});
  }
  if (graph_.values[share].type.tensor.dtype != want.dtype)
    share = one("to", {{"input", Term{share}}, {"dtype", Constant(want.dtype)}});
  return share;
}

void Gradients::add(ValueId value, ValueId share) {
  if (!wanted(value)) return;
  share = in_form_of(share, types::TensorType(graph_.values[value].type.tensor));
  ValueId& sum = of_[value];
  sum = sum == kNone ? share : one("add", {{"input", Term{sum}}, {"other", Term{share}}});
}

NodeDerivation::NodeDerivation(Gradients& gradients, std::uint32_t node)
    : gradients_(gradients), node_(gradients.graph().nodes[node]) {}

bool NodeDerivation::has(std::string_view name) const {
  const Operand* operand = ir::operand_of(node_, name);
  return operand && operand->kind != Operand::None;
}

Term NodeDerivation::operand(std::string_view name) const {
  const Operand* operand = ir::operand_of(node_, name);
  if (!operand || operand->kind != Operand::Value) throw Refused("no tensor stands for `" + std::string(name) + "`");
  return {operand->value};
}

std::vector<Term> NodeDerivation::operands(std::string_view name) const {
  std::vector<Term> out;
  if (const Operand* operand = ir::operand_of(node_, name))
    ir::for_each_value(*operand, [&](ValueId value) { out.push_back({value}); });
  return out;
}

const Constant& NodeDerivation::arg(std::string_view name) const {
  static const Constant null;
  const Constant* attribute = ir::attribute_of(node_, name);
  return attribute ? *attribute : null;
}

Term NodeDerivation::result(std::size_t i) const { return {node_.results.at(i)}; }
std::size_t NodeDerivation::results() const { return ir::own_results(gradients_.graph(), node_); }

const types::TensorType& NodeDerivation::type(Term term) const {
  return gradients_.graph().values.at(term.value).type.tensor;
}

Term NodeDerivation::gradient(std::size_t i) const { return {gradients_.of(node_.results.at(i))}; }

bool NodeDerivation::wanted(std::string_view name) const {
  bool any = false;
  for (const Term term : operands(name)) any = any || gradients_.wanted(term.value);
  return any;
}

void NodeDerivation::give(std::string_view name, Term gradient) {
  if (has(name)) gradients_.add(operand(name).value, gradient.value);
}

void NodeDerivation::give(std::string_view name, std::size_t item, Term gradient) {
  gradients_.add(operands(name).at(item).value, gradient.value);
}

std::vector<Term> NodeDerivation::calls(std::string_view op, Gradients::Arguments args) {
  std::vector<Term> out;
  for (const ValueId value : gradients_.call(op, std::move(args))) out.push_back({value});
  return out;
}

}  // namespace modelc::passes
