#include "catalogue/templates.h"

#include <doctest/doctest.h>

#include <algorithm>

using namespace modelc::catalogue;

TEST_CASE("templates: for eight kinds of task and more, each with a sentence and a whole description") {
  CHECK(templates().size() >= 8);
  for (const Template& one : templates()) {
    CAPTURE(one.name);
    CHECK(one.sentence().size() > 20);
    CHECK(one.sentence().ends_with("."));
    CHECK(one.text.ends_with("\n"));
    for (const char* key : {"\nmodelc: 1\n", "\ninputs:\n", "\ndata:\n", "\nloss:", "\ntrain:\n", "\nchecks:\n"})
      CHECK(one.text.find(key) != std::string_view::npos);
  }
  CHECK(std::is_sorted(templates().begin(), templates().end(),
                       [](const Template& a, const Template& b) { return a.name < b.name; }));
}

TEST_CASE("templates: found by their names alone") {
  for (const Template& one : templates()) CHECK(find_template(one.name) == &one);
  CHECK(find_template("") == nullptr);
  CHECK(find_template("no such thing") == nullptr);
  CHECK((Template{"a", "modelc: 1\n"}.sentence()).empty());
}
