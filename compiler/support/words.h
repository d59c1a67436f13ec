// Words and what each stands for, as a table that is looked up: a word is written once.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace modelc::support {

template <class Meaning>
struct Word {
  std::string_view text;
  Meaning meaning;
};

/// What a word stands for; nullopt for one that the table does not have.
template <class Meaning, std::size_t N>
constexpr std::optional<Meaning> meaning_of(const Word<Meaning> (&words)[N], std::string_view text) {
  for (const Word<Meaning>& word : words)
    if (word.text == text) return word.meaning;
  return std::nullopt;
}

/// `true`, `false`, and as Python writes them.
inline std::optional<bool> truth_of(std::string_view text) {
  static constexpr Word<bool> kWords[] = {{"true", true}, {"True", true}, {"false", false}, {"False", false}};
  return meaning_of(kWords, text);
}

/// `null`, and as Python writes it.
inline bool is_null_word(std::string_view text) {
  static constexpr Word<bool> kWords[] = {{"null", true}, {"None", true}};
  return meaning_of(kWords, text).has_value();
}

inline bool is_infinity_word(std::string_view text) { return text == "inf"; }

}  // namespace modelc::support
