#include "text/unicode.h"

#include <utf8proc.h>

#include <algorithm>
#include <cstdlib>

namespace modelc::text {
namespace {

const utf8proc_uint8_t* bytes_of(std::string_view text) {
  return reinterpret_cast<const utf8proc_uint8_t*>(text.data());
}

utf8proc_category_t category_of(std::int32_t code) { return code < 0 ? UTF8PROC_CATEGORY_CN : utf8proc_category(code); }

bool lies_in(std::int32_t code, utf8proc_category_t first, utf8proc_category_t last) {
  const utf8proc_category_t category = category_of(code);
  return category >= first && category <= last;
}

/// The capital I with a dot, the one letter whose small form is two characters.
constexpr std::int32_t kDottedI = 0x130, kDotAbove = 0x307;

}  // namespace

Character character_at(std::string_view text, std::size_t at) {
  const auto byte = static_cast<unsigned char>(text[at]);
  if (byte < 0x80) return {byte, 1};
  utf8proc_int32_t code = -1;
  const utf8proc_ssize_t bytes =
      utf8proc_iterate(bytes_of(text) + at, static_cast<utf8proc_ssize_t>(text.size() - at), &code);
  return bytes > 0 ? Character{code, static_cast<std::size_t>(bytes)} : Character{};
}

std::vector<std::string_view> characters(std::string_view text) {
  std::vector<std::string_view> all;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t bytes = character_at(text, at).bytes;
    all.push_back(text.substr(at, bytes));
    at += bytes;
  }
  return all;
}

std::optional<std::size_t> first_invalid(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const Character character = character_at(text, at);
    if (character.code < 0) return at;
    at += character.bytes;
  }
  return std::nullopt;
}

void append_character(std::string& text, std::int32_t code) {
  utf8proc_uint8_t bytes[4];
  const utf8proc_ssize_t count = utf8proc_encode_char(code, bytes);
  text.append(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(count));
}

bool is_space(std::int32_t code) {
  return (code >= 9 && code <= 13) || code == 0x85 || lies_in(code, UTF8PROC_CATEGORY_ZS, UTF8PROC_CATEGORY_ZP);
}

bool is_punctuation(std::int32_t code) {
  const bool ascii = (code >= 33 && code <= 47) || (code >= 58 && code <= 64) || (code >= 91 && code <= 96) ||
                     (code >= 123 && code <= 126);
  return ascii || lies_in(code, UTF8PROC_CATEGORY_PC, UTF8PROC_CATEGORY_PO);
}

bool is_number(std::int32_t code) { return lies_in(code, UTF8PROC_CATEGORY_ND, UTF8PROC_CATEGORY_NO); }

bool is_word(std::int32_t code) {
  return lies_in(code, UTF8PROC_CATEGORY_LU, UTF8PROC_CATEGORY_NO) || category_of(code) == UTF8PROC_CATEGORY_PC;
}

bool is_control(std::int32_t code) {
  return code < 0 || category_of(code) == UTF8PROC_CATEGORY_CN ||
         lies_in(code, UTF8PROC_CATEGORY_CC, UTF8PROC_CATEGORY_CO);
}

bool is_mark(std::int32_t code) { return lies_in(code, UTF8PROC_CATEGORY_MN, UTF8PROC_CATEGORY_ME); }

bool is_nonspacing_mark(std::int32_t code) { return category_of(code) == UTF8PROC_CATEGORY_MN; }

bool is_chinese(std::int32_t code) {
  constexpr std::pair<std::int32_t, std::int32_t> kBlocks[] = {
      {0x4E00, 0x9FFF},   {0x3400, 0x4DBF},   {0x20000, 0x2A6DF}, {0x2A700, 0x2B73F},
      {0x2B740, 0x2B81F}, {0x2B920, 0x2CEAF}, {0xF900, 0xFAFF},   {0x2F800, 0x2FA1F}};
  return std::any_of(std::begin(kBlocks), std::end(kBlocks),
                     [&](const auto& block) { return code >= block.first && code <= block.second; });
}

std::string normalised(std::string_view text, NormalForm form) {
  int options = UTF8PROC_STABLE;
  options |= form == NormalForm::C || form == NormalForm::KC ? UTF8PROC_COMPOSE : UTF8PROC_DECOMPOSE;
  if (form == NormalForm::KC || form == NormalForm::KD) options |= UTF8PROC_COMPAT;
  utf8proc_uint8_t* made = nullptr;
  const utf8proc_ssize_t bytes = utf8proc_map(bytes_of(text), static_cast<utf8proc_ssize_t>(text.size()), &made,
                                              static_cast<utf8proc_option_t>(options));
  if (bytes < 0) return std::string(text);
  std::string result(reinterpret_cast<const char*>(made), static_cast<std::size_t>(bytes));
  std::free(made);
  return result;
}

std::string lower(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for (const std::string_view one : characters(text)) {
    const std::int32_t code = character_at(one, 0).code;
    if (code < 0) {
      result += one;
      continue;
    }
    append_character(result, code == kDottedI ? 'i' : utf8proc_tolower(code));
    if (code == kDottedI) append_character(result, kDotAbove);
  }
  return result;
}

std::string strip(std::string_view text, const std::optional<std::string>& chars) {
  const std::vector<std::string_view> all = characters(text);
  const std::vector<std::string_view> unwanted = chars ? characters(*chars) : std::vector<std::string_view>{};
  const auto goes = [&](std::string_view one) {
    return chars ? std::find(unwanted.begin(), unwanted.end(), one) != unwanted.end()
                 : is_space(character_at(one, 0).code);
  };
  std::size_t first = 0, last = all.size();
  while (first < last && goes(all[first])) ++first;
  while (last > first && goes(all[last - 1])) --last;
  if (first == last) return "";
  const auto begin = static_cast<std::size_t>(all[first].data() - text.data());
  const auto end = static_cast<std::size_t>(all[last - 1].data() - text.data()) + all[last - 1].size();
  return std::string(text.substr(begin, end - begin));
}

std::string replace(std::string_view text, std::string_view from, std::string_view to) {
  if (from.empty()) return std::string(text);
  std::string result;
  std::size_t at = 0;
  for (std::size_t found = text.find(from); found != std::string_view::npos; found = text.find(from, at)) {
    result += text.substr(at, found - at);
    result += to;
    at = found + from.size();
  }
  result += text.substr(at);
  return result;
}

}  // namespace modelc::text
