// Texts of the command line, with a place of their own.
#include "compose/command_text.h"

#include <doctest/doctest.h>

using namespace modelc;

namespace {

struct Given {
  support::SourceManager sources;
  diagnostics::Sink sink;
  compose::CommandText text;
  Given(const std::string& name, const std::string& value)
      : text(compose::add_command_text(sources, "--set", name, &value)) {}
};

}  // namespace

TEST_CASE("command_text: name and value are places of a source that is called like the option") {
  Given given("classes", "5");
  CHECK(given.text.name() == "classes");
  CHECK(given.text.value() == "5");
  CHECK(given.sources.file(given.text.file).path() == "--set classes=5");
  CHECK(given.sources.text(given.text.name_span()) == "classes");
  CHECK(given.sources.text(given.text.value_span()) == "5");
  support::SourceManager sources;
  const auto alone = compose::add_command_text(sources, "--remove", "a.b", nullptr);
  CHECK(alone.name() == "a.b");
  CHECK(sources.text(alone.name_span()) == "a.b");
}

TEST_CASE("command_text: one pair of quotes around all of a value is YAML's") {
  CHECK(compose::command_scalar(Given("a", "\"x y\"").text)->text == "x y");
  CHECK(compose::command_scalar(Given("a", "\"x y\"").text)->quoted());
  CHECK(compose::command_scalar(Given("a", "\"x\" + \"y\"").text)->text == "\"x\" + \"y\"");
  CHECK_FALSE(compose::command_scalar(Given("a", "x").text)->quoted());
}

TEST_CASE("command_text: what begins with a bracket is YAML, and may be faulty") {
  Given list("a", "[1, 2]");
  const ast::NodePtr node = compose::command_node(list.sources, list.text, list.sink);
  REQUIRE(node);
  CHECK(node->items.size() == 2);
  const ast::SettingPtr setting = compose::make_setting(node);
  CHECK(setting->kind == ast::Setting::List);
  CHECK(setting->items.size() == 2);
  Given open("a", "[1, 2");
  CHECK(compose::command_node(open.sources, open.text, open.sink) == nullptr);
  CHECK(open.sink.size() == 1);
}
