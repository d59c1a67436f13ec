#include "diagnostics/render_json.h"

#include <fmt/format.h>

#include <algorithm>

namespace modelc::diagnostics {

namespace {

/// Length of the well-formed UTF-8 sequence at `i`, 0 if there is none.
std::size_t utf8_length(std::string_view text, std::size_t i) {
  const auto byte = [&](std::size_t k) { return k < text.size() ? static_cast<unsigned char>(text[k]) : 0u; };
  const unsigned c = byte(i);
  if (c < 0x80) return 1;
  const std::size_t length = c >= 0xC2 && c <= 0xDF ? 2 : c >= 0xE0 && c <= 0xEF ? 3 : c >= 0xF0 && c <= 0xF4 ? 4 : 0;
  for (std::size_t k = 1; k < length; ++k) {
    if ((byte(i + k) & 0xC0) != 0x80) return 0;
  }
  if ((c == 0xE0 && byte(i + 1) < 0xA0) || (c == 0xED && byte(i + 1) >= 0xA0) || (c == 0xF0 && byte(i + 1) < 0x90) ||
      (c == 0xF4 && byte(i + 1) >= 0x90)) {
    return 0;
  }
  return length;
}

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

std::string json_string(std::string_view text) {
  std::string out = "\"";
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = utf8_length(text, i);
    const auto c = static_cast<unsigned char>(text[i]);
    if (length == 0) out += "\\ufffd";
    else if (c == '"' || c == '\\') out += '\\', out += text[i];
    else if (c == '\n') out += "\\n";
    else if (c == '\t') out += "\\t";
    else if (c == '\r') out += "\\r";
    else if (c < 0x20 || c == 0x7F) out += fmt::format("\\u{:04x}", c);
    else out += text.substr(i, length);
    i += length == 0 ? 1 : length;
  }
  return out + '"';
}

std::string render_json(const std::vector<Diagnostic>& diagnostics, const support::SourceManager& sources) {
  std::string out = "[";
  for (const Diagnostic& d : diagnostics) {
    const Place place = place_of(d.span, sources);
    out += out.size() > 1 ? ",\n  " : "\n  ";
    out += fmt::format(R"({{"code": {}, "severity": "{}", "message": {}, "file": {}, "line": {}, "column": {}, )"
                       R"("endLine": {}, "endColumn": {}, "notes": [)",
                       json_string(d.code), d.severity == Severity::Error ? "error" : "warning", json_string(d.message),
                       json_string(place.file), place.begin.line, place.begin.column, place.end.line, place.end.column);
    for (std::size_t i = 0; i < d.notes.size(); ++i) {
      const Place where = place_of(d.notes[i].span, sources);
      out +=
          fmt::format(R"({}{{"message": {}, "file": {}, "line": {}, "column": {}}})", i > 0 ? ", " : "",
                      json_string(d.notes[i].message), json_string(where.file), where.begin.line, where.begin.column);
    }
    out += fmt::format(R"(], "help": {}}})", json_string(d.help));
  }
  return out + (out.size() > 1 ? "\n]\n" : "]\n");
}

}  // namespace modelc::diagnostics
