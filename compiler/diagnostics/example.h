// The example of a diagnostic: a small description or command with the fault, what modelc says of it, and the mend.
// examples/CODE.example is written by hand, examples/CODE.txt is what the program said of it
// (tests/cli/explain_test.py).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace modelc::diagnostics {

/// One text with the fault and without it; a version without lines is no file at all.
struct ExampleFile {
  std::string name;
  std::string wrong;
  std::string mended;
  std::string marked;  // both at once, as a `diff` shows them: ` ` both, `-` wrong, `+` mended
};

struct Example {
  std::string remark;              // what the files do not say; where there are none, why
  std::vector<ExampleFile> files;  // in the order of the example
  ExampleFile commands;            // a line each, to be run in the folder of the files; the last one reports
  std::string shown;               // by the last command
};

/// Reads `text`: a remark, then for each file a line `== NAME` and its lines, each marked in its first column. The
/// commands are the file `$`; without it they are `modelc check model.yaml`.
Example read_example(std::string_view text, std::string_view shown);

/// The example of a code; nullopt where it has none.
std::optional<Example> example_of(std::string_view code);

/// The examples as they were when the program was built: cmake/examples.cmake writes their list.
struct EmbeddedExample {
  std::string_view code;
  std::string_view text;
  std::string_view shown;
};
const std::vector<EmbeddedExample>& embedded_examples();

}  // namespace modelc::diagnostics
