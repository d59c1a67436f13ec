// Diagnostics as data: a numbered row, a place, a message, notes with places of their own, help, and edits.
// Rows stand in diagnostics.def; sink.report(span, diag::Name, args...) fills one in. Rendering is elsewhere.
#pragma once

#include <fmt/format.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "support/source.h"

namespace modelc::diagnostics {

using support::Span;

enum class Severity { Error, Warning };

/// One row of diagnostics.def. `format` is an fmt format.
struct Row {
  std::string_view code;
  Severity severity;
  std::string_view name;
  std::string_view format;
  /// What it means and how to cure it, for `modelc explain CODE`.
  std::string_view explanation;
};

/// A number that is no longer used, and never again.
struct RetiredRow {
  std::string_view code;
  std::string_view name;
  std::string_view explanation;  // what is reported in its place
};

constexpr std::size_t count_arguments(std::string_view format) {
  std::size_t n = 0;
  for (std::size_t i = 0; i + 1 < format.size(); ++i) {
    if (format[i] == '{' && format[i + 1] == '{') ++i;
    else if (format[i] == '{') ++n;
  }
  return n;
}

struct Note {
  Span span;
  std::string message;
};

struct Edit {
  Span span;
  std::string text;
};

struct Diagnostic {
  std::string_view code;
  Severity severity = Severity::Error;
  std::string message;
  Span span;
  std::vector<Note> notes;
  std::vector<Note> trail;  // what led there, the nearest first: calls of components, turns of loops
  std::string help;
  std::vector<Edit> fixes;
  std::string_view constraint;  // of M6001: the id of what the operator demands (ops/constraint.h)
};

/// All rows, in the order of diagnostics.def.
const std::vector<Row>& all_rows();
const std::vector<RetiredRow>& retired_rows();

}  // namespace modelc::diagnostics

namespace modelc::diag {
// Each row is a type of its own, so that the number and the types of the arguments are held against its text when the
// report is compiled.
#define MODELC_DIAG(code, severity, name, format, explanation)                                                       \
  namespace rows {                                                                                                   \
  struct name {                                                                                                      \
    static constexpr std::string_view text = format;                                                                 \
    static constexpr ::modelc::diagnostics::Row row{#code, ::modelc::diagnostics::Severity::severity, #name, format, \
                                                    explanation};                                                    \
  };                                                                                                                 \
  }                                                                                                                  \
  inline constexpr rows::name name{};
#include "diagnostics/diagnostics.def"
#undef MODELC_DIAG
}  // namespace modelc::diag
