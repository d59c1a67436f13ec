#include "diagnostics/render_json.h"

#include <fmt/format.h>

#include <algorithm>

#include "support/json.h"

namespace modelc::diagnostics {

using support::json_quote;

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

std::string render_json(const std::vector<Diagnostic>& diagnostics, const support::SourceManager& sources) {
  std::string out = "[";
  for (const Diagnostic& d : diagnostics) {
    const Place place = place_of(d.span, sources);
    out += out.size() > 1 ? ",\n  " : "\n  ";
    out += fmt::format(R"({{"code": {}, "severity": "{}", "message": {}, "file": {}, "line": {}, "column": {}, )"
                       R"("endLine": {}, "endColumn": {}, "notes": [)",
                       json_quote(d.code), d.severity == Severity::Error ? "error" : "warning", json_quote(d.message),
                       json_quote(place.file), place.begin.line, place.begin.column, place.end.line, place.end.column);
    const char* separator = "";
    for (const std::vector<Note>* notes : {&d.notes, &d.trail})
      for (const Note& note : *notes) {
        const Place where = place_of(note.span, sources);
        out += fmt::format(R"({}{{"message": {}, "file": {}, "line": {}, "column": {}}})", separator,
                           json_quote(note.message), json_quote(where.file), where.begin.line, where.begin.column);
        separator = ", ";
      }
    out += fmt::format(R"(], "help": {})", json_quote(d.help));
    if (!d.constraint.empty()) out += fmt::format(R"(, "constraint": {})", json_quote(d.constraint));
    out += "}";
  }
  return out + (out.size() > 1 ? "\n]\n" : "]\n");
}

}  // namespace modelc::diagnostics
