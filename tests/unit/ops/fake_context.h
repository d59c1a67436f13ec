// An InferContext over real Conditions that needs no description: arguments and tensors are set by name, reports are
// kept as text. `run` evaluates a call written as in the catalogue's examples.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "ops/op.h"
#include "types/conditions.h"

namespace modelc::ops::testing {

class FakeContext : public InferContext {
 public:
  explicit FakeContext(const Op& op) : op_(op) {
    for (const std::vector<Param>* params : {&op.args, &op.inputs})
      for (const Param& param : *params) constants_[param.name] = param.default_value;
  }

  void set(const std::string& name, Constant value);
  void set(const std::string& name, TensorType type) { values_[name] = Type::of(std::move(type)); }
  void set(const std::string& name, Type type) { values_[name] = std::move(type); }
  Type infer() { return op_.infer(*this); }

  const Constant& arg(std::string_view name) const override;
  bool has(std::string_view name) const override { return values_.count(std::string(name)) > 0; }
  const TensorType& tensor(std::string_view name) const override;
  std::vector<TensorType> tensors(std::string_view name) const override;
  Type type(std::string_view name) const override;
  bool require_equal(Dim a, Dim b, Reason what) override { return require(a, types::Relation::Equal, b, what); }
  bool require_at_least(Dim a, Dim b, Reason what) override { return require(a, types::Relation::AtLeast, b, what); }
  bool require_divisible(Dim n, Dim d, Reason what) override {
    return types::exact_div(n, d) || require(floor_mod(n, d), types::Relation::Equal, 0, what);
  }
  bool known_at_least(Dim a, std::int64_t least) const override { return conditions.at_least(a, least); }
  Type fault(const Constraint& constraint, const std::string& message, const std::string&, std::string_view) override {
    faults.push_back(op_.demands(constraint) ? message : op_.name + " does not declare " + std::string(constraint.id));
    return Type::poison();
  }
  bool infer(std::string_view name, Dim size) override;
  void own(OwnedTensor tensor) override { tensors_owned.push_back(std::move(tensor)); }
  const TensorType* owned(std::string_view name) const override {
    for (const OwnedTensor& tensor : tensors_owned)
      if (tensor.name == name) return &tensor.type;
    return nullptr;
  }
  std::vector<TensorType> owned() const override {
    std::vector<TensorType> types;
    for (const OwnedTensor& tensor : tensors_owned) types.push_back(tensor.type);
    return types;
  }
  Dim measured_size(std::size_t, std::size_t) override {
    return types::DimTable::current().symbol("K" + std::to_string(++measured), 0);
  }
  Dim simplify(Dim dim) const override { return conditions.simplify(dim); }
  bool training() const override { return in_training; }

  types::Conditions conditions;
  std::vector<std::string> faults;
  std::vector<OwnedTensor> tensors_owned;
  bool in_training = false;
  int measured = 0;

 private:
  bool require(Dim a, types::Relation relation, Dim b, Reason what);

  const Op& op_;
  std::map<std::string, Constant, std::less<>> constants_;
  std::map<std::string, Type> values_;
};

/// `float[B, 3]`, a list of them by `, `; symbols come from `symbols` and are added to it.
std::vector<TensorType> parse_types(const std::string& text, std::map<std::string, Dim>& symbols);

struct Call {
  const Op* op = nullptr;
  std::vector<std::pair<std::string, Constant>> constants;  // by parameter
  std::vector<std::pair<std::string, Type>> tensors;
  bool parsed = false;
};
/// An example of the catalogue: `Linear(10)` on the inputs in order, `cat([x, y], dim=1)`, `x.repeat(1, 2)` with x, y,
/// z, w for the inputs. `parsed` is false where it holds more than that.
Call parse_call(const Op& op, const std::string& text, const std::vector<TensorType>& inputs);
void apply(const Call& call, FakeContext& context);

/// The result's type as text, or the first report.
std::string run(const std::string& call, const std::string& inputs);

}  // namespace modelc::ops::testing
