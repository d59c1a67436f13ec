#include "syntax/expression/expression.h"

#include <algorithm>
#include <array>

#include "support/spelling.h"
#include "syntax/expression/build.h"

namespace modelc::syntax {

bool is_name(std::string_view word) {
  static constexpr std::array<std::string_view, 14> kReserved = {
      "for", "if", "else", "not", "and", "or", "in", "true", "false", "null", "True", "False", "None", "inf"};
  if (word.empty() || std::isdigit(static_cast<unsigned char>(word[0]))) return false;
  for (const char c : word) {
    if (!(static_cast<unsigned char>(c) < 0x80 && (std::isalnum(static_cast<unsigned char>(c)) || c == '_')))
      return false;
  }
  return std::find(kReserved.begin(), kReserved.end(), word) == kReserved.end();
}

namespace {

ast::ExprPtr parse(const Text& text, Entry entry, diagnostics::Sink& sink) {
  Builder builder(text, sink);
  return run_grammar(builder, entry) ? builder.take_expression() : nullptr;
}

/// What was refused as YAML is read as it may be meant: that it is no expression then is the same fault.
ast::ExprPtr parse_once(const Text& text, Entry entry, diagnostics::Sink& sink) {
  if (!text.scalar.refused) return parse(text, entry, sink);
  diagnostics::Sink unheard;
  return parse(text, entry, unheard);
}

}  // namespace

ast::ExprPtr parse_expression(const Text& text, diagnostics::Sink& sink) {
  return parse_once(text, Entry::Expression, sink);
}

ast::ExprPtr parse_item(const Text& text, diagnostics::Sink& sink) { return parse_once(text, Entry::Item, sink); }

ast::ExprPtr parse_raw(const Text& text) {
  auto raw = std::make_shared<ast::Expr>();
  raw->kind = ast::ExprKind::Raw;
  raw->span = text.span();
  raw->text = text.view();
  raw->quoted =
      text.scalar.style == ast::ScalarStyle::SingleQuoted || text.scalar.style == ast::ScalarStyle::DoubleQuoted;
  diagnostics::Sink faults;
  ast::ExprPtr inner = parse(text, Entry::Expression, faults);
  if (!inner && faults.size() != 0) {
    raw->fault = std::make_shared<const diagnostics::Diagnostic>(faults.found().front());
  }
  raw->children.push_back(std::move(inner));
  return raw;
}

ast::TypePtr parse_type(const Text& text, diagnostics::Sink& sink) {
  Builder builder(text, sink);
  return run_grammar(builder, Entry::Type) ? builder.take_type() : nullptr;
}

ast::ExprPtr parse_pattern(const Text& text, diagnostics::Sink& sink) {
  if (text.view().find("${") == std::string_view::npos) return nullptr;
  return parse(text, Entry::Pattern, sink);
}

std::optional<ForHead> parse_for(const Text& text, diagnostics::Sink& sink) {
  Builder builder(text, sink);
  if (!run_grammar(builder, Entry::ForHead)) return std::nullopt;
  return ForHead{std::move(builder.loop_variables), builder.take_expression()};
}

namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool is_word_byte(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }

std::size_t skip_space(std::string_view text, std::size_t at) {
  while (at < text.size() && is_space(text[at])) ++at;
  return at;
}

/// The place behind the bracket that closes the one at `at`; npos where it is not closed.
std::size_t behind_bracket(std::string_view text, std::size_t at) {
  std::size_t depth = 0;
  for (std::size_t i = at; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"' || c == '\'') {
      const std::size_t close = text.find(c, i + 1);
      if (close == std::string_view::npos) return close;
      i = close;
    } else if (c == '(' || c == '[') {
      ++depth;
    } else if ((c == ')' || c == ']') && --depth == 0) {
      return i + 1;
    }
  }
  return std::string_view::npos;
}

bool value_sign(std::string_view rest) { return rest.starts_with('=') && !rest.starts_with("=="); }

/// What may stand behind a type in a declaration; inside parentheses also `,`.
bool ends_type(std::string_view rest, bool nested) {
  return rest.empty() || rest.starts_with('?') || value_sign(rest) || (nested && (rest[0] == ',' || rest[0] == ')'));
}

