// One call of an operator as its infer function sees it: arguments by name, requirements that report at the call.
#pragma once

#include "trace/nodes.h"

namespace modelc::trace {

class OpCall : public ops::InferContext {
 public:
  /// `instance` is kNoInstance for a function.
  OpCall(Tracer& tracer, const ops::Op& op, const Bound& bound, Span span, InstanceId instance);

  const types::Constant& arg(std::string_view name) const override;
  bool has(std::string_view name) const override;
  const TensorType& tensor(std::string_view name) const override;
  std::vector<TensorType> tensors(std::string_view name) const override;
  Type type(std::string_view name) const override;
  std::vector<std::int64_t> written(std::string_view name, std::size_t part) const override;
  bool require_equal(Dim a, Dim b, ops::Reason what) override;
  bool require_at_least(Dim a, Dim least, ops::Reason what) override;
  bool require_divisible(Dim n, Dim d, ops::Reason what) override;
  bool known_at_least(Dim a, std::int64_t least) const override;
  Type fault(const ops::Constraint& constraint, const std::string& message, const std::string& help,
             std::string_view argument) override;
  bool infer(std::string_view name, Dim size) override;
  void own(ops::OwnedTensor tensor) override;
  const TensorType* owned(std::string_view name) const override;
  std::vector<TensorType> owned() const override;
  Dim measured_size(std::size_t result, std::size_t dimension) override;
  Dim simplify(Dim dim) const override;
  bool training() const override;
  types::DType parameter_dtype() const override;

  bool failed() const { return failed_; }

 protected:
  /// What is said of the sizes of a module: what `arg` gives, and whether it was stated.
  const Instance& instance() const { return tracer_.tree.instances[instance_]; }

 private:
  bool require(Dim a, types::Relation relation, Dim b, ops::Reason reason, const char* sign);
  const Value* input(std::string_view name) const;
  Span input_span(std::string_view name) const;
  /// Where the operands come from, as notes.
  void add_operands(diagnostics::Report& report) const;

  Tracer& tracer_;
  const ops::Op& op_;
  const Bound& bound_;
  Span span_;
  InstanceId instance_;
  std::string_view shown_;  // the operator's name, or what the user writes for one without a name
  mutable std::map<std::string, types::Constant, std::less<>> constants_;
  bool failed_ = false;
};

}  // namespace modelc::trace
