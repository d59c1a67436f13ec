// A source text with edits applied, and the way back: every byte of the edited text knows its place in the original.
// So yaml-cpp can read a corrected text while every span points into what the user wrote. Also the small questions
// about characters that all parts of the YAML reader ask. Internal to the YAML wall.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "support/source.h"

namespace modelc::syntax {

/// A text or a part of one, `shift` bytes into its file.
struct Passage {
  std::string_view text;
  support::FileId file = 0;
  std::uint32_t shift = 0;

  support::Span span(std::size_t begin, std::size_t end) const {
    return {file, static_cast<std::uint32_t>(begin) + shift, static_cast<std::uint32_t>(end) + shift};
  }
  Passage part(std::size_t begin, std::size_t end) const {
    return {text.substr(begin, end - begin), file, shift + static_cast<std::uint32_t>(begin)};
  }
};

/// Takes out `remove` bytes at `at` and puts `insert` there. Patches of one text do not overlap.
struct Patch {
  std::size_t at = 0;
  std::size_t remove = 0;
  std::string insert;
};

class PatchedText {
 public:
  PatchedText(std::string_view original, std::vector<Patch> patches);
  const std::string& text() const { return text_; }
  /// A lone carriage return is a line break of YAML, which yaml-cpp does not know: makes each a line feed.
  void mend_breaks();
  /// The original offset of a byte of text(), or of its end.
  std::uint32_t original(std::size_t offset) const;
  /// True for a byte that a patch put in.
  bool inserted(std::size_t offset) const { return offset < inserted_.size() && inserted_[offset]; }

 private:
  std::string text_;
  bool patched_ = false;
  std::vector<std::uint32_t> origin_;  // only where there are patches
  std::vector<bool> inserted_;
};

inline bool is_blank(char c) { return c == ' ' || c == '\t'; }
inline bool is_break(char c) { return c == '\n' || c == '\r'; }
/// What may follow a `:` that ends a key: white space or the end of the text (given as '\0').
inline bool is_space_or_end(char c) { return is_blank(c) || is_break(c) || c == '\0'; }

/// The end of the line that holds `at`: the offset of its line break, or of the end of the text.
std::size_t line_end(std::string_view text, std::size_t at);
/// The start of the line after the one that holds `at`.
std::size_t next_line(std::string_view text, std::size_t at);
std::size_t line_begin(std::string_view text, std::size_t at);
/// If a quote at `at` opens a string of the expression language that closes on its line: the offset after it, else
/// `at`.
std::size_t skip_string(std::string_view text, std::size_t at);
/// The text in YAML quotes: `"…"` where nothing in it needs escaping, else `'…'`.
std::string quoted(std::string_view text);
/// The patches that put [begin, end) into quotes as quoted() does.
void quote_range(std::string_view text, std::size_t begin, std::size_t end, std::vector<Patch>& patches);

/// Brackets opened and not yet closed while reading an expression.
class Brackets {
 public:
  /// False where a closing bracket meets none or another kind.
  bool feed(char c);
  bool balanced() const { return open_.empty() && sound_; }
  std::size_t depth() const { return open_.size(); }
  bool only_round() const { return open_.find_first_not_of('(') == std::string::npos; }

 private:
  std::string open_;
  bool sound_ = true;
};

/// True if all brackets of [begin, end) match; strings are skipped.
bool is_balanced(std::string_view text, std::size_t begin, std::size_t end);

}  // namespace modelc::syntax
