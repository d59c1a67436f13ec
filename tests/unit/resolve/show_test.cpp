#include "resolve/show.h"

#include "tests/unit/resolve/described.h"

using namespace modelc::resolve;

namespace {

std::string shown(const Described& d, std::size_t mark, bool json = false) {
  Meaning meaning;
  REQUIRE(d.names.at(d.marks[mark].file, d.marks[mark].begin, meaning));
  return json ? show_json(d.names, meaning, d.sources) : show_text(d.names, meaning, d.sources);
}

}  // namespace

TEST_CASE("text: what it is, where it is defined, where else it is used") {
  const Described d(R"yaml(inputs: {x: "float[B, 5]"}
modules:
  fc: «Linear»(3)
forward:
  a: «fc»(x)
  y: fc(x) + «nothing»
)yaml");
  CHECK(shown(d, 1) ==
        "main.yaml:5:6: `fc` is a module\n"
        "  defined at main.yaml:3:3: fc: Linear(3)\n"
        "  used at main.yaml:6:6: y: fc(x) + nothing\n");
  CHECK(shown(d, 0).starts_with("main.yaml:3:7: `Linear` is an operator\n  of the language: "));
  CHECK(shown(d, 2) == "main.yaml:6:14: `nothing` names nothing that is known here\n");
}

TEST_CASE("json: places in characters, definitions with their uses") {
  const Described d(R"yaml(doc: "ä"
inputs: {x: "float[B, 5]"}
layers: [{fc: Linear(3)}]
freeze: ["«fc»"]
)yaml");
  CHECK(
      shown(d, 0, true) ==
      "{\n  \"name\": \"fc\",\n  \"file\": \"main.yaml\",\n  \"line\": 4,\n  \"column\": 11,\n  \"endLine\": 4,\n"
      "  \"endColumn\": 13,\n  \"certainty\": \"exact\",\n  \"definitions\": [\n"
      "    {\"kind\": \"module\", \"name\": \"fc\", \"about\": \"\", \"file\": \"main.yaml\", \"line\": 3, \"column\": "
      "11, "
      "\"endLine\": 3, \"endColumn\": 13, \"uses\": [{\"file\": \"main.yaml\", \"line\": 4, \"column\": 11, "
      "\"endLine\": 4, \"endColumn\": 13}]}\n  ]\n}\n");
}

TEST_CASE("a line and a column are a byte, counted in characters") {
  modelc::support::SourceManager sources;
  const auto id = sources.add("a.yaml", "ä: b\nc\n");
  const auto& file = sources.file(id);
  CHECK(offset_at(file, 1, 1) == 0);
  CHECK(offset_at(file, 1, 2) == 2);
  CHECK(offset_at(file, 1, 5) == 5);
  CHECK_FALSE(offset_at(file, 1, 6));
  CHECK(offset_at(file, 2, 2) == 7);
  CHECK_FALSE(offset_at(file, 9, 1));
  CHECK_FALSE(offset_at(file, 0, 1));
}
