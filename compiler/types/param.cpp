#include "types/param.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <optional>

#include "support/words.h"

namespace modelc::types {
namespace {

std::string_view trim(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

[[noreturn]] void malformed(std::string_view declaration) {
  std::fprintf(stderr, "malformed parameter declaration: %.*s\n", static_cast<int>(declaration.size()),
               declaration.data());
  std::abort();
}

/// At `separator`, but not within braces or brackets.
std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  int depth = 0;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '{' || text[i] == '[') ++depth;
    if (text[i] == '}' || text[i] == ']') --depth;
    if (text[i] == separator && depth == 0) {
      parts.push_back(trim(text.substr(begin, i - begin)));
      begin = i + 1;
    }
  }
  parts.push_back(trim(text.substr(begin)));
  return parts;
}

Constant parse_default(std::string_view text, std::string_view declaration) {
  if (support::is_null_word(text)) return {};
  if (const auto truth = support::truth_of(text)) return *truth;
  if (text.empty()) malformed(declaration);
  if (text.front() == '[') {
    ConstantList list;
    const std::string_view inside = trim(text.substr(1, text.size() - 2));
    if (!inside.empty())
      for (std::string_view part : split(inside, ',')) list.push_back(parse_default(part, declaration));
    return list;
  }
  const char c = text.front();
  if (c == '-' || (c >= '0' && c <= '9')) {
    const std::string number(text);
    if (number.find_first_of(".e") == std::string::npos)
      return Dim(std::int64_t{std::strtoll(number.c_str(), nullptr, 10)});
    return std::strtod(number.c_str(), nullptr);
  }
  if (support::is_infinity_word(text)) return std::strtod("inf", nullptr);
  if (c == '"') return std::string(text.substr(1, text.size() - 2));
  return std::string(text);
}

Param::Alternative parse_alternative(std::string_view text, std::string_view declaration) {
  Param::Alternative alternative;
  if (!text.empty() && text.front() == '{') {
    if (text.back() != '}') malformed(declaration);
    alternative.kind = Param::Word;
    for (std::string_view word : split(text.substr(1, text.size() - 2), '|')) alternative.words.emplace_back(word);
    return alternative;
  }
  const std::size_t bracket = text.find('[');
  if (bracket != std::string_view::npos) {
    if (text.back() != ']') malformed(declaration);
    alternative.list = true;
    alternative.count = std::atoi(std::string(text.substr(bracket + 1)).c_str());
    text = text.substr(0, bracket);
  }
  static constexpr std::pair<std::string_view, Param::Kind> kKinds[] = {
      {"int", Param::Int},         {"float", Param::Float},   {"bool", Param::Bool},     {"str", Param::Str},
      {"dtype", Param::DTypeWord}, {"dim", Param::DimKind},   {"Tensor", Param::Tensor}, {"number", Param::Number},
      {"any", Param::Any},         {"column", Param::Column}, {"source", Param::Source}};
  for (const auto& [word, kind] : kKinds)
    if (word == text) {
      alternative.kind = kind;
      if (kind == Param::Tensor && alternative.list) alternative.kind = Param::TensorList;
      return alternative;
    }
  malformed(declaration);
}

bool has_kind(const Param& param, Param::Kind kind, bool list) {
  return std::any_of(param.alternatives.begin(), param.alternatives.end(),
                     [&](const Param::Alternative& a) { return a.kind == kind && a.list == list; });
}

/// A default takes the form that a given value is brought into: `1` of `int[2]` is `[1, 1]`, `0` of `float` is `0.0`.
Constant in_form(const Param& param, Constant value) {
  const bool floats = !has_kind(param, Param::Int, false) && !has_kind(param, Param::DimKind, false) &&
                      !has_kind(param, Param::Int, true) &&
                      (has_kind(param, Param::Float, false) || has_kind(param, Param::Float, true));
  if (value.is_int() && floats) value = static_cast<double>(value.as_int());
  if (!value.is_int() && !value.is_float()) return value;
  for (const Param::Alternative& a : param.alternatives) {
    if (!a.list && a.kind != Param::Word) return value;
    if (a.list && a.count > 0) return ConstantList(static_cast<std::size_t>(a.count), value);
  }
  return value;
}

