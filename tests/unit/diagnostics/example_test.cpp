// Examples of diagnostics as texts; that each says what it claims, cli/explain_test.py tries.
#include "diagnostics/example.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "diagnostics/explain.h"

using namespace modelc;
using diagnostics::Example;

TEST_CASE("example: a remark, files and commands, each in two versions") {
  const Example example = diagnostics::read_example(
      "Two files.\n== model.yaml\n layers:\n-  - ReLu\n+  - ReLU\n\n== rows.csv\n+a\n== $\n modelc check model.yaml\n",
      "said\n");
  CHECK(example.remark == "Two files.\n");
  CHECK(example.shown == "said\n");
  REQUIRE(example.files.size() == 2);
  CHECK(example.files[0].name == "model.yaml");
  CHECK(example.files[0].wrong == "layers:\n  - ReLu\n\n");
  CHECK(example.files[0].mended == "layers:\n  - ReLU\n\n");
  CHECK(example.files[0].marked == " layers:\n-  - ReLu\n+  - ReLU\n\n");
  CHECK(example.files[1].wrong.empty());
  CHECK(example.files[1].mended == "a\n");
  CHECK(example.commands.wrong == "modelc check model.yaml\n");
}

TEST_CASE("example: without commands the description is checked; a remark alone is a reason") {
  CHECK(diagnostics::read_example("== model.yaml\n x: 1\n", "").commands.mended == "modelc check model.yaml\n");
  const Example reason = diagnostics::read_example("Cannot be shown.", "");
  CHECK(reason.remark == "Cannot be shown.\n");
  CHECK(reason.files.empty());
  CHECK(reason.commands.name.empty());
}

TEST_CASE("every diagnostic has an example that was tried, or says why it has none") {
  for (const diagnostics::Row& row : diagnostics::all_rows()) {
    CAPTURE(row.code);
    const auto example = diagnostics::example_of(row.code);
    CHECK_MESSAGE(example, "write compiler/diagnostics/examples/", row.code, ".example");
    if (!example) continue;
    const bool shown = example->shown.find("[" + std::string(row.code) + "]") != std::string::npos;
    CHECK(shown == !example->commands.name.empty());
    CHECK(shown == !example->shown.empty());
    CHECK((shown || !example->remark.empty()));
    const bool mended = example->commands.wrong != example->commands.mended ||
                        std::any_of(example->files.begin(), example->files.end(),
                                    [](const auto& file) { return file.wrong != file.mended; });
    CHECK(shown == mended);
  }
  for (const diagnostics::EmbeddedExample& example : diagnostics::embedded_examples())
    CHECK_MESSAGE(diagnostics::find_row(example.code), example.code, " is no diagnostic");
}

TEST_CASE("explain: the snippet, its message, the mended snippet") {
  const std::string text = diagnostics::explain("M6003");
  const std::size_t wrong = text.find("  classifier: Linear(3, in_features=32)\n"), said = text.find("error[M6003]"),
                    mended = text.find("mended, model.yaml:\n"), right = text.find("  classifier: Linear(3)\n");
  CHECK(wrong < said);
  CHECK(said < mended);
  CHECK(mended < right);
  CHECK(right != std::string::npos);
  const std::string json = diagnostics::explain_json(*diagnostics::find_row("M6003"));
  CHECK(json.starts_with("{\"code\": \"M6003\", \"severity\": \"error\", \"name\": \"StatedSize\""));
  CHECK(json.find("\"files\": [{\"name\": \"model.yaml\", \"wrong\": \"inputs:") != std::string::npos);
  CHECK(json.find("\"shown\": \"model.yaml:") != std::string::npos);
  CHECK(diagnostics::explain_json(*diagnostics::find_retired("badexpression"))
            .starts_with("{\"code\": \"M4062\", \"severity\": null"));
}
