// Every operator of the catalogue has a lowering, and a lowering reads only parameters that its operator declares.
#include "kernels/lowering.h"

#include <doctest/doctest.h>

#include <algorithm>

namespace modelc {
namespace {

using plan::Argument;
using plan::Attribute;
using plan::AttributeList;
using plan::Size;

Attribute attribute_of(const ops::Constant& constant) {
  if (constant.is_bool()) return {constant.as_bool()};
  if (constant.is_int()) return {Size::of(constant.as_int())};
  if (constant.is_float()) return {constant.as_double()};
  if (constant.is_string()) return {constant.as_string()};
  if (constant.is_dtype()) return {constant.as_dtype()};
  if (!constant.is_list()) return {};
  AttributeList list;
  for (const ops::Constant& element : constant.as_list()) list.push_back(attribute_of(element));
  return {std::move(list)};
}

/// A value that a parameter takes: its default, else something of its kind.
Attribute plausible(const ops::Param& param) {
  if (param.has_default && !param.default_value.is_null()) return attribute_of(param.default_value);
  const ops::Param::Alternative alternative =
      param.alternatives.empty() ? ops::Param::Alternative{} : param.alternatives[0];
  Attribute one{Size::of(1)};
  switch (alternative.kind) {
    case ops::Param::Float:
      one = {0.5};
      break;
    case ops::Param::Bool:
      one = {true};
      break;
    case ops::Param::Str:
      one = {std::string(param.name == "pattern" ? "b c -> c b" : "ij->ji")};
      break;
    case ops::Param::Word:
      one = {alternative.words.empty() ? std::string("mean") : alternative.words[0]};
      break;
    case ops::Param::DTypeWord:
      one = {types::DType::Float32};
      break;
    case ops::Param::Any:
      one = {AttributeList{}};
      break;
    default:
      break;
  }
  const int count = alternative.count > 0 ? alternative.count : 1;
  return alternative.list ? Attribute{AttributeList(static_cast<std::size_t>(count), one)} : one;
}

bool holds_size(const ops::Param& param) {
  return std::any_of(param.alternatives.begin(), param.alternatives.end(),
                     [](const auto& a) { return a.kind == ops::Param::DimKind || a.kind == ops::Param::Number; });
}

Argument in_slot(const ops::Param& param) {
  Argument slot;
  slot.kind = Argument::Slot;
  slot.slot = 0;
  if (param.alternatives.empty() || !param.alternatives[0].list) return slot;
  Argument list;
  list.kind = Argument::List;
  list.list = {slot, slot};
  return list;
}

Argument of(Attribute attribute) {
  Argument out;
  if (attribute.is_null()) return out;
  out.kind = Argument::Static;
  out.attribute = std::move(attribute);
  return out;
}

enum class Given {
  Required,  // optional parameters stand as their defaults
  All,       // tensors wherever one may be
  Sizes,     // every size depends on the inputs
};

Argument argument_of(const ops::Param& param, Given given) {
  if (given == Given::Sizes && holds_size(param)) {
    const Attribute size{Size::in(0)};
    return of(param.alternatives[0].list ? Attribute{AttributeList{size}} : size);
  }
  if (param.has_default && given == Given::Required) return of(attribute_of(param.default_value));
  return param.takes_tensor() ? in_slot(param) : of(plausible(param));
}

/// What a lowering says of a call that it cannot resolve; empty where it can.
std::string fault_of(const ops::Op& op, Given given) {
  plan::Plan plan;
  plan.sizes.symbols = {{"B", 1}};
  plan.sizes.words = {"B"};
  plan.slots.assign(4, {"", {types::DType::Float32, {Size::of(2), Size::of(3), Size::of(4), Size::of(5)}}});
  plan::Step step;
  step.op = op.id;
  for (const ops::Param& param : op.inputs) step.arguments.push_back(argument_of(param, given));
  step.results = {1, 2, 3};
  plan::Slot next = 4;
  try {
    kernels::bind_step(plan, step, {}, next);
  } catch (const std::exception& error) {
    const std::string what = error.what();
    return what.substr(0, what.find('\n'));
  }
  return {};
}

}  // namespace

TEST_CASE("every function has a lowering, every module becomes a function or is written in the language") {
  std::string missing;
  for (const ops::Op& op : ops::Catalogue::get().all()) {
    if (op.becomes.is_written()) continue;
    const ops::Op* function = op.becomes.given() ? ops::Catalogue::get().function_of(op) : &op;
    if (!function || !kernels::kernel_table().has(function->id)) missing += " " + op.name;
  }
  CHECK_MESSAGE(missing.empty(), "without a lowering:" << missing);
}

TEST_CASE("lowerings read what the operators declare, and no size that depends on the inputs as a number") {
  int sized = 0;
  for (const ops::Op& op : ops::Catalogue::get().all()) {
    if (op.becomes.given() || op.becomes.is_written()) continue;
    for (const Given given : {Given::Required, Given::All, Given::Sizes}) {
      const std::string what = fault_of(op, given);
      CHECK_MESSAGE(what.empty(), op.name << ": " << what);
    }
    sized += std::any_of(op.inputs.begin(), op.inputs.end(), holds_size) ? 1 : 0;
  }
  CHECK(sized > 20);
}

TEST_CASE("no lowering without an operator") {
  kernels::KernelTable table({"aten"});
  kernels::Lowerings lowerings(table, "aten");
  const kernels::Lowering none = [](const kernels::NodeView&) { return kernels::Kernel(); };
  CHECK_THROWS_WITH(lowerings.add("nowhere", none), "a lowering of `nowhere`, which is no operator");
}

}  // namespace modelc
