#include "catalogue/commands.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

using namespace modelc::catalogue;

TEST_CASE("commands: each says what it does, shows how, and takes each option once") {
  std::set<std::string_view> names;
  for (const Command& command : commands()) {
    CAPTURE(command.name);
    CHECK(names.insert(command.name).second);
    CHECK_FALSE(command.summary.empty());
    CHECK_FALSE(command.examples.empty());
    CHECK(command.least <= command.most);
    std::set<std::string_view> options;
    for (const Option& option : options_of(command)) {
      CAPTURE(option.names);
      CHECK(options.insert(option.long_name()).second);
      CHECK_FALSE(option.sentence.empty());
      CHECK_FALSE(option.sentence.ends_with("."));
    }
  }
}

TEST_CASE("commands: those that read a file take what all of them take") {
  for (const Command& command : commands()) {
    CAPTURE(command.name);
    const auto all = options_of(command);
    const auto has = [&](OptionId id) {
      return std::any_of(all.begin(), all.end(), [&](const Option& option) { return option.id == id; });
    };
    CHECK(has(OptionId::Set) == command.reads_file);
    CHECK(has(OptionId::Color));
  }
}

TEST_CASE("commands: the words of an option are those of its type") {
  for (const Option& option : output_options())
    if (option.id == OptionId::Format) CHECK(words_of(option) == std::vector<std::string>{"text", "json"});
  Option free;
  free.type = "int";
  CHECK(words_of(free).empty());
}
