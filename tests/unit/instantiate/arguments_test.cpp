#include "instantiate/arguments.h"

#include <doctest/doctest.h>

namespace {

using namespace modelc;
using namespace modelc::instantiate;

struct Binding {
  diagnostics::Sink sink;
  Bound bound;

  Binding(const char* op, Arguments args) {
    const ops::Op& found = *ops::Catalogue::get().module(op);
    bound = bind_parameters(sink, found, found.args, args, {}, true);
  }
  std::string code() const { return sink.size() ? std::string(sink.sorted().at(0).code) : ""; }
};

GivenArgument argument(std::string name, Value value) { return {std::move(name), std::move(value), {}, {}}; }
Value integer(int n) { return Value::of(types::Dim(n)); }

TEST_CASE("by position what PyTorch requires and is not inferred, by name anything, the rest by default") {
  const Binding b("Linear", {argument("", integer(7)), argument("bias", Value::of(false))});
  REQUIRE(b.bound.ok);
  const ops::Op& op = *ops::Catalogue::get().module("Linear");
  for (std::size_t i = 0; i < op.args.size(); ++i) {
    CAPTURE(op.args[i].name);
    if (op.args[i].name == "out_features") CHECK(b.bound.values[i].str() == "7");
    if (op.args[i].name == "bias") CHECK(b.bound.values[i].str() == "false");
    if (op.args[i].inferred) CHECK_FALSE(b.bound.given[i]);
  }
}

TEST_CASE("what does not fit") {
  CHECK(Binding("Linear", {}).code() == diag::MissingArgument.row.code);
  CHECK(Binding("Linear", {argument("", integer(1)), argument("", integer(2))}).code() ==
        diag::TooManyArguments.row.code);
  CHECK(Binding("Linear", {argument("out_feature", integer(1))}).code() == diag::UnknownArgument.row.code);
  CHECK(Binding("Linear", {argument("", Value::of(std::string("a")))}).code() == diag::ArgumentType.row.code);
  CHECK(Binding("Dropout", {argument("p", Value::of(2.0))}).code() == diag::ArgumentRange.row.code);
  CHECK(Binding("Linear", {argument("", integer(1)), argument("out_features", integer(2))}).code() ==
        diag::DuplicateArgument.row.code);
}

TEST_CASE("a poisoned argument is passed over in silence") {
  const Binding b("Linear", {argument("", Value::poison())});
  CHECK(b.bound.poisoned);
  CHECK(b.sink.size() == 0);
}

TEST_CASE("one number for a list of two stands for both") {
  const Binding b("Conv2d", {argument("", integer(8)), argument("", integer(3))});
  REQUIRE(b.bound.ok);
  const ops::Op& op = *ops::Catalogue::get().module("Conv2d");
  for (std::size_t i = 0; i < op.args.size(); ++i)
    if (op.args[i].name == "kernel_size") CHECK(b.bound.values[i].str() == "[3, 3]");
}

}  // namespace
