// Every operator of the catalogue has a lowering, and a lowering reads only parameters that its operator declares.
#include "kernels/lowering.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <deque>
#include <set>

namespace modelc {
namespace {

using types::Constant;
using types::ConstantList;

/// A value that a parameter takes: its default, else something of its kind.
Constant plausible(const ops::Param& param) {
  if (param.has_default && !param.default_value.is_null()) return param.default_value;
  const ops::Param::Alternative alternative =
      param.alternatives.empty() ? ops::Param::Alternative{} : param.alternatives[0];
  Constant one = 1;
  switch (alternative.kind) {
    case ops::Param::Float:
      one = 0.5;
      break;
    case ops::Param::Bool:
      one = true;
      break;
    case ops::Param::Str:
      one = param.name == "pattern" ? "b c -> c b" : "ij->ji";
      break;
    case ops::Param::Word:
      one = alternative.words.empty() ? Constant("mean") : Constant(alternative.words[0]);
      break;
    case ops::Param::DTypeWord:
      one = types::DType::Float32;
      break;
    case ops::Param::Any:
      one = ConstantList{};
      break;
    default:
      break;
  }
  const int count = alternative.count > 0 ? alternative.count : 1;
  return alternative.list ? Constant(ConstantList(static_cast<std::size_t>(count), one)) : one;
}

/// A node of `op` that notes which names are asked for and not declared.
class Probe final : public kernels::NodeView {
 public:
  Probe(const ops::Op& op, bool given) : op_(op), given_(given) {
    node_.op = op.id;
    node_.results = {0, 1, 2};
    type_.shape = {2, 3, 4, 5};
  }

  std::set<std::string> undeclared;

  const ir::Node& node() const override { return node_; }
  const Constant& arg(std::string_view name) const override {
    const ops::Param* param = find(name);
    values_.push_back(param ? plausible(*param) : Constant(1));
    return values_.back();
  }
  std::function<std::vector<std::int64_t>(const kernels::Frame&)> sizes(std::string_view name) const override {
    find(name);
    return {};
  }
  std::function<const at::Tensor&(const kernels::Frame&)> tensor(std::string_view name) const override {
    find(name);
    return {};
  }
  std::function<std::vector<at::Tensor>(const kernels::Frame&)> tensors(std::string_view name) const override {
    find(name);
    return {};
  }
  /// Optional names may be asked for without a declaration; what is not declared is not given.
  bool has(std::string_view name) const override {
    const ops::Param* param = declared(name);
    return param != nullptr && (given_ || (param->has_default && !param->default_value.is_null()));
  }
  bool is_tensor(std::string_view name) const override {
    const ops::Param* param = find(name);
    return param != nullptr && param->takes_tensor() && given_;
  }
  const ir::Operand& operand(std::string_view name) const override {
    find(name);
    return operand_;
  }
  const types::TensorType& operand_type(std::string_view name) const override {
    find(name);
    return type_;
  }
  const types::TensorType& result_type(std::size_t) const override { return type_; }
  std::size_t result_count() const override { return node_.results.size(); }
  std::vector<at::Tensor>& state() const override { return state_; }

 private:
  const ops::Param* declared(std::string_view name) const {
    const ops::Param* param = op_.find_input(name);
    return param ? param : op_.find_arg(name);
  }
  const ops::Param* find(std::string_view name) const {
    const ops::Param* param = declared(name);
    if (param == nullptr) const_cast<Probe*>(this)->undeclared.emplace(name);
    return param;
  }