std::string words_of(const Param::Alternative& a) {
  std::string text;
  switch (a.kind) {
    case Param::Int:
      text = "an integer";
      break;
    case Param::Float:
    case Param::Number:
      text = "a number";
      break;
    case Param::Bool:
      text = "true or false";
      break;
    case Param::Str:
      text = "a string";
      break;
    case Param::DTypeWord:
      text = "a dtype";
      break;
    case Param::DimKind:
      text = "an integer or a size";
      break;
    case Param::Tensor:
      text = "a tensor";
      break;
    case Param::TensorList:
      return "a list of tensors";
    case Param::Column:
      text = "a column";
      break;
    case Param::Source:
      text = "a source";
      break;
    case Param::Any:
      text = "a value";
      break;
    case Param::Word:
      text = "one of ";
      for (std::size_t i = 0; i < a.words.size(); ++i) text += (i ? ", \"" : "\"") + a.words[i] + "\"";
      return text;
  }
  if (!a.list) return text;
  return a.count > 0 ? text + " or " + std::to_string(a.count) + " of them" : "a list of such: " + text;
}

}  // namespace

bool Param::takes_tensor() const {
  return std::any_of(alternatives.begin(), alternatives.end(),
                     [](const Alternative& a) { return a.kind == Tensor || a.kind == TensorList || a.kind == Any; });
}

bool Range::contains(double value) const {
  const bool low_ok = !low || (low->open ? value > low->value : value >= low->value);
  const bool high_ok = !high || (high->open ? value < high->value : value <= high->value);
  return low_ok && high_ok;
}

std::string Range::words() const {
  const auto number = [](double d) {
    const bool whole = d == static_cast<double>(static_cast<std::int64_t>(d));
    return whole ? std::to_string(static_cast<std::int64_t>(d)) : Constant(d).str();
  };
  if (low && high && !low->open && !high->open) return number(low->value) + " to " + number(high->value);
  std::string all;
  if (low) all = (low->open ? "more than " : "at least ") + number(low->value);
  if (high) all += (low ? " and " : "") + std::string(high->open ? "less than " : "at most ") + number(high->value);
  return all;
}

std::string Param::kind_words() const {
  std::string all;
  for (const Alternative& a : alternatives) all += (all.empty() ? "" : " or ") + words_of(a);
  return nullable ? all + " or null" : all;
}

std::string_view torch_spelling(std::string_view argument) {
  static constexpr std::pair<std::string_view, std::string_view> kSpellings[] = {{"axis", "dim"},
                                                                                 {"keepdims", "keepdim"}};
  for (const auto& [numpy, torch] : kSpellings)
    if (argument == numpy) return torch;
  return argument;
}

Param parse_param(std::string_view declaration) {
  Param param;
  param.text = std::string(declaration);
  const std::size_t colon = declaration.find(':');
  if (colon == std::string_view::npos) malformed(declaration);
  param.name = std::string(trim(declaration.substr(0, colon)));
  std::string_view rest = trim(declaration.substr(colon + 1));
  std::optional<std::string_view> default_text;
  if (const std::size_t equals = rest.find(" = "); equals != std::string_view::npos) {
    default_text = trim(rest.substr(equals + 3));
    rest = trim(rest.substr(0, equals));
  }
  if (const std::size_t in = rest.find(" in "); in != std::string_view::npos) {
    const std::string range(trim(rest.substr(in + 4)));
    rest = trim(rest.substr(0, in));
    const std::size_t dots = range.find("..");
    if (dots == std::string::npos) malformed(declaration);
    std::string low = range.substr(0, dots), high = range.substr(dots + 2);
    const bool above = !low.empty() && low.back() == '<', below = !high.empty() && high.front() == '<';
    if (above) low.pop_back();
    if (below) high.erase(0, 1);
    if (!low.empty()) param.range.low = {std::strtod(low.c_str(), nullptr), above};
    if (!high.empty()) param.range.high = {std::strtod(high.c_str(), nullptr), below};
  }
  if (!rest.empty() && rest.back() == '?') {
    param.nullable = true;
    rest = trim(rest.substr(0, rest.size() - 1));
  }
  for (std::string_view alternative : split(rest, '|'))
    param.alternatives.push_back(parse_alternative(alternative, declaration));
  if (default_text) {
    param.has_default = true;
    param.default_value = in_form(param, parse_default(*default_text, declaration));
  }
  return param;
}

}  // namespace modelc::types
