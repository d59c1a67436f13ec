// What is declared of every operator beside its rule: traits, and the function that a module becomes.
#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "fake_context.h"

namespace modelc::ops::testing {
namespace {

TEST_CASE("every trait has its word") {
  std::set<std::string_view> words;
  unsigned next = 0;
  for (const auto& [trait, word] : trait_words()) {
    CHECK(static_cast<unsigned>(trait) == next++);
    CHECK(words.insert(word).second);
  }
  CHECK(words.size() == 20);
}

TEST_CASE("traits are a set") {
  constexpr Traits traits{Trait::Pure, Trait::View};
  CHECK(traits.has(Trait::Pure));
  CHECK(traits.has(Trait::View));
  CHECK_FALSE(traits.has(Trait::Random));
  CHECK(Traits{}.empty());
  CHECK(traits == Traits{Trait::View, Trait::Pure});
}

TEST_CASE("traits of an operator agree with each other and with its declaration") {
  for (const Op& op : Catalogue::get().all()) {
    CAPTURE(op.name);
    const Op* function = Catalogue::get().function_of(op);
    if (!op.is_module) CHECK_FALSE(op.traits.empty());
    if (function) CHECK(op.traits == function->traits);
    if (op.has(Trait::Pure)) {
      CHECK_FALSE(op.has(Trait::Random));
      CHECK_FALSE(op.has(Trait::WritesState));
    } else if (!op.is_module || function) {
      CHECK((op.has(Trait::Random) || op.has(Trait::WritesState) || op.has(Trait::MeasuresSize) ||
             op.has(Trait::OpensLoop) || op.has(Trait::ClosesLoop)));
    }
    if (op.has(Trait::WritesState) && !op.is_module) CHECK_FALSE(op.writes.inputs.empty());
    if (!op.writes.inputs.empty()) CHECK(op.has(Trait::WritesState));
    for (const std::string& name : op.writes.inputs) {
      CAPTURE(name);
      CHECK(op.find_input(name));
    }
    if (op.has(Trait::Commutative)) CHECK(op.inputs.size() >= 2);
    if (op.has(Trait::Normalization)) CHECK(op.has(Trait::FollowsMode));
    if (op.has(Trait::IdentityInEvaluation)) CHECK(op.has(Trait::FollowsMode));
    if (op.has(Trait::View))
      CHECK(std::any_of(op.inputs.begin(), op.inputs.end(), [](const Param& p) { return p.takes_tensor(); }));
    for (const Trait trait : {Trait::SameOrder, Trait::Permutes, Trait::Converts})
      if (op.has(trait)) CHECK((op.has(Trait::Pure) && op.inputs[0].takes_tensor()));
    if (op.numbers.fills.is_string() && !op.is_module) CHECK(op.find_input(op.numbers.fills.as_string()));
    if (op.numbers.arithmetic || op.numbers.neutral) CHECK((op.has(Trait::Elementwise) && op.inputs.size() >= 2));
  }
}

/// The result of the example beside its operands; nullopt where the example is no plain call.
struct Shown {
  std::vector<TensorType> operands;
  TensorType result;
};
std::optional<Shown> shown(const Op& op) {
  std::map<std::string, Dim> symbols;
  Shown shown;
  shown.operands = parse_types(op.about.example_inputs, symbols);
  const Call call = parse_call(op, op.about.example, shown.operands);
  if (!call.parsed || shown.operands.empty()) return std::nullopt;
  FakeContext context(op);
  apply(call, context);
  const Type result = context.infer();
  const Type& first = result.parts().empty() ? result : result.parts()[0];
  if (!context.faults.empty() || !first.is_tensor()) return std::nullopt;
  shown.result = first.tensor;
  return shown;
}

TEST_CASE("the result of an elementwise operator has the shape of its operands stretched to one") {
  std::size_t seen = 0;
  for (const Op& op : Catalogue::get().all()) {
    if (!op.has(Trait::Elementwise)) continue;
    CAPTURE(op.name);
    types::DimTable table;
    types::DimTable::Scope scope(table);
    const auto example = shown(op);
    if (!example) continue;
    ++seen;
    FakeContext context(op);
    std::vector<Dim> shape;
    for (const TensorType& operand : example->operands)
      shape = context.broadcast(shape, operand.shape, "").value_or(std::vector<Dim>{});
    CHECK(example->result.shape == shape);
  }
  CHECK(seen > 60);
}

TEST_CASE("a reduction leaves fewer elements, a view no more than there were") {
  std::size_t seen = 0;
  for (const Op& op : Catalogue::get().all()) {
    if (!op.has(Trait::Reduction) && !op.has(Trait::View)) continue;
    CAPTURE(op.name);
    types::DimTable table;
    types::DimTable::Scope scope(table);
    const auto example = shown(op);
    if (!example) continue;
    ++seen;
    if (op.has(Trait::Reduction)) CHECK(example->result.rank() < example->operands[0].rank());
    if (op.has(Trait::View)) CHECK(types::part_of(example->result.dtype) == types::part_of(example->operands[0].dtype));
  }
  CHECK(seen > 25);
}

TEST_CASE("commuted operands give the same type") {
  for (const Op& op : Catalogue::get().all()) {
    if (!op.has(Trait::Commutative)) continue;
    CAPTURE(op.name);
    const std::string types = op.name.starts_with("bitwise") ? "bool[B, 6], bool[6]" : "float[B, 6], int[6]";
    const std::string exchanged = op.name.starts_with("bitwise") ? "bool[6], bool[B, 6]" : "int[6], float[B, 6]";
    CHECK(run(op.name + "(x, y)", types) == run(op.name + "(x, y)", exchanged));
  }
}

TEST_CASE("operators are found by number") {
  const Catalogue& catalogue = Catalogue::get();
  for (const Op& op : catalogue.all()) {
    CHECK(&catalogue.op(op.id) == &op);
    CHECK(catalogue.id(op.name) == op.id);
  }
  CHECK(catalogue.id("no such operator") == kNoOp);
}

TEST_CASE("every source of the function that a module becomes exists") {
  std::size_t modules = 0;
  for (const Op& op : Catalogue::get().all()) {
    modules += op.is_module && (op.becomes.given() || op.becomes.is_written()) ? 1 : 0;
    if (!op.becomes.given()) continue;
    CAPTURE(op.name);
    const Op* function = Catalogue::get().function_of(op);
    REQUIRE(function);
    REQUIRE(op.becomes.sources.size() == function->inputs.size());
    std::set<std::string> used;
    for (std::size_t i = 0; i < op.becomes.sources.size(); ++i) {
      const Source& source = op.becomes.sources[i];
      CAPTURE(function->inputs[i].name);
      if (source.kind == Source::Input) CHECK(op.find_input(source.name));
      if (source.kind == Source::Argument) CHECK(op.find_arg(source.name));
      if (source.kind == Source::Default) CHECK(function->inputs[i].has_default);
      if (source.kind == Source::Mode) CHECK(function->has(Trait::FollowsMode));
      used.insert(source.name);
    }
    for (const Binding& binding : op.becomes.bindings) {
      CAPTURE(binding.parameter);
      CHECK(function->find_input(binding.parameter));
    }
    for (const Param& input : op.inputs) {
      CAPTURE(input.name);
      CHECK(used.count(input.name));  // nothing that a call gives is lost on the way
    }
  }
  CHECK(modules == Catalogue::get().module_names().size());  // every one, or it is written in the language
}

}  // namespace
}  // namespace modelc::ops::testing
