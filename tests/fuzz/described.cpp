#include "described.h"

#include "diagnostics/render_json.h"
#include "diagnostics/render_text.h"
#include "support/utf8.h"
#include "target.h"

namespace modelc::fuzz {
namespace {

void check_span(support::Span span, const support::SourceManager& sources) {
  if (!span.valid()) return;
  promise(sources.contains(span.file), "a place stands in a file that was read");
  promise(span.begin <= span.end && span.end <= sources.file(span.file).text().size(), "a place stands in its file");
}

}  // namespace

void check_reports(const diagnostics::Sink& sink, const support::SourceManager& sources) {
  for (const diagnostics::Diagnostic& d : sink.found()) {
    check_span(d.span, sources);
    for (const auto& note : d.notes) check_span(note.span, sources);
    for (const auto& fix : d.fixes) check_span(fix.span, sources);
    promise(!d.code.starts_with("M9") || d.code == "M9001", "no fault of ours is reported");
  }
  const auto found = sink.sorted();
  const auto whole = [](const std::string& text) { return support::find_bad_utf8(text) == std::string::npos; };
  promise(whole(diagnostics::render_text(found, sources)), "what is shown is UTF-8");
  promise(whole(diagnostics::render_json(found, sources)), "what is shown as JSON is UTF-8");
}

}  // namespace modelc::fuzz