  const ops::Op& op_;
  bool given_;
  ir::Node node_;
  ir::Operand operand_;
  types::TensorType type_;
  mutable std::deque<Constant> values_;
  mutable std::vector<at::Tensor> state_;
};

}  // namespace

TEST_CASE("every function has a lowering, every module becomes a function") {
  std::string missing;
  for (const ops::Op& op : ops::Catalogue::get().all()) {
    const ops::Op* function = op.is_module ? ops::Catalogue::get().function_of(op) : &op;
    if (!function || !kernels::Lowerings::get().find(function->name)) missing += " " + op.name;
  }
  CHECK_MESSAGE(missing.empty(), "without a lowering:" << missing);
}

/// What a lowering says of a node that it cannot resolve; empty where it can.
std::string fault_of(const kernels::Lowering& lowering, const kernels::NodeView& node) {
  try {
    lowering(node);
  } catch (const std::exception& error) {
    const std::string what = error.what();
    return what.substr(0, what.find('\n'));
  }
  return {};
}

TEST_CASE("lowerings read what the operators declare") {
  for (const ops::Op& op : ops::Catalogue::get().all()) {
    const kernels::Lowering* lowering = kernels::Lowerings::get().find(op.name);
    if (lowering == nullptr) continue;
    for (bool given : {false, true}) {
      Probe probe(op, given);
      const std::string what = fault_of(*lowering, probe);
      CHECK_MESSAGE(what.empty(), op.name << ": " << what);
      std::string names;
      for (const std::string& name : probe.undeclared) names += " " + name;
      CHECK_MESSAGE(names.empty(), op.name << " has no parameter" << names);
    }
  }
}

/// Parameters that are sizes and nothing else, for a lowering that reads all of them as symbols.
class SymbolicProbe final : public kernels::NodeView {
 public:
  SymbolicProbe(const ops::Op& op, types::Dim size) : probe_(op, true), op_(op), size_(size) {}

  const ir::Node& node() const override { return probe_.node(); }
  const Constant& arg(std::string_view name) const override {
    const ops::Param* param = op_.find_input(name);
    if (!param) param = op_.find_arg(name);
    if (!param || !holds_size(*param)) return probe_.arg(name);
    ++asked;
    const bool list = param->alternatives[0].list;
    values_.push_back(list ? Constant(ConstantList{Constant(size_)}) : Constant(size_));
    return values_.back();
  }
  std::function<std::vector<std::int64_t>(const kernels::Frame&)> sizes(std::string_view name) const override {
    ++asked;
    return probe_.sizes(name);
  }
  std::function<const at::Tensor&(const kernels::Frame&)> tensor(std::string_view name) const override {
    return probe_.tensor(name);
  }
  std::function<std::vector<at::Tensor>(const kernels::Frame&)> tensors(std::string_view name) const override {
    return probe_.tensors(name);
  }
  bool has(std::string_view name) const override { return probe_.has(name); }
  bool is_tensor(std::string_view) const override { return false; }  // a number in the place of a tensor
  const ir::Operand& operand(std::string_view name) const override { return probe_.operand(name); }
  const types::TensorType& operand_type(std::string_view name) const override { return probe_.operand_type(name); }
  const types::TensorType& result_type(std::size_t i) const override { return probe_.result_type(i); }
  std::size_t result_count() const override { return probe_.result_count(); }
  std::vector<at::Tensor>& state() const override { return probe_.state(); }

  mutable int asked = 0;

 private:
  static bool holds_size(const ops::Param& param) {
    return std::any_of(param.alternatives.begin(), param.alternatives.end(),
                       [](const auto& a) { return a.kind == ops::Param::DimKind || a.kind == ops::Param::Number; });
  }

  Probe probe_;
  const ops::Op& op_;
  types::Dim size_;
  mutable std::deque<Constant> values_;
};

TEST_CASE("a size that depends on the inputs is never read as a number") {
  types::DimTable table;
  types::DimTable::Scope scope(table);
  const types::Dim size = table.symbol("B");
  int asked = 0;
  for (const ops::Op& op : ops::Catalogue::get().all()) {
    const kernels::Lowering* lowering = kernels::Lowerings::get().find(op.name);
    if (op.is_module || lowering == nullptr) continue;
    SymbolicProbe probe(op, size);
    const std::string what = fault_of(*lowering, probe);
    CHECK_MESSAGE(what.empty(), op.name << ": " << what);
    asked += probe.asked;
  }
  CHECK(asked > 20);
}

TEST_CASE("no lowering without an operator") {
  std::set<std::string, std::less<>> names;
  for (const ops::Op& op : ops::Catalogue::get().all()) names.insert(op.name);
  std::string extra;
  for (const std::string& name : kernels::Lowerings::get().names()) {
    if (!names.count(name)) extra += " " + name;
  }
  CHECK_MESSAGE(extra.empty(), "without an operator:" << extra);
}

}  // namespace modelc
