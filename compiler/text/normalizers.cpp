#include "text/normalizers.h"

#include "support/words.h"
#include "text/unicode.h"

namespace modelc::text {
namespace {

template <class Keeps>
std::string filtered(const std::string& text, Keeps keeps) {
  std::string result;
  for (const std::string_view one : characters(text))
    if (keeps(character_at(one, 0).code)) result += one;
  return result;
}

/// Without control characters, white space as spaces.
std::string cleaned(const std::string& text) {
  std::string result;
  for (const std::string_view one : characters(text)) {
    const std::int32_t code = character_at(one, 0).code;
    if (is_space(code)) result += ' ';
    else if (code != 0 && code != 0xFFFD && !is_control(code)) result += one;
  }
  return result;
}

std::string spaced_chinese(const std::string& text) {
  std::string result;
  for (const std::string_view one : characters(text)) {
    const bool chinese = is_chinese(character_at(one, 0).code);
    if (chinese) result += ' ';
    result += one;
    if (chinese) result += ' ';
  }
  return result;
}

Normalizer bert(const Part& part) {
  const bool cleans = part.truth_or("clean_text", true), chinese = part.truth_or("handle_chinese_chars", true);
  const bool small = part.truth_or("lowercase", true), bare = part.truth_or("strip_accents", small);
  return [=](std::string text) {
    if (cleans) text = cleaned(text);
    if (chinese) text = spaced_chinese(text);
    if (bare)
      text = filtered(normalised(text, NormalForm::D), [](std::int32_t code) { return !is_nonspacing_mark(code); });
    return small ? lower(text) : text;
  };
}

Normalizer in_form(NormalForm form) {
  return [form](const std::string& text) { return normalised(text, form); };
}

std::string stripped(const std::string& text, bool left, bool right) {
  const std::string both = strip(text, std::nullopt);
  if (left && right) return both;
  if (both.empty()) return both;
  const std::size_t at = text.find(both);
  return left ? text.substr(at) : text.substr(0, at + both.size());
}

Normalizer sequence(const Part& part) {
  std::vector<Normalizer> steps;
  for (const Part& one : part.items("normalizers")) steps.push_back(read_normalizer(&one.json, one.path));
  return [steps](std::string text) {
    for (const Normalizer& step : steps) text = step(std::move(text));
    return text;
  };
}

using Read = Normalizer (*)(const Part&);
constexpr support::Word<Read> kKinds[] = {
    {"NFC", [](const Part&) { return in_form(NormalForm::C); }},
    {"NFD", [](const Part&) { return in_form(NormalForm::D); }},
    {"NFKC", [](const Part&) { return in_form(NormalForm::KC); }},
    {"NFKD", [](const Part&) { return in_form(NormalForm::KD); }},
    {"Lowercase", [](const Part&) -> Normalizer { return [](const std::string& text) { return lower(text); }; }},
    {"StripAccents",
     [](const Part&) -> Normalizer {
       return [](const std::string& text) { return filtered(text, [](std::int32_t code) { return !is_mark(code); }); };
     }},
    {"Strip",
     [](const Part& part) -> Normalizer {
       const bool left = part.truth_or("strip_left", true), right = part.truth_or("strip_right", true);
       return [=](const std::string& text) { return stripped(text, left, right); };
     }},
    {"Replace",
     [](const Part& part) -> Normalizer {
       return [pattern = part.pattern("pattern"), to = part.text("content")](const std::string& text) {
         return replaced(*pattern, text, to);
       };
     }},
    {"Prepend",
     [](const Part& part) -> Normalizer {
       return [what = part.text("prepend")](const std::string& text) { return text.empty() ? text : what + text; };
     }},
    {"BertNormalizer", bert},
    {"Sequence", sequence},
};

}  // namespace

Normalizer read_normalizer(const Json* json, const std::string& path) {
  if (!json || json->is_null()) return [](std::string text) { return text; };
  const Part part{*json, path};
  const std::string type = part.type();
  const auto read = support::meaning_of(kKinds, type);
  if (!read) part.refuse(fmt::format("the normalizer `{}` is not understood", type));
  return (*read)(part);
}

}  // namespace modelc::text
