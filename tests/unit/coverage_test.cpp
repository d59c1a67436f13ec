// Every diagnostic occurs in a test: by its code in a case of tests/diagnostics or a test from outside, by its name in
// a test of a room.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>

#include "diagnostics/diagnostic.h"
#include "ops/op.h"

namespace {

namespace fs = std::filesystem;

/// The tests' own words. What is compared byte for byte (`.txt`, `.exp`) is left out: there a code stands by chance
/// too.
std::string all_tests() {
  std::ostringstream all;
  for (const auto& entry : fs::recursive_directory_iterator(fs::path(MODELC_SOURCE_DIR) / "tests")) {
    const auto extension = entry.path().extension();
    if (extension != ".yaml" && extension != ".py" && extension != ".cpp") continue;
    if (entry.path().filename() == "coverage_test.cpp") continue;
    all << std::ifstream(entry.path(), std::ios::binary).rdbuf();
  }
  return all.str();
}

/// The ids of the rows of tests/constraints; tests/cases runs each.
std::set<std::string> broken_constraints() {
  std::set<std::string> ids;
  for (const auto& entry : fs::directory_iterator(fs::path(MODELC_SOURCE_DIR) / "tests/constraints")) {
    if (entry.path().extension() != ".yaml") continue;
    std::ifstream lines(entry.path());
    for (std::string line; std::getline(lines, line);)
      if (!line.starts_with(' ')) CHECK_MESSAGE(ids.insert(line.substr(0, line.find(':'))).second, line, " twice");
  }
  return ids;
}

std::set<std::string> declared_constraints() {
  std::set<std::string> ids;
  for (const auto& constraint : modelc::ops::common_constraints()) ids.emplace(constraint.id);
  for (const auto& op : modelc::ops::Catalogue::get().all())
    for (const auto& constraint : op.about.constraints) ids.emplace(constraint.id);
  return ids;
}

}  // namespace

TEST_CASE("every constraint of an operator is broken by a test of its name") {
  const std::set<std::string> declared = declared_constraints(), broken = broken_constraints();
  for (const std::string& id : declared) CHECK_MESSAGE(broken.contains(id), id, " is broken by no test");
  for (const std::string& id : broken) CHECK_MESSAGE(declared.contains(id), id, " is declared by no operator");
}

TEST_CASE("every diagnostic occurs in a test") {
  const std::string tests = all_tests();
  for (const auto& row : modelc::diagnostics::all_rows()) {
    const std::string code(row.code), name(row.name);
    const bool tested = tests.find(code) != std::string::npos || tests.find("diag::" + name) != std::string::npos;
    INFO(code, " ", name);
    CHECK(tested);
  }
}
