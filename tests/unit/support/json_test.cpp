#include "support/json.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

using modelc::support::Json;
using modelc::support::json_line;
using modelc::support::json_quote;
using modelc::support::json_text;

TEST_CASE("json: a text in quotes, whatever its bytes are") {
  CHECK(json_quote("a \"b\"\n") == R"("a \"b\"\n")");
  CHECK(json_quote("\xFF") == "\"\xEF\xBF\xBD\"");
}

TEST_CASE("json: members in the order in which they were given, in a line or one a line") {
  const Json value = {
      {"b", {1, 2.5, nullptr}}, {"a", {{"x", true}, {"empty", Json::array()}}}, {"none", Json::array()}};
  CHECK(json_line(value) == R"({"b": [1, 2.5, null], "a": {"x": true, "empty": []}, "none": []})");
  CHECK(json_text(value) ==
        "{\n  \"b\": [\n    1,\n    2.5,\n    null\n  ],\n  \"a\": {\"x\": true, \"empty\": []},\n  \"none\": []\n}\n");
  CHECK(json_text(Json::array()) == "[]\n");
  CHECK(json_text({Json{{"a", 1}}, Json{{"b", 2}}}) == "[\n  {\"a\": 1},\n  {\"b\": 2}\n]\n");
}
