// UTF-8: the one place that knows how characters are made of bytes. Well-formed means the shortest form of a code point
// of at most U+10FFFF that is no surrogate.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace modelc::support {

/// Bytes of the well-formed character that begins at `at`; 0 where there is none.
std::size_t utf8_length(std::string_view text, std::size_t at);
/// The first byte that is part of no well-formed character, or npos.
std::size_t find_bad_utf8(std::string_view text);
/// Appends a code point of at most U+10FFFF.
void append_utf8(std::string& out, std::uint32_t code);
/// True for a byte that goes on with a character.
inline bool continues_utf8(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) == 0x80; }
/// `at`, or the beginning of the character that `at` lies within.
std::size_t utf8_begin(std::string_view text, std::size_t at);
/// `at`, or the end of the character that `at` lies within.
std::size_t utf8_end(std::string_view text, std::size_t at);
/// How many characters there are in [begin, end); a byte that is part of none counts as one.
std::size_t utf8_count(std::string_view text);
/// The text, or as many of its characters as fit `most` bytes and a `…`.
std::string shortened(std::string_view text, std::size_t most);

}  // namespace modelc::support
