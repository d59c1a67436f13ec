// covers: fitted.cpp
// Arguments against declarations: what fits, what is reported and where.
#include "catalogue/bind.h"

#include <doctest/doctest.h>

using namespace modelc;
using namespace modelc::catalogue;

namespace {

Actual given(Constant value, std::string name = {}) {
  Actual a;
  a.kind = Actual::Static;
  a.words = value.str();
  a.constant = std::move(value);
  a.name = std::move(name);
  return a;
}

Actual thing(Actual::Kind kind, std::string words, std::string name = {}) {
  Actual a;
  a.kind = kind;
  a.words = std::move(words);
  a.name = std::move(name);
  return a;
}

struct Outcome {
  Bound bound;
  std::vector<std::string> messages;
  std::vector<std::string> help;
};

Outcome bound(const Entry& entry, const std::vector<Actual>& args) {
  types::DimTable table;
  types::DimTable::Scope scope{table};
  diagnostics::Sink sink;
  Outcome out;
  out.bound = bind(signature_of(entry), args, {}, sink);
  for (const auto& d : sink.sorted()) {
    out.messages.push_back(d.message);
    if (!d.help.empty()) out.help.push_back(d.help);
  }
  return out;
}

const Entry& probe() {
  static const Entry entry = Declare(Kind::Optimizer, "probe")
                                 .argument("a: float in 0<..")
                                 .argument("b: int[2] in 1.. = 3")
                                 .keyword("mode: {in|out}? = null")
                                 .later("fused: bool = false");
  return entry;
}

}  // namespace

TEST_CASE("positions, names and defaults come in the declared form") {
  const auto out = bound(probe(), {given(1)});
  CHECK(out.bound.usable());
  CHECK(out.messages.empty());
  CHECK(out.bound.value("a") == Constant(1.0));
  CHECK(out.bound.value("b") == Constant(types::ConstantList{3, 3}));
  CHECK(out.bound.value("mode").is_null());
  CHECK(out.bound.given("a"));
  CHECK_FALSE(out.bound.given("b"));
  CHECK(bound(probe(), {given(1), given(7)}).bound.value("b") == Constant(types::ConstantList{7, 7}));
  CHECK(bound(probe(), {given(types::ConstantList{1, 2}, "b"), given(0.5, "a")}).bound.value("a") == Constant(0.5));
}

TEST_CASE("each kind of fault is reported once") {
  struct Case {
    std::vector<Actual> args;
    std::string message, help;
  };
  const Case cases[] = {
      {{}, "`probe` misses its argument `a`", "it takes `a: float in 0<..`"},
      {{given(0)}, "`a` of `probe` is 0.0, expected more than 0", ""},
      {{given("x")}, "`a` of `probe` is \"x\", expected a number", ""},
      {{given(1), given(2), given(3)}, "`probe` takes 2 arguments by position, got 3", ""},
      {{given(1), given(1, "a")}, "`a` is given twice", ""},
      {{given(1), given(1, "mod")}, "`probe` has no argument `mod`", "did you mean `mode`?"},
      {{given(1), given(1, "zzzzz")}, "`probe` has no argument `zzzzz`", "it takes `a`, `b`, `mode`, `fused`"},
      {{given(1), given("on", "mode")},
       "`mode` of `probe` is \"on\", expected one of \"in\", \"out\" or null",
       "did you mean \"in\"?"},
      {{given(1), given(true, "fused")}, "`fused` of `probe` is not supported yet", ""},
      {{thing(Actual::Tensor, "a tensor")}, "`a` of `probe` is a tensor, expected a number", ""},
      {{given(1), given(types::ConstantList{1, 0})}, "`b` of `probe` is 0, expected at least 1", ""},
  };
  for (const Case& one : cases) {
    const auto out = bound(probe(), one.args);
    CAPTURE(one.message);
    CHECK_FALSE(out.bound.ok);
    REQUIRE(out.messages.size() == 1);
    CHECK(out.messages[0] == one.message);
    if (!one.help.empty()) {
      REQUIRE(out.help.size() == 1);
      CHECK(out.help[0] == one.help);
    }
  }
}

