#include "diagnostics/render_json.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace modelc::diagnostics {

using support::Json;

namespace {

struct Place {
  std::string file;
  support::Position begin{0, 0};
  support::Position end{0, 0};
};

Place place_of(Span span, const support::SourceManager& sources) {
  if (!sources.contains(span.file)) return {};
  const support::SourceFile& file = sources.file(span.file);
  return {file.path(), file.position(span.begin), file.position(std::max(span.begin, span.end))};
}

}  // namespace

Json to_json(const std::vector<Diagnostic>& diagnostics, const support::SourceManager& sources) {
  Json out = Json::array();
  for (const Diagnostic& d : diagnostics) {
    const Place place = place_of(d.span, sources);
    Json notes = Json::array();
    for (const std::vector<Note>* all : {&d.notes, &d.trail})
      for (const Note& note : *all) {
        const Place where = place_of(note.span, sources);
        notes.push_back({{"message", note.message},
                         {"file", where.file},
                         {"line", where.begin.line},
                         {"column", where.begin.column}});
      }
    Json& shown = out.emplace_back(Json{{"code", d.code},
                                        {"severity", d.severity == Severity::Error ? "error" : "warning"},
                                        {"message", d.message},
                                        {"file", place.file},
                                        {"line", place.begin.line},
                                        {"column", place.begin.column},
                                        {"endLine", place.end.line},
                                        {"endColumn", place.end.column},
                                        {"notes", std::move(notes)},
                                        {"help", d.help}});
    if (!d.constraint.empty()) shown["constraint"] = d.constraint;
  }
  return out;
}

std::string render_json(const std::vector<Diagnostic>& diagnostics, const support::SourceManager& sources) {
  return support::json_text(to_json(diagnostics, sources));
}

}  // namespace modelc::diagnostics
