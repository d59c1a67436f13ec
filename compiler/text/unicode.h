// Characters of UTF-8. Bytes that are no UTF-8 are kept as they are, each a character of its own.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace modelc::text {

/// A code point, or a byte that is no part of one (`code` is -1), and how many bytes it takes.
struct Character {
  std::int32_t code = -1;
  std::size_t bytes = 1;
};
/// That at a place before the end.
Character character_at(std::string_view text, std::size_t at);
std::vector<std::string_view> characters(std::string_view text);
/// Where the first byte stands that is no UTF-8; nullopt: there is none.
std::optional<std::size_t> first_invalid(std::string_view text);
void append_character(std::string& text, std::int32_t code);

bool is_space(std::int32_t code);
/// Of Unicode's class P, or one of ASCII's.
bool is_punctuation(std::int32_t code);
bool is_number(std::int32_t code);
/// What `\w` matches.
bool is_word(std::int32_t code);
/// Of Unicode's class C.
bool is_control(std::int32_t code);
/// Of class M, or of Mn alone.
bool is_mark(std::int32_t code);
bool is_nonspacing_mark(std::int32_t code);
bool is_chinese(std::int32_t code);

enum class NormalForm { C, D, KC, KD };
/// Text that is no UTF-8 comes back as it is.
std::string normalised(std::string_view text, NormalForm form);
std::string lower(std::string_view text);
/// Without the characters that `chars` holds at both ends; without white space where none are given.
std::string strip(std::string_view text, const std::optional<std::string>& chars);
std::string replace(std::string_view text, std::string_view from, std::string_view to);

}  // namespace modelc::text
