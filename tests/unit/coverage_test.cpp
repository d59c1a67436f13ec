// Every diagnostic occurs in a test: by its code in a case of tests/diagnostics or a test from outside, by its name in
// a test of a room.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "diagnostics/diagnostic.h"

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

}  // namespace

TEST_CASE("every diagnostic occurs in a test") {
  const std::string tests = all_tests();
  for (const auto& row : modelc::diagnostics::all_rows()) {
    const std::string code(row.code), name(row.name);
    const bool tested = tests.find(code) != std::string::npos || tests.find("diag::" + name) != std::string::npos;
    INFO(code, " ", name);
    CHECK(tested);
  }
}
