#include "ir/text_cursor.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

namespace modelc::ir {

using types::Constant;
using types::Dim;
using types::DType;
using types::Type;

namespace {

constexpr int kDepth = 200;  // of brackets within brackets

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_' || c == '.' ||
         static_cast<unsigned char>(c) >= 0x80;
}

bool is_name(char c) { return is_plain(c) && c != '.'; }

std::optional<DType> dtype_of(std::string_view word) {
  return word == "string" ? std::optional(DType::String) : types::parse_dtype(word);
}

}  // namespace

TextCursor::Nested::Nested(TextCursor& cursor) : cursor_(cursor) {
  if (cursor.depth_ >= kDepth) cursor.fail("fewer brackets within brackets");
  ++cursor.depth_;
}

char TextCursor::peek() {
  while (at_ < line_.size() && line_[at_] == ' ') ++at_;
  return at_ < line_.size() ? line_[at_] : '\0';
}

bool TextCursor::at_end() { return peek() == '\0' && at_ >= line_.size(); }

bool TextCursor::at(std::string_view text) {
  peek();
  return line_.substr(at_).starts_with(text);
}

bool TextCursor::take(std::string_view text) {
  if (!at(text)) return false;
  at_ += text.size();
  return true;
}

bool TextCursor::at_list_with_values() {
  if (!at("[")) return false;
  int depth = 0;
  bool quoted = false;
  for (std::size_t i = at_; i < line_.size(); ++i) {
    const char c = line_[i];
    if (quoted && c == '\\') ++i;
    else if (c == '"') quoted = !quoted;
    else if (quoted) continue;
    else if (c == '@' || (c == '%' && i + 1 < line_.size() && line_[i + 1] != ' ')) return true;  // `H % 2` is a size
    else if (c == '[') ++depth;
    else if (c == ']' && --depth == 0) return false;
  }
  return false;
}

bool TextCursor::take_word(std::string_view text) {
  if (!at(text)) return false;
  const std::size_t end = at_ + text.size();
  if (end < line_.size() && (is_plain(line_[end]) || line_[end] == '=')) return false;
  at_ = end;
  return true;
}

void TextCursor::expect(std::string_view text) {
  if (!take(text)) fail("`" + std::string(text) + "`");
}

void TextCursor::fail(const std::string& expected) {
  const std::string found = at_end() ? "the end of the line" : "`" + std::string(line_.substr(at_, 20)) + "`";
  throw TextError{"expected " + expected + " at " + found};
}

std::string_view TextCursor::plain() {
  peek();
  const std::size_t begin = at_;
  while (at_ < line_.size() && (is_plain(line_[at_]) || line_[at_] == '-')) ++at_;
  return line_.substr(begin, at_ - begin);
}

std::string TextCursor::string() {
  expect("\"");
  std::string text;
  while (at_ < line_.size() && line_[at_] != '"') {
    char c = line_[at_++];
    if (c == '\\') {
      if (at_ >= line_.size()) fail("the end of the string");
      c = line_[at_++];
      if (c == 'n') c = '\n';
      else if (c == 't') c = '\t';
      else if (c == 'r') c = '\r';
      else if (c == 'x') {
        unsigned byte = 0;
        const auto digits = line_.substr(at_, 2);
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), byte, 16);
        if (error != std::errc() || end != digits.data() + 2) fail("two hexadecimal digits");
        at_ += 2;
        c = static_cast<char>(byte);
      }
    }
    text += c;
  }
  expect("\"");
  return text;
}

std::string TextCursor::word() {
  if (peek() == '"') return string();
  const std::string text(plain());
  if (text.empty()) fail("a name");
  return text;
}

std::string TextCursor::value() {
  peek();
  const std::size_t begin = at_;
  if (!take("%") && !take("@")) fail("a value");
  take(".");
  if (at_ < line_.size() && line_[at_] == '"') string();
  else plain();
  // `%4."odd name"`: the number, then a name in quotes.
  if (at_ < line_.size() && line_[at_] == '"') string();
  if (at_ < line_.size() && line_[at_] == '\'') {
    ++at_;
    while (at_ < line_.size() && is_digit(line_[at_])) ++at_;
  }
  return std::string(line_.substr(begin, at_ - begin));
}

std::int64_t TextCursor::integer() {
  peek();
  std::int64_t n = 0;
  const auto [end, error] = std::from_chars(line_.data() + at_, line_.data() + line_.size(), n);
  if (error != std::errc()) fail("an integer");
  at_ = static_cast<std::size_t>(end - line_.data());
  return n;
}

double TextCursor::number() {
  peek();
  if (take_word("inf")) return std::numeric_limits<double>::infinity();
  if (take_word("-inf")) return -std::numeric_limits<double>::infinity();
  if (take_word("nan")) return std::numeric_limits<double>::quiet_NaN();
  double n = 0;
  const auto [end, error] = std::from_chars(line_.data() + at_, line_.data() + line_.size(), n);
  if (error != std::errc()) fail("a number");
  at_ = static_cast<std::size_t>(end - line_.data());
  return n;
}

