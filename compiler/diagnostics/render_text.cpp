#include "diagnostics/render_text.h"

#include <algorithm>

#include "support/utf8.h"

namespace modelc::diagnostics {

namespace {

constexpr std::size_t kColumns = 160;
constexpr std::size_t kTab = 4;

struct Palette {
  const char *error = "", *warning = "", *note = "", *help = "", *bold = "", *caret = "", *off = "";
};

Palette palette(bool colour) {
  if (!colour) return {};
  return {"\x1b[1;31m", "\x1b[1;33m", "\x1b[1;36m", "\x1b[1;32m", "\x1b[1m", "\x1b[1;31m", "\x1b[0m"};
}

/// A line as cells of one column each, and for every byte of the line the cell it begins in.
struct Cells {
  std::vector<std::string> cells;
  std::vector<std::size_t> of_byte;
};

Cells lay_out(std::string_view line) {
  Cells out;
  for (std::size_t i = 0; i < line.size();) {
    const auto c = static_cast<unsigned char>(line[i]);
    const std::size_t length = support::utf8_length(line, i);
    const std::size_t cell = out.cells.size();
    if (c == '\t') {
      out.cells.insert(out.cells.end(), kTab - cell % kTab, " ");
    } else if (length == 0 || c < 0x20 || c == 0x7F) {
      out.cells.emplace_back("\xEF\xBF\xBD");
    } else if (line.substr(i, 3) != "\xEF\xBB\xBF") {
      out.cells.emplace_back(line.substr(i, length));
    }
    const std::size_t step = std::max<std::size_t>(1, length);
    out.of_byte.insert(out.of_byte.end(), step, cell);
    i += step;
  }
  out.of_byte.push_back(out.cells.size());
  return out;
}

std::string at_place(Span span, const support::SourceManager& sources) {
  const support::SourceFile& file = sources.file(span.file);
  const support::Position position = file.position(span.begin);
  return file.path() + ":" + std::to_string(position.line) + ":" + std::to_string(position.column);
}

void excerpt(Span span, const support::SourceManager& sources, const std::string& label, const Palette& paint,
             std::string& out) {
  const support::SourceFile& file = sources.file(span.file);
  const std::uint32_t number = file.position(span.begin).line;
  std::string_view line = file.line(number);
  std::size_t from = std::min<std::size_t>(span.begin - file.line_start(number), line.size());
  std::size_t to = std::clamp<std::size_t>(span.end < file.line_start(number) ? 0 : span.end - file.line_start(number),
                                           from, line.size());
  // Of a line of megabytes only the neighbourhood of the caret is laid out.
  constexpr std::size_t kNear = 4096;
  std::size_t skipped = from > kNear ? from - kNear : 0;
  skipped = support::utf8_begin(line, skipped);
  line = line.substr(skipped, 3 * kNear);
  from -= skipped;
  to = std::min(to - skipped, line.size());
  const Cells layout = lay_out(line);
  std::size_t begin = layout.of_byte[from];
  std::size_t end = std::max(layout.of_byte[to], begin + 1);

  // A window of the line around the caret; what is left out shows as `…`.
  std::size_t left = 0, right = layout.cells.size();
  if (right > kColumns) {
    if (begin > kColumns / 2) left = begin - kColumns / 4;
    if (right - left < kColumns) left = right - std::min(right, kColumns);
    right = std::min(right, left + kColumns);
    end = std::max(begin + 1, std::min(end, right));
  }
  std::string shown = left > 0 ? "…" : "";
  for (std::size_t i = left > 0 ? left + 1 : 0; i < right; ++i) shown += layout.cells[i];
  if (right < layout.cells.size()) shown += "…";
  while (!shown.empty() && shown.back() == ' ') shown.pop_back();

  const std::string digits = std::to_string(number);
  const std::string gutter(digits.size() + 1, ' ');
  out += gutter + "|\n";
  out += digits + " |" + (shown.empty() ? "" : " " + shown) + "\n";
  out += gutter + "| " + std::string(begin - left, ' ') + paint.caret + std::string(end - begin, '^') + paint.off;
  if (!label.empty()) out += " " + label;
  out += "\n";
}

}  // namespace

std::string render_text(const std::vector<Diagnostic>& diagnostics, const support::SourceManager& sources,
                        bool colour) {
  const Palette paint = palette(colour);
  std::string out;
  for (const Diagnostic& d : diagnostics) {
    const bool placed = sources.contains(d.span.file);
    const bool is_error = d.severity == Severity::Error;
    if (!out.empty()) out += "\n";
    out += paint.bold + (placed ? at_place(d.span, sources) : std::string("modelc")) + ":" + paint.off + " ";
    out += std::string(is_error ? paint.error : paint.warning) + (is_error ? "error" : "warning") + "[" +
           std::string(d.code) + "]:" + paint.off;
    out += " " + d.message + "\n";
    const Note* label = nullptr;
    if (placed) {
      for (const std::vector<Note>* notes : {&d.notes, &d.trail})
        for (const Note& note : *notes)
          if (!label && note.span == d.span) label = &note;
      excerpt(d.span, sources, label ? label->message : "", paint, out);
    }
    const auto show = [&](const Note& note) {
      out += std::string(paint.note) + "note:" + paint.off + " ";
      if (sources.contains(note.span.file)) out += at_place(note.span, sources) + ": ";
      out += note.message + "\n";
    };
    for (const Note& note : d.notes)
      if (&note != label) show(note);
    for (const Note& step : d.trail)
      if (step.span != d.span) show(step);
    if (!d.help.empty()) out += std::string(paint.help) + "help:" + paint.off + " " + d.help + "\n";
  }
  return out;
}

}  // namespace modelc::diagnostics
