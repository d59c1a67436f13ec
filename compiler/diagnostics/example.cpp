#include "diagnostics/example.h"

#include <algorithm>

namespace modelc::diagnostics {
namespace {

constexpr std::string_view kFile = "== ";
constexpr std::string_view kCommands = "$";
constexpr std::string_view kUsual = " modelc check model.yaml";

/// One line of a file; an empty one is empty in both versions.
void add_line(ExampleFile& file, std::string_view line) {
  const char mark = line.empty() ? ' ' : line.front();
  const std::string text = std::string(line.substr(line.empty() ? 0 : 1)) + "\n";
  if (mark != '+') file.wrong += text;
  if (mark != '-') file.mended += text;
  file.marked += std::string(line) + "\n";
}

}  // namespace

Example read_example(std::string_view text, std::string_view shown) {
  Example example;
  example.shown = shown;
  ExampleFile* file = nullptr;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.starts_with(kFile)) {
      const std::string_view name = line.substr(kFile.size());
      file = name == kCommands ? &example.commands : &example.files.emplace_back();
      file->name = name;
    } else if (file != nullptr) {
      add_line(*file, line);
    } else {
      example.remark += std::string(line) + "\n";
    }
  }
  if (!example.files.empty() && example.commands.name.empty()) {
    example.commands.name = kCommands;
    add_line(example.commands, kUsual);
  }
  return example;
}

std::optional<Example> example_of(std::string_view code) {
  for (const EmbeddedExample& embedded : embedded_examples())
    if (embedded.code == code) return read_example(embedded.text, embedded.shown);
  return std::nullopt;
}

}  // namespace modelc::diagnostics
