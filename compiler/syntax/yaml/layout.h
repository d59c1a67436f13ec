// A first look at the layout of a YAML text, before yaml-cpp reads it: where YAML will cut, end or swallow something
// that the user did not mean that way (LANGUAGE §2). Each such place is one report with the corrected line, and a
// patch, so that the rest of the document is read as it was meant. Structure that merely looks wrong is kept as a
// suspicion for explain_fault(), which is asked only if yaml-cpp refuses the text. Internal to the YAML wall.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "syntax/yaml/faults.h"
#include "syntax/yaml/text.h"
#include "syntax/yaml/yaml.h"

namespace modelc::syntax {

enum class Suspicion { MissingColon, NestedUnderValue, Indentation, BlockDedent };

/// A place that explains a refusal of the text behind it.
struct Suspect {
  Suspicion kind = Suspicion::MissingColon;
  support::Span place;
  support::Span other;
  std::string expected;  // Indentation: the columns that would do
};

struct Layout {
  std::vector<Patch> patches;
  std::vector<Suspect> suspects;
  bool readable = true;   // false: a report was made that no patch can mend
  bool hopeless = false;  // a limit was passed
};

/// Reports M1007, M1010 to M1013, M1018, M1021 to M1031, M1034.
Layout check_layout(const Passage& passage, Faults& faults, const YamlLimits& limits);

/// Turns yaml-cpp's refusal at `at` into one located report.
void explain_fault(const Passage& passage, std::size_t at, const std::string& message,
                   const std::vector<Suspect>& suspects, Faults& faults);

/// The state of a look at the layout: layout.cpp walks the lines, block.cpp and flow.cpp look at values, quoting.cpp
/// and flow_report.cpp say how they are mended.
class LayoutChecker {
 public:
  LayoutChecker(const Passage& passage, Faults& faults, const YamlLimits& limits)
      : passage_(passage), text_(passage.text), faults_(faults), limits_(limits) {}
  Layout run();

 private:
  using Offset = std::size_t;
  static constexpr Offset kStop = static_cast<Offset>(-1);

  // Block style. Each takes the place where something begins and returns where reading goes on, or kStop.
  Offset line(Offset at, int column);
  Offset node(Offset at, int parent, bool is_value);
  Offset after_node(Offset begin, Offset end, int parent, bool is_value, char opened);
  Offset value_of_key(Offset after_colon, int column);
  Offset plain(Offset at, int parent, bool is_value);
  Offset key_or_trap(Offset at, Offset colon, int parent, bool is_value);
  Offset continuation(Offset value, Offset at, int parent, bool is_value);
  Offset cut_by_comment(Offset value, Offset comment, int parent, bool is_value);
  Offset typed_list(Offset begin, Offset end, int parent);
  Offset block_scalar(Offset at, int parent);
  Offset quoted_scalar(Offset at, int parent);
  Offset properties(Offset at, int parent, bool is_value, bool in_flow);
  Offset star(Offset at, int parent, bool is_value);
  /// The value [begin, …) must be quoted, as `report` says: patches it and returns the line after it.
  Offset quote_value(diagnostics::Report report, Offset begin, int parent, bool is_value);
  /// The quotes [begin, quote_end) are left out of the value [begin, end).
  Offset unquote_value(diagnostics::Report report, Offset begin, Offset quote_end, Offset end);
  /// A call that needs no quotes: no string.
  bool holds_call(Offset begin, Offset end) const;
  Offset finish_quoting(diagnostics::Report report, Offset begin, Offset end, int parent, bool has_comment);
  Offset value_end(Offset begin, int parent, bool& has_comment) const;
  /// The `: ` outside brackets and strings that ends a key in [begin, end), else `end`.
  Offset key_colon(Offset begin, Offset end) const;
  bool misses_colon(Offset begin) const;
  bool is_item(Offset begin) const { return column_of(begin) != indentation(line_begin(text_, begin)); }
  bool starts_document(Offset line_start) const;
  void enter(int column);
  void arrive(Offset at, int column);

  // Flow style.
  enum class FlowFault {
    Comma,
    Bracket,
    KeyAlone,
    KeyEmpty,
    Star,
    Comprehension,
    AfterBracket,
    AfterQuote,
    Colon,
    Reserved,
    EmptyEntry,
    Comment
  };
  struct FlowTrap {
    FlowFault fault;
    Offset begin, end;  // what is meant as one value
    Offset cut;         // where YAML ends it
    std::vector<Patch> patches;
    bool certain = true;
  };
  Offset collection(Offset open, int parent, std::size_t depth, std::vector<FlowTrap>& traps);
  Offset flow_value(Offset at, bool is_key, int parent, std::size_t depth, std::vector<FlowTrap>& traps);
  Offset flow_plain(Offset at, bool is_key, FlowFault fault, std::vector<FlowTrap>& traps);
  Offset flow_space(Offset at) const;
  bool ends_flow_value(Offset at, bool is_key, bool json) const;
  bool is_comprehension(Offset begin, Offset end) const;
  void report_flow(std::vector<FlowTrap>& traps);
  void report_trap(FlowTrap& trap, std::vector<FlowTrap*> others);
  Offset unclosed(Offset open);

  // Shared.
  char at(Offset i) const { return i < text_.size() ? text_[i] : '\0'; }
  support::Span span(Offset begin, Offset end) const { return passage_.span(begin, end); }
  std::string word(Offset begin, Offset end) const;
  Offset skip_blanks(Offset i) const;
  int column_of(Offset i) const;
  int indentation(Offset line_start) const;
  bool ends_line(Offset i) const { return i >= text_.size() || is_break(text_[i]); }
  bool is_comment(Offset i) const { return at(i) == '#' && (i == 0 || is_space_or_end(text_[i - 1])); }
  bool looks_like_entry(Offset line_start) const;
  bool is_anchor(std::string_view name) const { return anchors_.find(name) != anchors_.end(); }
  void report_unknown_alias(Offset begin, Offset end);
  /// The lines of [begin, end) with patches applied, for a help text.
  Offset end_of_content(Offset begin) const;
  std::string corrected(Offset begin, Offset end, const std::vector<Patch>& patches) const;

  const Passage& passage_;
  std::string_view text_;
  Faults& faults_;
  const YamlLimits& limits_;
  Layout out_;
  std::vector<int> levels_;   // columns of the open block collections
  bool awaits_value_ = true;  // a key or a `-` without a value yet, or the start of a document
  Offset last_value_ = 0;     // where the last value of a key began
  Offset last_value_end_ = 0;
  std::set<std::string, std::less<>> anchors_;
  bool tab_reported_ = false;
  std::size_t unsound_ = 0;  // flow values whose brackets do not close
};

}  // namespace modelc::syntax
