#include "plan/step_view.h"

#include <stdexcept>

namespace modelc::plan {

namespace {

const Attribute kNull;

void collect(const Attribute& attribute, std::vector<Size>& out) {
  if (!attribute.is_list()) return out.push_back(attribute.as_size());
  for (const Attribute& element : attribute.as_list()) collect(element, out);
}

}  // namespace

const Argument* StepView::find(std::string_view name) const {
  for (std::size_t i = 0; i < op_.inputs.size(); ++i)
    if (op_.inputs[i].name == name) return &step_.arguments[i];
  return nullptr;
}

const Argument& StepView::argument(std::string_view name) const {
  if (const Argument* found = find(name)) return *found;
  throw std::logic_error("the operator " + op_.name + " has no argument `" + std::string(name) + "`");
}

const Attribute& StepView::attribute(std::string_view name) const {
  const Argument& found = argument(name);
  return found.kind == Argument::Static ? found.attribute : kNull;
}

bool StepView::has(std::string_view name) const {
  const Argument* found = find(name);
  return found != nullptr && found->kind != Argument::Absent;
}

bool StepView::is_tensor(std::string_view name) const {
  const Argument* found = find(name);
  return found != nullptr && found->kind == Argument::Slot;
}

Slot StepView::slot(std::string_view name) const {
  const Argument& found = argument(name);
  return found.kind == Argument::Slot ? found.slot : kNone;
}

std::vector<Slot> StepView::slots(std::string_view name) const {
  std::vector<Slot> out;
  for_each_slot(argument(name), [&](Slot slot) { out.push_back(slot); });
  return out;
}

std::vector<Size> StepView::sizes(std::string_view name) const {
  std::vector<Size> out;
  collect(attribute(name), out);
  return out;
}

const TensorType& StepView::type(std::string_view name) const {
  const std::vector<Slot> all = slots(name);
  if (all.empty()) throw std::logic_error("the argument `" + std::string(name) + "` is no tensor");
  return plan_.slots[all[0]].type;
}

}  // namespace modelc::plan
