#include "support/glob.h"

#include <doctest/doctest.h>

using namespace modelc::support;

TEST_CASE("naming a module names everything below it") {
  CHECK(matches("fc", "fc"));
  CHECK(matches("fc", "fc.weight"));
  CHECK(matches("encoder.layers", "encoder.layers.0.weight"));
  CHECK_FALSE(matches("fc", "fc2.weight"));
  CHECK_FALSE(matches("fc.weight", "fc"));
  CHECK_FALSE(matches_exactly("fc", "fc.weight"));
  CHECK(matches_exactly("fc.weight", "fc.weight"));
}

TEST_CASE("one star stays within a level, two cross any number") {
  CHECK(matches("blocks.*.conv", "blocks.3.conv.weight"));
  CHECK_FALSE(matches("*.conv", "blocks.3.conv"));
  CHECK(matches("*", "a.b.c"));
  CHECK_FALSE(matches_exactly("*", "a.b"));
  CHECK(matches("**.bias", "bias"));
  CHECK(matches("**.bias", "a.b.bias"));
  CHECK(matches("layer4.**.conv2", "layer4.conv2"));
  CHECK(matches("layer4.**.conv2", "layer4.1.conv2.weight"));
  CHECK_FALSE(matches("layer4.**.conv2", "layer3.1.conv2"));
  CHECK(matches("**.norm*", "blocks.0.norm1.weight"));
  CHECK(matches("**", "anything.at.all"));
  CHECK(matches("encoder.**", "encoder"));
  CHECK_FALSE(matches("encoder.**", "encoder2.weight"));
  CHECK(matches("*a*b", "xxaxxbyb"));
}

TEST_CASE("types select modules and tensors in them") {
  const TypeOf type_of = [](std::string_view path) -> std::string {
    if (path == "fc") return "Linear";
    if (path == "encoder.0") return "Conv2d";
    return path.empty() ? "Net" : "";
  };
  CHECK(matches("**:Linear", "fc.weight", type_of));
  CHECK(matches("**:Linear", "fc", type_of));
  CHECK_FALSE(matches("**:Linear", "encoder.0.weight", type_of));
  CHECK(matches("encoder.**:Conv2d.weight", "encoder.0.weight", type_of));
  CHECK_FALSE(matches("encoder.**:Conv2d.weight", "encoder.0.bias", type_of));
  CHECK(matches("*:Linear", "fc", type_of));
  CHECK_FALSE(matches("**:Linear", "fc.weight"));
}

TEST_CASE("the later entry wins") {
  CHECK_FALSE(selects({"**", "!fc"}, "fc.weight"));
  CHECK(selects({"**", "!fc"}, "conv.weight"));
  CHECK(selects({"**", "!fc", "fc.bias"}, "fc.bias"));
  CHECK_FALSE(selects({}, "fc"));
  CHECK(selects({"!fc"}, "conv", {}, true));
}

TEST_CASE("heads, and odd patterns") {
  CHECK(literal_head("encodr.**") == "encodr");
  CHECK(literal_head("a.b.*:Linear.c") == "a.b");
  CHECK(literal_head("a.b") == "a.b");
  CHECK(literal_head("**") == "");
  CHECK(is_glob("**"));
  CHECK(is_glob("a:Linear"));
  CHECK_FALSE(is_glob("a.b"));
  CHECK_FALSE(matches("", "a"));
  CHECK_FALSE(matches("a..b", "a.b"));
  std::string pattern, path;
  for (int i = 0; i < 300; ++i) pattern += "**.", path += "a.";
  CHECK_FALSE(matches(pattern + "b", path + "c"));
}