TEST_CASE("poison is quiet, and nothing is said to be missing beside it") {
  const auto out = bound(entry(MetricId::Accuracy), {thing(Actual::Poison, "")});
  CHECK(out.messages.empty());
  CHECK(out.bound.poisoned);
  CHECK_FALSE(out.bound.usable());
}

TEST_CASE("further arguments go to the rest, names that the user chooses to the named") {
  const auto out =
      bound(entry(SourceId::Synthetic), {given(8), thing(Actual::Other, "", "x"), given(false, "shuffle")});
  CHECK(out.bound.usable());
  CHECK(out.bound.named == std::vector<std::size_t>{1});
  CHECK(out.bound.value("shuffle") == Constant(false));
  CHECK(bound(entry(SourceId::With), {thing(Actual::Other, "a module", "kind")}).messages ==
        std::vector<std::string>{
            "`kind` of `with` is a module, expected an integer or a number or true or false or a string"});
  const auto numeric =
      bound(entry(FeedId::Numeric), {given("a"), thing(Actual::Tensor, "a tensor"), given("b", "except")});
  CHECK(numeric.bound.usable());
  CHECK(numeric.bound.rest == std::vector<std::size_t>{0, 1});
  CHECK(bound(entry(FeedId::Numeric), {given(0.5)}).messages ==
        std::vector<std::string>{"`columns` of `numeric` is 0.5, expected a column"});
}

TEST_CASE("integers gather where the signature is variadic") {
  types::DimTable table;
  types::DimTable::Scope scope{table};
  diagnostics::Sink sink;
  const std::vector<Param> params{types::parse_param("x: Tensor"), types::parse_param("shape: dim[]")};
  const Signature signature{"reshape", &params, nullptr, nullptr, true};
  const Bound out = bind(signature, {thing(Actual::Tensor, "a tensor"), given(2), given(-1)}, {}, sink);
  CHECK(out.usable());
  CHECK(out.value("shape") == Constant(types::ConstantList{2, -1}));
  CHECK(out.from[1] == std::vector<std::size_t>{1, 2});
}

TEST_CASE("tensors in a row where a list of them is due are one fault") {
  types::DimTable table;
  types::DimTable::Scope scope{table};
  diagnostics::Sink sink;
  const std::vector<Param> params{types::parse_param("tensors: Tensor[]"), types::parse_param("dim: int = 0")};
  const Actual tensor = thing(Actual::Tensor, "a tensor");
  CHECK_FALSE(bind({"cat", &params, nullptr, nullptr, false}, {tensor, tensor}, {}, sink).usable());
  REQUIRE(sink.sorted().size() == 1);
  CHECK(sink.sorted()[0].message == "`tensors` of `cat` is 2 tensors in a row, expected a list of tensors");
  CHECK(sink.sorted()[0].help == "put them in brackets, `[…]`");
}

TEST_CASE("a number in quotes is told so, and too many arguments which there are") {
  CHECK(bound(probe(), {given("1e-3")}).help == std::vector<std::string>{"a number has no quotes: `1e-3`"});
  CHECK(bound(probe(), {given("fast")}).help.empty());
  CHECK(bound(probe(), {given(1), given(2), given(3)}).help == std::vector<std::string>{"it takes `a`, `b`"});
}

TEST_CASE("what is not honoured yet says so") {
  diagnostics::Sink sink;
  const Entry later = Declare(Kind::Optimizer, "Later").not_yet();
  CHECK(refuse_not_yet(later, {}, sink));
  REQUIRE(sink.sorted().size() == 1);
  CHECK(sink.sorted()[0].message == "the optimizer `Later` is not supported yet");
  CHECK_FALSE(refuse_not_yet(entry(OptimizerId::SGD), {}, sink));
}
