#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "diagnostics/explain.h"
#include "diagnostics/render_json.h"
#include "diagnostics/render_text.h"
#include "diagnostics/sink.h"

using namespace modelc;

namespace {

struct Shown {
  support::SourceManager sources;
  diagnostics::Sink sink;
  support::FileId file;
  explicit Shown(std::string text) : file(sources.add("models/m.yaml", std::move(text))) {}
  support::Span span(std::uint32_t begin, std::uint32_t end) const { return {file, begin, end}; }
  std::string text() const { return diagnostics::render_text(sink.sorted(), sources); }
  std::string json() const { return diagnostics::render_json(sink.sorted(), sources); }
};

}  // namespace

TEST_CASE("render_text: place, excerpt, caret, notes, help") {
  Shown shown("first: 1\nsecond: Linear(3)\n");
  shown.sink.report(shown.span(17, 26), diag::YamlSyntax, "this is wrong")
      .note(shown.span(7, 8), "because of this")
      .note({}, "and in general")
      .help("mend it");
  CHECK(shown.text() ==
        "models/m.yaml:2:9: error[M1033]: this is wrong\n"
        "  |\n"
        "2 | second: Linear(3)\n"
        "  |         ^^^^^^^^^\n"
        "note: models/m.yaml:1:8: because of this\n"
        "note: and in general\n"
        "help: mend it\n");
}

TEST_CASE("render_text: a note on the very span labels the caret") {
  Shown shown("a: b\n");
  shown.sink.report(shown.span(3, 4), diag::YamlSyntax, "wrong").note(shown.span(3, 4), "stated here");
  CHECK(shown.text() == "models/m.yaml:1:4: error[M1033]: wrong\n  |\n1 | a: b\n  |    ^ stated here\n");
}

TEST_CASE("render_text: no place, tabs, characters, control bytes, several lines") {
  Shown broken("a: b\n");
  broken.sink.report(broken.span(3, 4), diag::OperatorRule, "r").constraint("convolution.groups");
  CHECK(broken.json().ends_with("\"help\": \"\", \"constraint\": \"convolution.groups\"}\n]\n"));
  Shown none("");
  none.sink.report({}, diag::YamlSyntax, "wrong");
  CHECK(none.text() == "modelc: error[M1033]: wrong\n");

  Shown tab("\té: b\x1b c\nd\n");
  tab.sink.report(tab.span(5, 11), diag::YamlSyntax, "wrong");
  CHECK(tab.text() == "models/m.yaml:1:5: error[M1033]: wrong\n  |\n1 |     é: b\xEF\xBF\xBD c\n  |        ^^^^\n");
}

TEST_CASE("render_text: long lines are windowed and keep the caret") {
  const std::string line(1000, 'x');
  Shown shown("a: " + line + "HERE" + line + "\n");
  shown.sink.report(shown.span(1003, 1007), diag::YamlSyntax, "wrong");
  const std::string text = shown.text();
  CHECK(text.size() < 500);
  CHECK(text.find("HERE") != std::string::npos);
  CHECK(text.find("^^^^\n") != std::string::npos);
  const std::size_t source = text.find("1 | "), caret = text.rfind("  | ");
  // `…` takes three bytes and one column.
  CHECK(text.find("HERE") - source - 2 == text.find("^^^^") - caret);
}

TEST_CASE("render_text: colour only where it is asked for") {
  Shown shown("a: b\n");
  shown.sink.report(shown.span(3, 4), diag::YamlSyntax, "wrong");
  CHECK(shown.text().find('\x1b') == std::string::npos);
  CHECK(diagnostics::render_text(shown.sink.sorted(), shown.sources, true).find("\x1b[1;31merror[M1033]:\x1b[0m") !=
        std::string::npos);
}

TEST_CASE("render_json: fields, escapes, UTF-8") {
  Shown shown("a: \"é\" c\n");
  CHECK(shown.json() == "[]\n");
  shown.sink.report(shown.span(8, 9), diag::YamlSyntax, "a \"b\"\n\xFF").note(shown.span(0, 1), "n").help("h");
  CHECK(shown.json() ==
        "[\n  {\"code\": \"M1033\", \"severity\": \"error\", \"message\": \"a \\\"b\\\"\\n\xEF\xBF\xBD\", \"file\": "
        "\"models/m.yaml\", "
        "\"line\": 1, \"column\": 8, \"endLine\": 1, \"endColumn\": 9, \"notes\": [{\"message\": \"n\", \"file\": "
        "\"models/m.yaml\", "
        "\"line\": 1, \"column\": 1}], \"help\": \"h\"}\n]\n");
  Shown none("");
  none.sink.report({}, diag::YamlSyntax, "w");
  CHECK(none.json().find("\"file\": \"\", \"line\": 0, \"column\": 0") != std::string::npos);
}

TEST_CASE("explain: code, name, text, explanation, nearest") {
  const std::string text = diagnostics::explain("m1021");
  CHECK(text.starts_with("M1021 FlowCutsAtComma (error)\n  YAML's flow style cuts `…` at its comma\n"));
  CHECK(text.find("Quote the value") != std::string::npos);
  CHECK(diagnostics::explain("FlowCutsAtComma") == text);
  CHECK(diagnostics::explain("M102l").find("`M102l` is no diagnostic of modelc") == 0);
  CHECK(diagnostics::explain("FlowCutAtComma").find("M1021") != std::string::npos);
}

TEST_CASE("explain: a text that is all argument is not shown, a number that was given up says what took its place") {
  CHECK(diagnostics::explain("M6001").starts_with("M6001 OperatorRule (error)\n\nThe input"));
  CHECK(diagnostics::explain("m4062").starts_with("M4062 BadExpression (no longer reported)\n\nA text"));
}

TEST_CASE("sink: of too many reports the errors are kept, in the order of their places") {
  Shown shown(std::string(400, 'x'));
  for (std::uint32_t i = 0; i < 120; ++i) shown.sink.report(shown.span(i, i + 1), diag::NeverCalled, "m");
  for (std::uint32_t i = 200; i < 270; ++i) shown.sink.report(shown.span(i, i + 1), diag::YamlSyntax, "wrong");
  std::vector<diagnostics::Diagnostic> found = shown.sink.sorted();
  const auto is_error = [](const auto& d) { return d.severity == diagnostics::Severity::Error; };
  CHECK(found.size() == diagnostics::Sink::kMost);
  CHECK(std::count_if(found.begin(), found.end(), is_error) == 70);
  CHECK(found.front().span.begin == 0);
  CHECK(found.back().span.begin == 269);
  for (std::uint32_t i = 270; i < 400; ++i) shown.sink.report(shown.span(i, i + 1), diag::YamlSyntax, "wrong");
  found = shown.sink.sorted();
  CHECK(found.size() == diagnostics::Sink::kMost);
  CHECK(std::all_of(found.begin(), found.end(), is_error));
  CHECK(found.front().span.begin == 200);
}

TEST_CASE("diagnostics.def: codes and names are unique, texts follow the house rules") {
  std::set<std::string_view> codes, names;
  for (const diagnostics::RetiredRow& row : diagnostics::retired_rows()) CHECK(codes.insert(row.code).second);
  for (const diagnostics::Row& row : diagnostics::all_rows()) {
    CAPTURE(row.code);
    CHECK(codes.insert(row.code).second);
    CHECK(names.insert(row.name).second);
    CHECK(row.code.size() == 5);
    CHECK_FALSE(row.format.ends_with("."));
    CHECK(row.explanation.size() > 20);
  }
}
