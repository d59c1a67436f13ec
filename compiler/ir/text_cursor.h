// One line of the IR's text, read from left to right: names, sizes, constants, types. Internal to read_text.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "types/constant.h"

namespace modelc::ir {

/// What stops the reading; caught in read_text.
struct TextError {
  std::string what;
};

class TextCursor {
 public:
  /// `symbols`: what a name in a size means.
  TextCursor(std::string_view line, const std::map<std::string, types::Dim, std::less<>>& symbols)
      : line_(line), symbols_(&symbols) {}

  bool at_end();
  /// The next characters, spaces skipped.
  bool at(std::string_view text);
  bool take(std::string_view text);
  /// `[…]` with a `%` or `@` within its brackets.
  bool at_list_with_values();
  /// A word as it is, followed by no letter of a word.
  bool take_word(std::string_view text);
  void expect(std::string_view text);
  [[noreturn]] void fail(const std::string& expected);

  /// A name, quoted or plain.
  std::string word();
  /// `%3.logits`, `@bn.weight'2`: the text as it stands.
  std::string value();
  std::int64_t integer();
  double number();
  types::Dim dim();
  types::Constant constant();
  types::Type type();

 private:
  /// Counts brackets that are open, so that no text can exhaust the stack.
  class Nested {
   public:
    explicit Nested(TextCursor& cursor);
    ~Nested() { --cursor_.depth_; }
    Nested(const Nested&) = delete;
    Nested& operator=(const Nested&) = delete;

   private:
    TextCursor& cursor_;
  };

  char peek();
  std::string_view plain();
  std::string string();
  types::Dim product();
  types::Dim factor();
  types::Dim atom();
  bool at_float() const;
  std::vector<types::Type> types_until(std::string_view end, std::vector<std::string>* names);

  std::string_view line_;
  std::size_t at_ = 0;
  int depth_ = 0;  // of open brackets
  const std::map<std::string, types::Dim, std::less<>>* symbols_;
};

}  // namespace modelc::ir
