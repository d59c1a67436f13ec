#include "emit/diagnostics_page.h"

#include <fmt/format.h>

#include "diagnostics/example.h"
#include "diagnostics/explain.h"

namespace modelc::emit {
namespace {

using diagnostics::Example;
using diagnostics::ExampleFile;
using diagnostics::Row;

std::string fenced(std::string_view language, const std::string& lines) {
  return fmt::format("\n```{}\n{}```\n", language, lines);
}

/// A text with its mend: as a difference where the two differ.
std::string file(const ExampleFile& file, std::string_view language) {
  return file.wrong == file.mended ? fenced(language, file.wrong) : fenced("diff", file.marked);
}

std::string example(const Example& example) {
  std::string out = example.remark.empty() ? "" : "\n" + example.remark;
  for (const ExampleFile& one : example.files) {
    // What a lone description is called says nothing.
    if (example.files.size() > 1 || !one.name.ends_with(".yaml")) out += fmt::format("\n`{}`:\n", one.name);
    out += file(one, one.name.ends_with(".yaml") ? "yaml" : "");
  }
  if (!example.commands.name.empty()) out += file(example.commands, "sh");
  if (!example.shown.empty()) out += fenced("text", example.shown);
  return out;
}

std::string section(const Row& row) {
  std::string out = fmt::format("\n## {} {}\n", row.code, row.name);
  if (row.severity == diagnostics::Severity::Warning) out += "\nA warning.\n";
  out += fmt::format("\n{}\n", row.explanation);
  if (const auto found = diagnostics::example_of(row.code)) out += example(*found);
  return out;
}

}  // namespace

std::string diagnostics_sections() {
  std::string out;
  for (const Row& row : diagnostics::all_rows()) out += section(row);
  out += "\n## No longer reported\n\n";
  for (const diagnostics::RetiredRow& row : diagnostics::retired_rows())
    out += fmt::format("- {} {}: {}\n", row.code, row.name, row.explanation);
  return out;
}

}  // namespace modelc::emit
