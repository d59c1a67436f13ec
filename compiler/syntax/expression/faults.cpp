// What is said where an expression stops making sense: what stands there, what is due, and a cure where the text is
// Python, C or JSON that the language does not have.
#include <algorithm>
#include <array>

#include "support/utf8.h"
#include "syntax/expression/build.h"

namespace modelc::syntax {

namespace {

bool is_word_byte(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }
bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

std::string_view token_at(std::string_view text, std::size_t at) {
  static constexpr std::array<std::string_view, 20> kLong = {"===", "...", "!==", "**", "//", "->", "==",
                                                             "!=",  "<=",  ">=",  "&&", "||", ":=", "<>",
                                                             "<<",  ">>",  "${",  "..", "=>", "+="};
  const std::string_view rest = text.substr(at);
  if (rest.empty()) return rest;
  if (is_word_byte(rest[0])) {
    std::size_t length = 1;
    const bool number = std::isdigit(static_cast<unsigned char>(rest[0])) != 0;
    const auto goes_on = [&](std::size_t at_next) {
      const char c = rest[at_next];
      if (is_word_byte(c) || (number && c == '.')) return true;
      return number && (c == '-' || c == '+') && (rest[at_next - 1] == 'e' || rest[at_next - 1] == 'E');
    };
    while (length < rest.size() && goes_on(length)) ++length;
    return rest.substr(0, length);
  }
  if (rest[0] == '"' || rest[0] == '\'') {
    const std::size_t close = rest.find(rest[0], 1);
    const std::size_t line = rest.find('\n');
    if (close != std::string_view::npos && close < line && close < 40) return rest.substr(0, close + 1);
    return rest.substr(0, 1);
  }
  for (const std::string_view known : kLong) {
    if (rest.starts_with(known)) return known.size() <= rest.size() ? rest.substr(0, known.size()) : rest;
  }
  return rest.substr(0, support::utf8_end(rest, 1));
}

char closer_of(EnclosureKind kind) {
  switch (kind) {
    case EnclosureKind::List:
    case EnclosureKind::Index:
    case EnclosureKind::TypeBracket:
      return ']';
    case EnclosureKind::Insertion:
    case EnclosureKind::Map:
      return '}';
    default:
      return ')';
  }
}

struct Foreign {
  std::string_view token;
  std::string_view expected;
};
constexpr std::array<Foreign, 13> kForeignOperators = {{{"&&", "`and`, of tensors `&`,"},
                                                        {"||", "`or`, of tensors `|`,"},
                                                        {"!", "`not`, of tensors `~`,"},
                                                        {"=", "`==`"},
                                                        {"===", "`==`"},
                                                        {"!==", "`!=`"},
                                                        {"<>", "`!=`"},
                                                        {"^", "`**` for a power"},
                                                        {"?", "`a if c else b`"},
                                                        {"is", "`==`"},
                                                        {"=>", "`>=` or `->`"},
                                                        {"<<", "`* 2**n`"},
                                                        {">>", "`// 2**n`"}}};

bool is_identifier(std::string_view word) {
  return !word.empty() && !std::isdigit(static_cast<unsigned char>(word[0])) &&
         std::all_of(word.begin(), word.end(), is_word_byte);
}

/// A cure for text of another language, from what was found and the word before it.
std::string cure(std::string_view found, std::string_view before, bool in_call) {
  if (before == "lambda") return "there is no `lambda`; write a small function under `define`: `f(x): x + 1`";
  if (found == ":=") return "an expression binds no names; give the value a line of its own in `forward` or `define`";
  if (found == "+" && before.ends_with("+"))
    return "there is no `++` and no unary `+`; values never change: write `x + 1`";
  if (found == "+") return "there is no unary `+`; leave it out";
  if (found == "+=") return "values never change; bind the sum to a name: `- x: x + 1`";
  if (found == "for")
    return in_call ? "write the comprehension in brackets: `[… for x in xs]`"
                   : "one `for` stands in a comprehension; nest a second comprehension inside the first";
  if (found == "...") return "`...` stands alone in an index or among the dimensions of a type";
  if (found == "{")
    return "there are no dicts and sets; give parts names of their own, or use a YAML mapping where one is due";
  if (found == ",") return "a tuple has parentheses: `(a, b)`";
  if (found == ";") return "one scalar holds one expression";
  if (found == "#") return "a comment stands behind a plain scalar, or in one written as `|` or `>`, after a space";
  if (found == "->") return "`->` is the weakest operator; a type has it only after a parenthesised list of types";
  if (found == "**") return "`**` needs a value on its left; there are no keyword dicts";
  if (is_identifier(before) && !found.empty() && std::isdigit(static_cast<unsigned char>(found[0])))
    return fmt::format("arguments stand in parentheses: `{}({})`", before, found);
  if (found.starts_with('"') || found.starts_with('\'')) {
    if (before.ends_with('"') || before.ends_with('\'')) return "strings are joined by `+`";
  }
  return {};
}

/// Where a name alone stands before an assignment of Python, how the language writes it.
std::string binding_cure(std::string_view text, std::size_t at, std::string_view found) {
  if (found != "=") return {};  // of `x += 1` the parser has read the sign
  std::string_view name = text.substr(0, at), value = text.substr(at + found.size());
  const auto trim = [](std::string_view& part) {
    while (!part.empty() && is_space(part.front())) part.remove_prefix(1);
    while (!part.empty() && is_space(part.back())) part.remove_suffix(1);
  };
  value = value.substr(0, value.find('\n'));
  trim(name);
  trim(value);
  const bool changes = !name.empty() && std::string_view("+-*/").find(name.back()) != std::string_view::npos;
  const char sign = changes ? name.back() : '=';
  if (changes) name.remove_suffix(1);
  trim(name);
  if (value.empty() || !is_identifier(name)) return {};
  const std::string whole = changes ? fmt::format("{} {} {}", name, sign, value) : std::string(value);
  return fmt::format("a name is bound as a key, in a list of entries: `- {}: {}`", name, whole);
}

}  // namespace

std::size_t Builder::comment_length(std::size_t at) const {
  const ast::Node& scalar = text_.scalar;
  if (scalar.style != ast::ScalarStyle::Literal && scalar.style != ast::ScalarStyle::Folded) return 0;
  const std::size_t start = text_.begin + at;
  if (start > 0 && !is_space(scalar.text[start - 1])) return 0;
  std::size_t stop = start;
  const bool placed = scalar.offsets.size() == scalar.text.size() + 1;
  while (stop < text_.end && scalar.text[stop] != '\n') {
    // A fold turned the line's end into a space; the next byte of the source then lies an indentation further on.
    const bool line_ends = placed && scalar.offsets[stop + 1] != scalar.offsets[stop] + 1;
    ++stop;
    if (line_ends) break;
  }
  return stop - start;
}

void Builder::unexpected(std::size_t at, std::string_view expected) {
  while (at < view_.size() && is_space(view_[at]) &&
         !(!enclosures_.empty() && innermost().kind == EnclosureKind::String))
    ++at;
  if (enclosures_.empty() && std::all_of(view_.begin(), view_.end(), is_space)) {
    fail(0, view_.size(), "", diag::EmptyExpression, expected);
  }
  const std::string_view found = token_at(view_, at);
  const std::size_t stop = at + found.size();
  if (!enclosures_.empty()) {
    const Enclosure& inner = innermost();
    if (inner.kind == EnclosureKind::String) {
      const std::string quote(1, view_[inner.begin]);
      fail(inner.begin, at, "", diag::UnclosedString, quote, quote);
    }
    if (inner.kind == EnclosureKind::Insertion && (found.empty() || expected == "`}`")) {
      sink_.report(span(inner.begin, inner.begin + 2), diag::UnclosedInsertion)
          .note(span(at, stop), found.empty() ? "the text ends here" : fmt::format("`{}` stands here", found));
      throw SyntaxFault{};
    }
    if (inner.kind != EnclosureKind::Pattern) {
      const std::string opener(1, view_[inner.begin]);
      const std::string closer(1, closer_of(inner.kind));
      if (found.empty()) {
        sink_.report(span(inner.begin, inner.begin + 1), diag::BracketLeftOpen, opener, closer)
            .note(span(at, at), "the text ends here");
        throw SyntaxFault{};
      }
      if ((found == ")" || found == "]" || found == "}") && found != closer) {
        sink_.report(span(at, stop), diag::MismatchedBracket, found, closer)
            .note(span(inner.begin, inner.begin + 1), fmt::format("`{}` is opened here", opener));
        throw SyntaxFault{};
      }
    }
  }
  const bool in_member = expected == "the name of a member";
  const bool digits_first = in_member && at < view_.size() && std::isdigit(static_cast<unsigned char>(view_[at]));
  if (digits_first || (at > 0 && at < view_.size() && is_word_byte(view_[at]) && is_word_byte(view_[at - 1]))) {
    std::size_t begin = at;
    while (begin > 0 && is_word_byte(view_[begin - 1])) --begin;
    if (in_member) begin = at;
    fail(begin, stop, "a name begins with a letter or `_`; a part that is no name is indexed by a string: `x[\"1a\"]`",
         diag::BadNumber, view_.substr(begin, stop - begin));
  }
  if (found == "${") {
    fail(at, stop, "write the name without `${` and `}`", diag::InsertionOutsideString);
  }
  for (const Foreign& foreign : kForeignOperators) {
    if (found == foreign.token)
      fail(at, stop, binding_cure(view_, at, found), diag::NoOperator, found, foreign.expected);
  }
  std::size_t end_before = at;
  while (end_before > 0 && is_space(view_[end_before - 1])) --end_before;
  std::size_t begin_before = end_before;
  while (begin_before > 0 && is_word_byte(view_[begin_before - 1])) --begin_before;
  if (begin_before == end_before && begin_before > 0) --begin_before;
  const std::string_view before = view_.substr(begin_before, end_before - begin_before);
  for (const Foreign& foreign : kForeignOperators) {
    if (before == foreign.token && before == "is") {
      fail(begin_before, end_before, "", diag::NoOperator, before, foreign.expected);
    }
  }
  const bool in_call =
      !enclosures_.empty() && (innermost().kind == EnclosureKind::Call || innermost().kind == EnclosureKind::Paren);
  fail(at, stop, cure(found, before, in_call), diag::UnexpectedInExpression,
       found.empty() ? std::string("the end") : fmt::format("`{}`", found), expected);
}

}  // namespace modelc::syntax
