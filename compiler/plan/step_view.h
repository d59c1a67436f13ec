// One step as a lowering sees it: its operator's parameters by name. Lives while kernels are bound; nothing looks up a
// name when the plan runs.
#pragma once

#include <string_view>
#include <vector>

#include "plan/plan.h"

namespace modelc::plan {

class StepView {
 public:
  StepView(const Plan& plan, const Step& step) : plan_(plan), step_(step), op_(ops::Catalogue::get().op(step.op)) {}

  const Plan& plan() const { return plan_; }
  const Step& step() const { return step_; }
  /// What stands for a parameter. Throws std::logic_error where the operator has none of that name.
  const Argument& argument(std::string_view name) const;
  /// Its static value; null where a tensor or nothing stands there.
  const Attribute& attribute(std::string_view name) const;
  /// Given and not null; false for a parameter that the operator does not have.
  bool has(std::string_view name) const;
  bool is_tensor(std::string_view name) const;
  /// The slot of a tensor; kNone where none is given.
  Slot slot(std::string_view name) const;
  /// All slots in an argument, in order.
  std::vector<Slot> slots(std::string_view name) const;
  /// Sizes of an argument that is an integer or a list of them; of a single one a list of one.
  std::vector<Size> sizes(std::string_view name) const;
  /// The type of a tensor argument, of the first one of a list.
  const TensorType& type(std::string_view name) const;
  const TensorType& result_type(std::size_t i = 0) const { return plan_.slots[step_.results.at(i)].type; }

 private:
  const Argument* find(std::string_view name) const;

  const Plan& plan_;
  const Step& step_;
  const ops::Op& op_;
};

}  // namespace modelc::plan
