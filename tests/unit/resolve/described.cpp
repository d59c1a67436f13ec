#include "tests/unit/resolve/described.h"

#include <fmt/format.h>

namespace modelc::resolve {

Described::Described(std::string text, std::map<std::string, std::string> files, const compose::Overrides& asked) {
  const std::string open = "«", close = "»";
  std::vector<std::uint32_t> begins;
  for (std::size_t at = 0; (at = text.find(open, at)) != std::string::npos;) {
    text.erase(at, open.size());
    const std::size_t end = text.find(close, at);
    REQUIRE(end != std::string::npos);
    text.erase(end, close.size());
    marks.push_back({0, static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(end)});
  }
  compose::Overrides overrides = asked;
  overrides.contents[compose::resolve_path("", "main.yaml")] = text;
  for (const auto& [name, content] : files) overrides.contents[compose::resolve_path("", name)] = content;
  const auto composition = compose::compose(sources, "main.yaml", overrides, sink);
  REQUIRE(composition);
  file_ = composition->root->span.file;
  for (Span& mark : marks) mark.file = file_;
  names = resolve(*composition->root, composition->files);
}

std::string Described::place(Span span) const {
  const support::SourceFile& file = sources.file(span.file);
  const support::Position at = file.position(span.begin);
  return fmt::format("{}{}:{}", span.file == file_ ? "" : file.path() + ":", at.line, at.column);
}

std::string Described::at(std::size_t mark) const {
  Meaning meaning;
  const Span span = marks.at(mark);
  if (!names.at(span.file, span.begin, meaning)) return "no name";
  CHECK(meaning.span == span);
  if (meaning.certainty == Certainty::Unknown) return "unknown";
  if (meaning.definitions.empty()) return "open";
  std::string out;
  for (const DefinitionId id : meaning.definitions) {
    const Definition& d = names.definitions[id];
    const Span shown = d.name_span.valid() ? d.name_span : d.span;
    out += fmt::format("{}{}{}", out.empty() ? "" : " | ", d.words.empty() ? std::string(words_of(d.kind)) : d.words,
                       shown.valid() ? " " + place(shown) : "");
  }
  return out;
}

Certainty Described::certainty(std::size_t mark) const {
  Meaning meaning;
  REQUIRE(names.at(marks.at(mark).file, marks.at(mark).begin, meaning));
  return meaning.certainty;
}

std::string Described::uses(std::size_t mark) const {
  Meaning meaning;
  REQUIRE(names.at(marks.at(mark).file, marks.at(mark).begin, meaning));
  std::string out;
  for (const DefinitionId id : meaning.definitions) {
    for (const Span span : names.uses_of(id)) out += (out.empty() ? "" : " ") + place(span);
  }
  return out;
}

std::vector<std::string> Described::unknown() const {
  std::vector<std::string> out;
  for (const Use& use : names.uses) {
    if (use.certainty == Certainty::Unknown && use.span.file == file_) out.push_back(use.name);
  }
  return out;
}

}  // namespace modelc::resolve
