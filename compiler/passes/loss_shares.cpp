#include "passes/loss_shares.h"

#include <fmt/format.h>

#include <algorithm>

#include "support/words.h"

namespace modelc::passes {
namespace {

/// What an operator does to the number that a reduction gave, or how it reduces.
enum class Role { Add, Subtract, Multiply, Divide, Negate, Sum, Mean, Classes };
constexpr support::Word<Role> kRoles[] = {
    {"add", Role::Add},         {"sub", Role::Subtract}, {"mul", Role::Multiply}, {"div", Role::Divide},
    {"neg", Role::Negate},      {"sum", Role::Sum},      {"mean", Role::Mean},    {"cross_entropy", Role::Classes},
    {"nll_loss", Role::Classes}};

/// How a loss of the catalogue says that it reduces.
enum class Reduction { Mean, Sum };
constexpr support::Word<Reduction> kReductions[] = {{"mean", Reduction::Mean}, {"sum", Reduction::Sum}};

/// By value: whether it depends on what is fed or drawn.
std::vector<bool> values_of_the_batch(const ir::Graph& graph) {
  std::vector<bool> varies(graph.values.size(), false);
  for (ir::ValueId v = 0; v < graph.values.size(); ++v)
    varies[v] = graph.values[v].kind == ir::ValueKind::Input || graph.values[v].kind == ir::ValueKind::Random;
  for (const ir::Input& input : graph.inputs)
    if (ir::is_counter(input)) varies[input.value] = false;
  for (const ir::Node& node : graph.nodes) {
    bool any = false;
    for (const ir::Operand& operand : node.operands)
      ir::for_each_value(operand, [&](ir::ValueId v) { any = any || varies[v]; });
    for (const ir::ValueId result : node.results) varies[result] = any;
  }
  return varies;
}

/// The sizes that are no numbers, which alone can differ from batch to batch.
std::string measure_of(const types::TensorType& type) {
  std::vector<std::string> sizes;
  for (const types::Dim& size : type.shape)
    if (!size.is_constant()) sizes.push_back(size.str());
  std::sort(sizes.begin(), sizes.end());
  return fmt::format("{}", fmt::join(sizes, "*"));
}

class Shares {
 public:
  explicit Shares(const ir::Graph& graph) : graph_(graph), varies_(values_of_the_batch(graph)) {
    for (const ir::Input& input : graph.inputs)
      if (rows_.empty() && input.type.is_tensor() && input.type.tensor.rank() > 0)
        rows_ = measure_of({input.type.tensor.dtype, {input.type.tensor.shape[0]}});
  }

  std::vector<LossShare> of(ir::ValueId value) const {
    const ir::Node* node = producer(value);
    if (!node || !varies_[value]) return {by_rows(value)};
    const ops::Op& op = ir::op_of(*node);
    if (const auto role = support::meaning_of(kRoles, op.name)) return by_role(*role, *node, value);
    if (const ir::Constant* reduction = ir::attribute_of(*node, "reduction"))
      return {reduced(*node, *reduction, value)};
    const bool as_it_is = op.has(ops::Trait::SameOrder) || op.has(ops::Trait::Converts);
    return as_it_is ? passed_on(node->operands[0], value, 1) : std::vector{by_rows(value)};
  }

 private:
  const ir::Node* producer(ir::ValueId value) const {
    const ir::ValueInfo& info = graph_.values[value];
    return info.kind == ir::ValueKind::Result ? &graph_.nodes[info.source] : nullptr;
  }

  LossShare by_rows(ir::ValueId value) const {
    LossShare share;
    share.value = value;
    share.measure = rows_;
    return share;
  }

  LossShare by_elements(ir::ValueId value, ir::ValueId counted) const {
    LossShare share = by_rows(value);
    share.kind = LossShare::Elements;
    share.counted = counted;
    share.measure = measure_of(graph_.values[counted].type.tensor);
    return share;
  }

  LossShare summed(ir::ValueId value) const {
    LossShare share = by_rows(value);
    share.kind = LossShare::Sum;
    share.measure = "sum";
    return share;
  }

  std::vector<LossShare> by_role(Role role, const ir::Node& node, ir::ValueId value) const {
    switch (role) {
      case Role::Add:
        return added(node, value, 1);
      case Role::Subtract:
        return added(node, value, -1);
      case Role::Multiply:
      case Role::Divide:
        return scaled(node, value);
      case Role::Negate:
        return passed_on(node.operands[0], value, -1);
      case Role::Sum:
        return {node.operands[0].kind == ir::Operand::Value ? summed(value) : by_rows(value)};
      case Role::Mean:
        return {node.operands[0].kind == ir::Operand::Value ? by_elements(value, node.operands[0].value)
                                                            : by_rows(value)};
      case Role::Classes:
        break;
    }
    const ir::Constant* reduction = ir::attribute_of(node, "reduction");
    return {reduction ? reduced(node, *reduction, value) : by_rows(value)};
  }

