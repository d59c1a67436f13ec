#include "compose/bundle.h"

#include <doctest/doctest.h>

using namespace modelc;

TEST_CASE("bundle: what is written is read again, quotes and line breaks included") {
  compose::Bundle bundle;
  bundle.root = "/m/a.yaml";
  bundle.files = {{"/m/a.yaml", "name: \"ä\"\n"}, {"/m/b \"c\".yaml", "x: 'y'\t\\\n"}};
  compose::Overrides layer;
  layer.variant = "small";
  layer.set = {{"width", "[1, \"2\"]"}, {"name", ""}};
  layer.replace = {{"fc", "Linear(3)"}};
  layer.remove = {"a.b"};
  layer.freeze = {"**", "!fc"};
  bundle.layers = {layer, {}};
  const std::string text = compose::write_bundle(bundle);
  CHECK(compose::looks_like_bundle(text));
  std::string fault;
  const auto read = compose::read_bundle(text, fault);
  REQUIRE_MESSAGE(read, fault);
  CHECK(read->root == bundle.root);
  CHECK(read->files == bundle.files);
  REQUIRE(read->layers.size() == 2);
  CHECK(read->layers[0].variant == layer.variant);
  CHECK(read->layers[0].set == layer.set);
  CHECK(read->layers[0].replace == layer.replace);
  CHECK(read->layers[0].remove == layer.remove);
  CHECK(read->layers[0].freeze == layer.freeze);
  CHECK(read->layers[1].set.empty());
  CHECK(compose::write_bundle(*read) == text);
}

TEST_CASE("bundle: a description is none, and what is broken says why") {
  CHECK_FALSE(compose::looks_like_bundle("name: a\n"));
  CHECK_FALSE(compose::looks_like_bundle("{\"name\": 1}"));
  const auto why = [](const std::string& text) {
    std::string fault;
    CHECK_FALSE(compose::read_bundle(text, fault));
    return fault;
  };
  CHECK(why("{\"modelc.bundle\": 1,") == "it is not the JSON that modelc writes");
  CHECK(why("[]") == "it is not the JSON that modelc writes");
  CHECK(why("{\"files\": {}}") == "`root` or `files` is missing");
  CHECK(why("{\"root\": 3, \"files\": {}}") == "`root` or `files` is missing");
  CHECK(why("{\"root\": \"a\", \"files\": {}}") == "the text of `a` is missing");
  CHECK(why(R"({"root": "a", "files": {"a": ""}, "overrides": [{"set": [["a"]]}]})") ==
        "`overrides` is no list of what a command line asks for");
  CHECK(why(R"({"root": "a", "files": {"a": ""}, "overrides": [{"remove": [3]}]})") ==
        "`overrides` is no list of what a command line asks for");
}
