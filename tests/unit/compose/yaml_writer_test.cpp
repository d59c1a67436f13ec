#include "compose/yaml_writer.h"

#include <doctest/doctest.h>

#include "syntax/yaml/yaml.h"

using namespace modelc;
using compose::Yaml;

namespace {

/// The scalar under `k` after writing and reading it.
std::string back(const std::string& text) {
  support::SourceManager sources;
  diagnostics::Sink sink;
  const auto file = sources.add("x.yaml", compose::yaml_text(Yaml::mapping({{"k", Yaml::scalar(text)}})));
  const ast::NodePtr node = syntax::read_yaml(sources, file, sink).root;
  REQUIRE(sink.size() == 0);
  REQUIRE(node);
  const ast::Node* value = node->find("k");
  REQUIRE(value);
  return value->text;
}

}  // namespace

TEST_CASE("yaml writer: every text reads back as it was") {
  for (const char* text : {"plain",
                           "float[B, 4] = 0.5",
                           "[1, 2]",
                           "{a: 1}",
                           "a: b",
                           "a #b",
                           "#a",
                           "- a",
                           "-1",
                           "-a",
                           "*x",
                           "!x",
                           "it's",
                           "'quoted'",
                           "\"double\"",
                           "ends:",
                           " leads",
                           "trails ",
                           "two\nlines",
                           "tab\there",
                           "",
                           "x -> f -> g",
                           "@x",
                           "%",
                           "`",
                           "é",
                           "a, b",
                           "null",
                           "true",
                           "1e-3",
                           "back\\slash",
                           "both ' and \"\n"}) {
    CAPTURE(text);
    CHECK(back(text) == text);
  }
}

TEST_CASE("yaml writer: blocks are nested, a list's mapping begins beside its dash") {
  const Yaml document = Yaml::mapping(
      {{"a", Yaml::scalar("1")},
       {"list", Yaml::list({Yaml::scalar("x"),
                            Yaml::mapping({{"n", Yaml::scalar("y")}, {"m", Yaml::list({Yaml::scalar("z")})}})})},
       {"none", Yaml::list({})},
       {"empty", Yaml::mapping()},
       {"for i in range(3)", Yaml::mapping({{"b: c", Yaml::scalar("q", true)}})}});
  CHECK(compose::yaml_text(document) ==
        "a: 1\nlist:\n  - x\n  - n: y\n    m:\n      - z\nnone: []\nempty: {}\nfor i in range(3):\n  'b: c': 'q'\n");
}
