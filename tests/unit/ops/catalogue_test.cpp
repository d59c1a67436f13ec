#include <doctest/doctest.h>

#include <set>

#include "fake_context.h"

namespace modelc::ops::testing {
namespace {

/// Examples whose call is more than a call: operators of the grammar and of the recipe, and functions that only modules
/// become.
const std::set<std::string> kSpecial = {
    "_index", "_rearrange", "_columns",  "where",      "Tensor.where", "grad",      "linalg.cholesky",
    "_lstm",  "_gru",       "_rnn",      "_lstm_cell", "_gru_cell",    "_rnn_cell", "_multi_head_attention",
    "_scan",  "_scanned",   "_positions"};

/// Functions of a feed are called with what only a feed has; their types are tested with it (unit/recipe).
bool is_special(const Op& op) { return kSpecial.count(op.name) || op.name.starts_with("_feed_"); }

TEST_CASE("every operator is declared completely") {
  std::set<std::string> names;
  for (const Op& op : Catalogue::get().all()) {
    CAPTURE(op.name);
    CHECK(names.insert(op.name).second);
    CHECK_FALSE(op.about.summary.empty());
    CHECK_FALSE(op.about.family.empty());
    CHECK((op.infer || op.becomes.is_written()));
    CHECK_FALSE(op.inputs.empty());
    CHECK_FALSE(op.about.example.empty());
    CHECK((op.is_module ? Catalogue::get().module(op.name) : Catalogue::get().function(op.name)) == &op);
    std::set<std::string> params;
    for (const std::vector<Param>* list : {&op.args, &op.inputs})
      for (const Param& param : *list) {
        CAPTURE(param.text);
        CHECK(params.insert(param.name).second);
        CHECK_FALSE(param.alternatives.empty());
        if (param.has_default && param.default_value.is_null()) CHECK(param.nullable);
        if (param.has_default && param.default_value.is_string()) {
          bool known = false;
          for (const auto& a : param.alternatives)
            for (const std::string& word : a.words) known |= word == param.default_value.as_string();
          CHECK(known);
        }
      }
  }
  CHECK(names.size() > 600);
}

TEST_CASE("every example is accepted by its operator") {
  for (const Op& op : Catalogue::get().all()) {
    if (is_special(op) || op.becomes.is_written()) continue;
    CAPTURE(op.name);
    const std::string result = run(op.about.example, op.about.example_inputs);
    CAPTURE(result);
    CHECK(result.find_first_of("[(") != std::string::npos);
    CHECK(result.find("expected") == std::string::npos);
    CHECK(result.find("cannot read") == std::string::npos);
    CHECK(result.find(" >= ") == std::string::npos);
    CHECK(result.find(" == ") == std::string::npos);
  }
}

TEST_CASE("names are found, unknown ones are not") {
  const Catalogue& catalogue = Catalogue::get();
  REQUIRE(catalogue.module("Linear"));
  CHECK(catalogue.module("Linear")->find_arg("in_features")->inferred);
  CHECK_FALSE(catalogue.function("Linear"));
  CHECK(catalogue.function("linear"));
  CHECK_FALSE(catalogue.module("Linaer"));
  for (const std::string& name : catalogue.function_names()) CHECK(name[0] != '_');
}

TEST_CASE("behind a dot stands a function that begins with a tensor") {
  const Catalogue& catalogue = Catalogue::get();
  CHECK(catalogue.method("reshape") == catalogue.function("reshape"));
  CHECK(catalogue.method("grid_sample") == catalogue.function("grid_sample"));
  CHECK(catalogue.method("unfold") == catalogue.function("Tensor.unfold"));
  for (const char* name : {"cat", "zeros", "no_such_name"}) CHECK_FALSE(catalogue.method(name));
}

TEST_CASE("declarations of parameters") {
  Param p = parse_param("padding: int[2]|{same|valid} in 0.. = 0");
  CHECK(p.name == "padding");
  REQUIRE(p.alternatives.size() == 2);
  CHECK(p.alternatives[0].list);
  CHECK(p.alternatives[0].count == 2);
  CHECK(p.alternatives[1].words == std::vector<std::string>{"same", "valid"});
  CHECK(p.range.low);
  CHECK_FALSE(p.range.high);
  CHECK(p.default_value == Constant(types::ConstantList{Constant(0), Constant(0)}));

  p = parse_param("p: float in 0..1 = 0.5");
  REQUIRE(p.range.high);
  CHECK(p.range.high->value == 1);
  CHECK(p.default_value == Constant(0.5));
  CHECK(parse_param("dropout: float = 0").default_value == Constant(0.0));
  CHECK(parse_param("dim: int|int[]? = null").nullable);
  CHECK(parse_param("tensors: Tensor[]").alternatives[0].kind == Param::TensorList);
  CHECK(parse_param("input: Tensor|number").takes_tensor());
  CHECK(parse_param("reduction: {none|mean|sum} = mean").default_value == Constant("mean"));
  CHECK(parse_param("ignore_index: int = -100").default_value == Constant(-100));
}

}  // namespace
}  // namespace modelc::ops::testing
