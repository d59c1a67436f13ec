#include "resolve/show.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "support/json.h"

namespace modelc::resolve {

namespace {

using support::Json;

bool continues(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

std::string place(Span span, const support::SourceManager& sources) {
  const support::SourceFile& file = sources.file(span.file);
  const support::Position at = file.position(span.begin);
  return fmt::format("{}:{}:{}", file.path(), at.line, at.column);
}

std::string trimmed(std::string_view line) {
  const std::size_t begin = line.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return std::string(line.substr(begin, line.find_last_not_of(" \t\r") + 1 - begin));
}

std::string line_of(Span span, const support::SourceManager& sources) {
  const support::SourceFile& file = sources.file(span.file);
  return trimmed(file.line(file.position(span.begin).line));
}

std::string kind_of(const Definition& d) { return d.words.empty() ? std::string(words_of(d.kind)) : d.words; }

/// Where a definition is shown: its name, or all of what has none.
Span place_of(const Definition& d) { return d.name_span.valid() ? d.name_span : d.span; }

std::string_view word_of(Certainty certainty) {
  switch (certainty) {
    case Certainty::Exact:
      return "exact";
    case Certainty::Several:
      return "several";
    case Certainty::Open:
      return "open";
    case Certainty::Unknown:
      break;
  }
  return "unknown";
}

std::string with_article(const std::string& words) {
  const bool vowel = std::string_view("aeiou").find(words[0]) != std::string_view::npos;
  return (vowel ? "an " : "a ") + words;
}

std::string headline(const Names& names, const Meaning& meaning) {
  const std::string name = "`" + meaning.name + "`";
  if (meaning.certainty == Certainty::Unknown) return name + " names nothing that is known here";
  if (meaning.definitions.empty()) return name + " is known only when the description is evaluated";
  if (meaning.certainty == Certainty::Several) {
    return fmt::format("{} names {} places", name, meaning.definitions.size());
  }
  const Definition& first = names.definitions[meaning.definitions[0]];
  if (meaning.definitions.size() > 1) {
    return fmt::format("{} is one of {}, evaluation tells which", name, meaning.definitions.size());
  }
  const std::string open = meaning.certainty == Certainty::Open ? ", if evaluation finds it there" : "";
  return fmt::format("{} is {}{}", name, with_article(kind_of(first)), open);
}

/// Adds to an object where something stands.
void place_in(Json& object, Span span, const support::SourceManager& sources) {
  const support::SourceFile& file = sources.file(span.file);
  const support::Position begin = file.position(span.begin), end = file.position(span.end);
  object["file"] = file.path();
  object["line"] = begin.line;
  object["column"] = begin.column;
  object["endLine"] = end.line;
  object["endColumn"] = end.column;
}

}  // namespace

std::optional<std::uint32_t> offset_at(const support::SourceFile& file, std::uint32_t line, std::uint32_t column) {
  if (line < 1 || column < 1 || line > file.line_count()) return std::nullopt;
  const std::string_view text = file.line(line);
  std::size_t at = 0;
  for (std::uint32_t passed = 1; passed < column; ++passed) {
    if (at >= text.size()) return std::nullopt;
    do ++at;
    while (at < text.size() && continues(text[at]));
  }
  return file.line_start(line) + static_cast<std::uint32_t>(at);
}

std::string show_text(const Names& names, const Meaning& meaning, const support::SourceManager& sources) {
  std::string out = fmt::format("{}: {}\n", place(meaning.span, sources), headline(names, meaning));
  const bool several = meaning.definitions.size() > 1;
  for (const DefinitionId id : meaning.definitions) {
    const Definition& d = names.definitions[id];
    const Span at = place_of(d);
    const std::string kind = several ? kind_of(d) + ", " : "";
    if (at.valid()) {
      out += fmt::format("  {}defined at {}: {}\n", kind, place(at, sources), line_of(at, sources));
    } else {
      out += fmt::format("  {}of the language{}\n", kind, d.about.empty() ? "" : ": " + d.about);
    }
    for (const Span use : names.uses_of(id)) {
      if (use == meaning.span) continue;
      out += fmt::format("  used at {}: {}\n", place(use, sources), line_of(use, sources));
    }
  }
  return out;
}

std::string show_json(const Names& names, const Meaning& meaning, const support::SourceManager& sources) {
  Json out = {{"name", meaning.name}};
  place_in(out, meaning.span, sources);
  out["certainty"] = word_of(meaning.certainty);
  Json& definitions = out["definitions"] = Json::array();
  for (const DefinitionId id : meaning.definitions) {
    const Definition& d = names.definitions[id];
    Json& shown = definitions.emplace_back(Json{{"kind", kind_of(d)}, {"name", d.name}, {"about", d.about}});
    if (place_of(d).valid()) place_in(shown, place_of(d), sources);
    Json& uses = shown["uses"] = Json::array();
    for (const Span use : names.uses_of(id)) place_in(uses.emplace_back(Json::object()), use, sources);
  }
  return support::json_text(out);
}

std::string show_all(const Names& names, support::FileId file, const support::SourceManager& sources) {
  std::string out;
  for (const Use& use : names.uses) {
    if (use.span.file != file) continue;
    const support::Position at = sources.file(file).position(use.span.begin);
    std::string meaning;
    for (const DefinitionId id : use.definitions) {
      const Definition& d = names.definitions[id];
      const Span where = place_of(d);
      meaning += (meaning.empty() ? "" : " | ") + kind_of(d);
      if (!where.valid()) continue;
      const support::Position place = sources.file(where.file).position(where.begin);
      const std::string path = where.file == file ? "" : sources.file(where.file).path() + ":";
      meaning += fmt::format(" {}{}:{}", path, place.line, place.column);
    }
    const bool says = use.certainty == Certainty::Exact && !meaning.empty();
    out += fmt::format("{}:{} {}: {}{}{}\n", at.line, at.column, use.name, meaning, says || meaning.empty() ? "" : ", ",
                       says ? "" : word_of(use.certainty));
  }
  return out;
}

}  // namespace modelc::resolve
