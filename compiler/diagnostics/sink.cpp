#include "diagnostics/sink.h"

#include <algorithm>
#include <tuple>

#include "support/spelling.h"

namespace modelc::diagnostics {

Report& Report::note(Span span, std::string message) {
  diagnostic_->notes.push_back({span, std::move(message)});
  return *this;
}

Report& Report::help(std::string text) {
  if (!diagnostic_->help.empty()) diagnostic_->help += "; ";
  diagnostic_->help += text;
  return *this;
}

Report& Report::fix(Span span, std::string replacement) {
  diagnostic_->fixes.push_back({span, std::move(replacement)});
  return *this;
}

Report& Report::constraint(std::string_view id) {
  diagnostic_->constraint = id;
  return *this;
}

bool Report::did_you_mean(std::string_view word, const std::vector<std::string>& known, Span place) {
  const std::optional<std::string> near = support::nearest(word, known);
  if (!near || *near == word) return false;  // the same word where it does not fit helps nobody
  help(fmt::format("did you mean `{}`?", *near));
  if (place.valid()) fix(place, *near);
  return true;
}

Report Sink::add(Span span, const Row& row, std::string message) {
  Diagnostic& d = found_.emplace_back();
  d.code = row.code;
  d.severity = row.severity;
  d.message = std::move(message);
  d.span = seen_place(span);
  lay_trail(d);
  if (row.severity == Severity::Error) ++errors_;
  return Report(&d);
}

Span Sink::seen_place(Span span) const {
  for (auto step = steps_.rbegin(); step != steps_.rend() && hides(span); ++step) span = step->span;
  return span;
}

void Sink::lay_trail(Diagnostic& diagnostic) const {
  std::size_t left = kMostSteps;
  for (auto step = steps_.rbegin(); step != steps_.rend() && left > 0; ++step) {
    // A recursion goes through one place again and again.
    const bool repeats = std::any_of(diagnostic.trail.begin(), diagnostic.trail.end(),
                                     [&](const Note& other) { return other.span == step->span; });
    if (repeats || hides(step->span)) continue;
    diagnostic.trail.push_back({step->span, step->words.str()});
    --left;
  }
}

Report Sink::report(const Diagnostic& kept) {
  if (kept.severity == Severity::Error) ++errors_;
  Diagnostic& d = found_.emplace_back(kept);
  lay_trail(d);
  return Report(&d);
}

std::vector<Diagnostic> Sink::sorted() const {
  std::vector<Diagnostic> all;
  for (const Diagnostic& d : found_) {
    if (d.severity == Severity::Error || !allowed_.contains(d.code)) all.push_back(d);
  }
  const auto key = [](const Diagnostic& d) {
    return std::tie(d.span.file, d.span.begin, d.span.end, d.code, d.message);
  };
  std::stable_sort(all.begin(), all.end(), [&](const auto& a, const auto& b) { return key(a) < key(b); });
  all.erase(std::unique(all.begin(), all.end(), [&](const auto& a, const auto& b) { return key(a) == key(b); }),
            all.end());
  if (all.size() <= kMost) return all;
  const auto errors = static_cast<std::size_t>(
      std::count_if(all.begin(), all.end(), [](const Diagnostic& d) { return d.severity == Severity::Error; }));
  std::size_t room_for_errors = std::min(errors, kMost);
  std::size_t room_for_warnings = kMost - room_for_errors;
  std::erase_if(all, [&](const Diagnostic& d) {
    std::size_t& room = d.severity == Severity::Error ? room_for_errors : room_for_warnings;
    return room == 0 || (--room, false);
  });
  return all;
}

void Sink::absorb(Sink&& other) {
  for (Diagnostic& d : other.found_) found_.push_back(std::move(d));
  errors_ += other.errors_;
  other.found_.clear();
  other.errors_ = 0;
}

const std::vector<Row>& all_rows() {
  static const std::vector<Row> rows = {
#define MODELC_DIAG(code, severity, name, format, explanation) diag::name.row,
#include "diagnostics/diagnostics.def"
#undef MODELC_DIAG
  };
  return rows;
}

const std::vector<RetiredRow>& retired_rows() {
  static const std::vector<RetiredRow> rows = {
#define MODELC_DIAG(code, severity, name, format, explanation)
#define MODELC_RETIRED(code, name, explanation) {#code, #name, explanation},
#include "diagnostics/diagnostics.def"
#undef MODELC_DIAG
  };
  return rows;
}

}  // namespace modelc::diagnostics
