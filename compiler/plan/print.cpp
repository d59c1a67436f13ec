#include "plan/print.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "types/dtype.h"

namespace modelc::plan {

namespace {

class Printer {
 public:
  explicit Printer(const Plan& plan) : plan_(plan) {}

  std::string print() {
    if (!plan_.sizes.symbols.empty()) add("{}\n", symbols());
    section("sizes", plan_.sizes.code.size(), [&](std::size_t i) { instruction(i); });
    section("inputs", plan_.inputs.size(), [&](std::size_t i) { input(plan_.inputs[i]); });
    section("checks", plan_.checks.size(), [&](std::size_t i) { check(plan_.checks[i]); });
    section("conditions", plan_.conditions.size(), [&](std::size_t i) { condition(plan_.conditions[i]); });
    section("states", plan_.states.size(), [&](std::size_t i) { state(plan_.states[i]); });
    section("steps", plan_.steps.size(), [&](std::size_t i) { step(plan_.steps[i]); });
    section("loops", plan_.loops.size(), [&](std::size_t i) { loop(plan_.loops[i]); });
    section("results", plan_.results.size(),
            [&](std::size_t i) { add("  {} = {}\n", plan_.results[i].name, words(plan_.results[i].value)); });
    return std::move(text_);
  }

 private:
  template <class... Args>
  void add(fmt::format_string<Args...> format, Args&&... args) {
    text_ += fmt::format(format, std::forward<Args>(args)...);
  }

  template <class Line>
  void section(const char* title, std::size_t lines, Line&& line) {
    if (lines > 0) add("{}\n", title);
    for (std::size_t i = 0; i < lines; ++i) line(i);
  }

  std::string symbols() const {
    std::vector<std::string> each;
    for (const Symbol& symbol : plan_.sizes.symbols) each.push_back(fmt::format("{} >= {}", symbol.name, symbol.least));
    return fmt::format("symbols {}", fmt::join(each, ", "));
  }

  std::string words(Register reg) const {
    return reg < plan_.sizes.symbols.size() ? plan_.sizes.symbols[reg].name : fmt::format("r{}", reg);
  }
  std::string words(const Size& size) const {
    return size.is_constant() ? std::to_string(size.constant) : words(size.reg);
  }
  std::string words(const TensorType& type) const {
    std::vector<std::string> sizes;
    for (const Size& size : type.shape) sizes.push_back(words(size));
    return fmt::format("{}[{}]", types::dtype_word(type.dtype), fmt::join(sizes, ", "));
  }
  std::string words(const Attribute& attribute) const {
    if (attribute.is_bool()) return attribute.as_bool() ? "true" : "false";
    if (attribute.is_size()) return words(attribute.as_size());
    if (attribute.is_float()) return fmt::format("{:#}", attribute.as_double());
    if (attribute.is_string()) return fmt::format("\"{}\"", attribute.as_string());
    if (attribute.is_dtype()) return std::string(types::torch_word(attribute.as_dtype()));
    if (!attribute.is_list()) return "null";
    std::vector<std::string> parts;
    for (const Attribute& part : attribute.as_list()) parts.push_back(words(part));
    return fmt::format("[{}]", fmt::join(parts, ", "));
  }
  std::string words(const Argument& argument) const {
    if (argument.kind == Argument::Slot) return fmt::format("${}", argument.slot);
    if (argument.kind == Argument::Static) return words(argument.attribute);
    if (argument.kind == Argument::Absent) return "null";
    std::vector<std::string> parts;
    for (const Argument& part : argument.list) parts.push_back(words(part));
    return fmt::format("[{}]", fmt::join(parts, ", "));
  }
  static std::string words(const std::vector<Slot>& slots) {
    std::vector<std::string> each;
    for (const Slot slot : slots) each.push_back(fmt::format("${}", slot));
    return fmt::format("{}", fmt::join(each, ", "));
  }

  void instruction(std::size_t i) {
    const SizeInstruction& step = plan_.sizes.code[i];
    const std::size_t reg = plan_.sizes.symbols.size() + i;
    std::string made;
    switch (step.op) {
      case SizeOp::Constant:
        made = std::to_string(step.constant);
        break;
      case SizeOp::Add:
        made = fmt::format("{} + {}", words(step.a), words(step.b));
        break;
      case SizeOp::Multiply:
        made = fmt::format("{} * {}", words(step.a), words(step.b));
        break;
      case SizeOp::FloorDivide:
        made = fmt::format("{} // {}", words(step.a), words(step.b));
        break;
      case SizeOp::AtLeastZero:
        made = fmt::format("max({}, 0)", words(step.a));
        break;
    }
    const std::string& comment = plan_.sizes.words[reg];
    add("  r{} = {}{}{}\n", reg, made, comment.empty() ? "" : "  # ", comment);
  }

  void input(const Input& input) {
    add("  {}{}", input.slot == kNone ? "" : fmt::format("${} = ", input.slot), input.name);
    if (input.tensor) add(": {}", words(input.type));
    add("{}{}\n", input.target ? " target" : "", input.needed ? "" : " not needed");
  }

  void check(const SizeCheck& check) {
    add("  {}[{}] ", plan_.inputs[check.input].name, check.dimension);
    if (check.solves == kNone) return add("is {}\n", words(check.expected));
    add("fixes {}", words(check.solves));
    if (!check.linear) add(" by search for {}", words(check.expected));
    else if (check.factor != Size::of(1) || check.offset != Size::of(0))
      add(" by {}*{} + {}", words(check.factor), words(check.solves), words(check.offset));
    add("\n");
  }

  void condition(const Condition& condition) {
    add("  {} {} {}: {}\n", words(condition.a), condition.equal ? "==" : ">=", words(condition.b), condition.words);
  }

  void state(const State& state) {
    add("  ${} = {} of module {}: {}{}\n", state.slot, state.name, state.module, words(plan_.slots[state.slot].type),
        state.written ? " written" : "");
  }

  void step(const Step& step) {
    std::vector<std::string> arguments;
    for (const Argument& argument : step.arguments) arguments.push_back(words(argument));
    add("  {} = {}({})", words(step.results), ops::Catalogue::get().op(step.op).name, fmt::join(arguments, ", "));
    if (!step.writes.empty()) add("; write {}", words(step.writes));
    if (step.draws) add("; draw");
    for (const Binding& binding : step.binds)
      add("; bind {} to ${}[{}]", words(binding.symbol), step.results[binding.result], binding.dimension);
    for (const Register reg : step.sizes) add("{} {}", reg == step.sizes[0] ? "; compute" : ",", words(reg));
    for (const std::uint32_t c : step.conditions) add("; check {}", plan_.conditions[c].words);
    if (!step.release.empty()) add("; release {}", words(step.release));
    add("\n");
  }

  void loop(const Loop& loop) { add("  steps {} to {}, {} turns\n", loop.first, loop.last, words(loop.length)); }

  const Plan& plan_;
  std::string text_;
};

}  // namespace

std::string print(const Plan& plan) { return Printer(plan).print(); }

}  // namespace modelc::plan