/// Inside the brackets of a misspelt dtype: nothing, a `...` or a symbol, which a value's index would hardly hold.
bool holds_dimensions(std::string_view inside) {
  if (skip_space(inside, 0) == inside.size() || inside.find("...") != std::string_view::npos) return true;
  if (inside.find_first_of("\"'") != std::string_view::npos) return false;
  for (std::size_t i = 0; i < inside.size(); ++i) {
    if (std::isupper(static_cast<unsigned char>(inside[i])) && (i == 0 || !is_word_byte(inside[i - 1]))) return true;
  }
  return false;
}

bool begins_like_type(std::string_view text, std::size_t at, bool nested, std::size_t depth) {
  at = skip_space(text, at);
  if (at >= text.size() || depth > kMaxNesting) return false;
  if (text[at] == '(') {
    const std::size_t behind = behind_bracket(text, at);
    if (behind == std::string_view::npos) return false;
    const std::string_view rest = text.substr(skip_space(text, behind));
    const bool arrow = rest.starts_with("->");
    if (!arrow && !ends_type(rest, nested)) return false;
    std::size_t item = skip_space(text, at + 1);
    if (text[item] == ')') return arrow;
    // Any part that is a type makes it one, so that a misspelt part is reported as such.
    std::size_t level = 0;
    for (std::size_t i = item; i + 1 < behind; ++i) {
      if (text[i] == '(' || text[i] == '[') ++level;
      else if (text[i] == ')' || text[i] == ']') --level;
      if (i == item && begins_like_type(text, item, true, depth + 1)) return true;
      if (level == 0 && text[i] == ',') item = skip_space(text, i + 1);
    }
    return false;
  }
  std::size_t end = at;
  while (end < text.size() && is_word_byte(text[end])) ++end;
  if (end == at) return false;
  const std::string word(text.substr(at, end - at));
  const std::size_t next = skip_space(text, end);
  const std::string_view rest = text.substr(next);
  const auto& words = type_words();
  if (std::find(words.begin(), words.end(), word) != words.end()) {
    const bool range = rest.starts_with("in") && (rest.size() == 2 || !is_word_byte(rest[2])) && next > end;
    return rest.starts_with('[') || range || ends_type(rest, nested);
  }
  if (!rest.starts_with('[')) return false;
  const std::size_t behind = behind_bracket(text, next);
  if (behind == std::string_view::npos) return false;
  return ends_type(text.substr(skip_space(text, behind)), nested) &&
         holds_dimensions(text.substr(next + 1, behind - next - 2)) &&
         (support::nearest(word, words) || foreign_type_help(word));
}

Text trimmed(const Text& text, std::size_t begin) {
  std::size_t end = text.end;
  while (begin < end && is_space(text.scalar.text[begin])) ++begin;
  while (end > begin && is_space(text.scalar.text[end - 1])) --end;
  return Text(text.scalar, begin, end);
}

}  // namespace

std::optional<ast::Declared> parse_declared(const Text& text, diagnostics::Sink& sink) {
  ast::Declared made;
  std::size_t begin = text.begin;
  if (begins_like_type(text.view(), 0, false, 0)) {
    Builder builder(text, sink);
    if (!run_grammar(builder, Entry::TypeThenValue)) return std::nullopt;
    made.type = builder.take_type();
    if (builder.stopped == 0) return made;
    begin += builder.stopped;
  }
  const Text value = trimmed(text, begin);
  made.value_text = value.view();
  made.value_span = value.span();
  made.quoted = !made.type && (text.scalar.style == ast::ScalarStyle::SingleQuoted ||
                               text.scalar.style == ast::ScalarStyle::DoubleQuoted);
  if (made.type && takes_text(*made.type)) {
    made.value = parse_raw(value);
    return made;
  }
  made.value = parse_expression(value, sink);
  if (!made.value && !made.type) return std::nullopt;
  if (!made.value) made.value = ast::hole(value.span());
  return made;
}

}  // namespace modelc::syntax