Dim TextCursor::dim() {
  const Nested nested(*this);
  Dim sum = product();
  while (true) {
    if (take("+")) sum = sum + product();
    else if (peek() == '-') take("-"), sum = sum - product();
    else return sum;
  }
}

Dim TextCursor::product() {
  Dim result = factor();
  while (true) {
    if (at("**")) fail("one power");
    if (take("//")) result = types::floor_div(result, factor());
    else if (take("*")) result = result * factor();
    else if (take("%")) result = types::floor_mod(result, factor());
    else return result;
  }
}

Dim TextCursor::factor() {
  const Nested nested(*this);
  if (take("-")) return -factor();
  const Dim base = atom();
  if (!take("**")) return base;
  const std::int64_t exponent = integer();
  if (exponent < 0 || exponent > 64) fail("an exponent of 0 to 64");
  return types::dim_pow(base, static_cast<int>(exponent));
}

Dim TextCursor::atom() {
  if (take("(")) {
    const Dim inner = dim();
    expect(")");
    return inner;
  }
  if (take("?")) return Dim::poison();
  if (is_digit(peek())) return integer();
  for (const bool greater : {true, false}) {
    if (!take(greater ? "max(" : "min(")) continue;
    const Dim a = dim();
    expect(",");
    const Dim b = dim();
    expect(")");
    return greater ? types::dim_max(a, b) : types::dim_min(a, b);
  }
  const std::size_t begin = at_;
  while (at_ < line_.size() && is_name(line_[at_])) ++at_;
  const std::string_view name = line_.substr(begin, at_ - begin);
  if (name.empty()) fail("a size");
  const auto symbol = symbols_->find(name);
  if (symbol != symbols_->end()) return symbol->second;
  at_ = begin;
  fail("a symbol that is declared");
}

bool TextCursor::at_float() const {
  std::size_t i = at_;
  if (i < line_.size() && line_[i] == '-') ++i;
  const std::size_t begin = i;
  while (i < line_.size() && is_digit(line_[i])) ++i;
  return i > begin && i < line_.size() && (line_[i] == '.' || line_[i] == 'e');
}

Constant TextCursor::constant() {
  const Nested nested(*this);
  const char next = peek();
  if (next == '"') return string();
  if (take("[")) {
    types::ConstantList list;
    while (!take("]")) {
      if (!list.empty()) expect(",");
      list.push_back(constant());
    }
    return list;
  }
  if (take_word("null")) return {};
  if (take_word("true")) return true;
  if (take_word("false")) return false;
  if (at_float() || at("inf") || at("-inf") || at("nan")) {
    const std::size_t begin = at_;
    const auto symbol = symbols_->find(plain());  // a symbol may be called so
    at_ = begin;
    if (symbol == symbols_->end()) return number();
  }
  const std::size_t begin = at_;
  const std::string_view word = plain();
  if (const auto dtype = dtype_of(word); dtype && !symbols_->contains(word)) return *dtype;
  at_ = begin;
  return dim();
}

std::vector<Type> TextCursor::types_until(std::string_view end, std::vector<std::string>* names) {
  std::vector<Type> parts;
  while (!take(end)) {
    if (!parts.empty()) expect(",");
    if (take(end)) break;  // `(float[B],)`
    if (names != nullptr) {
      const std::size_t begin = at_;
      const std::string name(plain());
      if (!name.empty() && take(":")) names->push_back(name);
      else at_ = begin;
    }
    parts.push_back(type());
  }
  return parts;
}

Type TextCursor::type() {
  const Nested nested(*this);
  if (take("?")) return Type::poison();
  if (take_word("null")) return Type::none();
  if (take("(")) {
    std::vector<std::string> names;
    std::vector<Type> parts = types_until(")", &names);
    return Type::tuple(std::move(parts), std::move(names));
  }
  if (take("choice[")) {
    std::vector<std::string> words;
    while (!take("]")) {
      if (!words.empty()) expect(",");
      peek();
      const std::size_t begin = at_;
      while (at_ < line_.size() && line_[at_] != ',' && line_[at_] != ']') ++at_;
      words.emplace_back(line_.substr(begin, at_ - begin));
      if (at_ >= line_.size()) fail("`]`");
    }
    return Type::choice(std::move(words));
  }
  if (take("[")) return Type::list(types_until("]", nullptr));
  const std::string_view name = plain();
  const auto dtype = dtype_of(name);
  if (!dtype) fail("a type");
  types::TensorType tensor{*dtype, {}};
  expect("[");
  while (!take("]")) {
    if (!tensor.shape.empty()) expect(",");
    tensor.shape.push_back(dim());
  }
  return Type::of(std::move(tensor));
}

}  // namespace modelc::ir