  /// The number that a loss of the catalogue gives.
  LossShare reduced(const ir::Node& node, const ir::Constant& reduction, ir::ValueId value) const {
    const auto how = reduction.is_string() ? support::meaning_of(kReductions, reduction.as_string()) : std::nullopt;
    const ir::Operand& input = node.operands[0];
    if (!how || input.kind != ir::Operand::Value) return by_rows(value);
    if (*how == Reduction::Sum) return summed(value);
    const ir::Operand* target = ir::operand_of(node, "target");
    const ir::Constant* ignored = ir::attribute_of(node, "ignore_index");
    const bool classes = ignored && target && target->kind == ir::Operand::Value &&
                         types::is_integral(graph_.values[target->value].type.tensor.dtype);
    if (!classes) return by_elements(value, input.value);
    LossShare share = by_rows(value);
    share.kind = LossShare::Targets;
    share.counted = target->value;
    const ir::Operand* weight = ir::operand_of(node, "weight");
    if (weight && weight->kind == ir::Operand::Value) share.weight = weight->value;
    share.ignored = ignored->as_int();
    share.measure = fmt::format("targets {} {} {}", share.counted, share.weight, share.ignored);
    return share;
  }

  /// The shares of an operand, as `value` has them: one keeps its count, several go on with a sign.
  std::vector<LossShare> passed_on(const ir::Operand& operand, ir::ValueId value, double sign) const {
    if (operand.kind != ir::Operand::Value) return {by_rows(value)};
    std::vector<LossShare> shares = of(operand.value);
    if (shares.size() == 1) {
      shares[0].value = value;
      shares[0].factor = 1;
      return shares;
    }
    for (LossShare& share : shares) share.factor *= sign;
    return shares;
  }

  /// A static number in the place of a parameter.
  static std::optional<double> number(const ir::Node& node, std::string_view parameter) {
    const ir::Constant* given = ir::attribute_of(node, parameter);
    if (!given || !(given->is_int() || given->is_float())) return std::nullopt;
    return given->as_double();
  }

  std::vector<LossShare> added(const ir::Node& node, ir::ValueId value, double sign) const {
    const ir::Operand *left = ir::operand_of(node, "input"), *right = ir::operand_of(node, "other");
    const double alpha = number(node, "alpha").value_or(1);
    const bool both = left && right && left->kind == ir::Operand::Value && right->kind == ir::Operand::Value;
    if (!both) {
      // What is added once to an average is added once to the whole, to a sum it is not.
      const ir::Operand* one = left && left->kind == ir::Operand::Value ? left : right;
      std::vector<LossShare> shares = one ? passed_on(*one, value, 1) : std::vector{by_rows(value)};
      return shares.size() == 1 && shares[0].kind != LossShare::Sum ? shares : std::vector{by_rows(value)};
    }
    std::vector<LossShare> shares = of(left->value);
    for (LossShare share : of(right->value)) {
      share.factor *= sign * alpha;
      shares.push_back(std::move(share));
    }
    const bool alike = std::all_of(shares.begin(), shares.end(), [&](const LossShare& share) {
      return share.measure == shares[0].measure && share.kind == shares[0].kind;
    });
    if (!alike || shares[0].kind == LossShare::Elements) return shares;
    shares.resize(1);
    shares[0].value = value;
    shares[0].factor = 1;
    return shares;
  }

  /// By a number that does not depend on the batch.
  std::vector<LossShare> scaled(const ir::Node& node, ir::ValueId value) const {
    const ir::Operand *left = ir::operand_of(node, "input"), *right = ir::operand_of(node, "other");
    const bool divides = support::meaning_of(kRoles, ir::op_of(node).name) == Role::Divide;
    const auto varying = [&](const ir::Operand* operand) {
      return operand && operand->kind == ir::Operand::Value && varies_[operand->value];
    };
    if (varying(left) == varying(right) || (divides && varying(right))) return {by_rows(value)};
    const bool first = varying(left);
    std::vector<LossShare> shares = of((first ? left : right)->value);
    const std::optional<double> by = number(node, first ? "other" : "input");
    const bool constant = by || (first ? right : left)->kind == ir::Operand::Value;
    if (shares.size() == 1 && (constant || shares[0].kind != LossShare::Sum)) {
      shares[0].value = value;
      shares[0].factor = 1;
      return shares;
    }
    if (!by) return {by_rows(value)};
    for (LossShare& share : shares) share.factor *= divides ? 1 / *by : *by;
    return shares;
  }

  const ir::Graph& graph_;
  std::vector<bool> varies_;
  std::string rows_;
};

}  // namespace

std::vector<LossShare> loss_shares(const ir::Graph& graph, const ir::Output& term) {
  if (term.value.kind != ir::Operand::Value) return {};
  return Shares(graph).of(term.value.value);
}

}  // namespace modelc::passes
