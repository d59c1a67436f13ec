#include "text/added_tokens.h"

#include "text/unicode.h"

namespace modelc::text {
namespace {

/// The character that ends before a place.
std::int32_t code_before(std::string_view text, std::size_t at) {
  std::size_t begin = at - 1;
  while (begin > 0 && (static_cast<unsigned char>(text[begin]) & 0xC0) == 0x80) --begin;
  return character_at(text, begin).code;
}

bool stands_alone(std::string_view text, std::size_t begin, std::size_t end) {
  const bool left = begin > 0 && is_word(code_before(text, begin));
  const bool right = end < text.size() && is_word(character_at(text, end).code);
  return !left && !right;
}

}  // namespace

AddedTokens AddedTokens::read(const Part& file, const Normalizer& normalizer) {
  AddedTokens made;
  if (!file.find("added_tokens")) return made;
  for (const Part& part : file.items("added_tokens")) {
    AddedToken token;
    const std::int64_t id = part.integer("id");
    if (id < 0 || id > 10'000'000) part.refuse(fmt::format("its `id` is {}", id));
    token.id = static_cast<std::int32_t>(id);
    token.content = part.text("content");
    token.single_word = part.truth_or("single_word", false);
    token.takes_left = part.truth_or("lstrip", false);
    token.takes_right = part.truth_or("rstrip", false);
    token.special = part.truth_or("special", false);
    token.normalized = part.truth_or("normalized", !token.special);
    if (token.normalized) token.content = normalizer(token.content);
    if (!token.content.empty()) made.all_.push_back(std::move(token));
  }
  return made;
}

const AddedToken* AddedTokens::longest_at(std::string_view text, std::size_t at, bool normalized) const {
  const AddedToken* longest = nullptr;
  for (const AddedToken& token : all_) {
    if (token.normalized != normalized || text.compare(at, token.content.size(), token.content) != 0) continue;
    if (token.single_word && !stands_alone(text, at, at + token.content.size())) continue;
    if (!longest || token.content.size() > longest->content.size()) longest = &token;
  }
  return longest;
}

std::vector<Section> AddedTokens::sections(std::string_view text, bool normalized) const {
  std::vector<Section> found;
  std::vector<bool> begins(256, false);  // most places begin no token
  for (const AddedToken& token : all_)
    if (token.normalized == normalized) begins[static_cast<unsigned char>(token.content[0])] = true;
  std::size_t from = 0;
  for (std::size_t at = 0; at < text.size();) {
    const AddedToken* token = begins[static_cast<unsigned char>(text[at])] ? longest_at(text, at, normalized) : nullptr;
    if (!token) {
      ++at;
      continue;
    }
    std::size_t begin = at, end = at + token->content.size();
    while (token->takes_left && begin > from && is_space(static_cast<unsigned char>(text[begin - 1]))) --begin;
    while (token->takes_right && end < text.size() && is_space(character_at(text, end).code))
      end += character_at(text, end).bytes;
    if (begin > from) found.push_back({std::string(text.substr(from, begin - from)), {}});
    found.push_back({"", token->id});
    from = at = end;
  }
  if (from < text.size()) found.push_back({std::string(text.substr(from)), {}});
  return found;
}

}  // namespace modelc::text
