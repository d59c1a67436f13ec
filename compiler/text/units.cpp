#include "text/units.h"

#include "support/words.h"
#include "text/unicode.h"

namespace modelc::text {
namespace {

constexpr support::Word<Unit> kWords[] = {{"chars", Unit::Chars}, {"bytes", Unit::Bytes}, {"words", Unit::Words}};
constexpr std::string_view kFile = ".json";

bool closes(std::string_view word) {
  return word.size() == 1 && std::string_view(".,;:!?)]}'").find(word) != word.npos;
}
bool opens(std::string_view word) { return word.size() == 1 && std::string_view("([{'").find(word) != word.npos; }

}  // namespace

std::optional<Unit> unit_of(std::string_view word) {
  if (const auto known = support::meaning_of(kWords, word)) return known;
  return word.ends_with(kFile) ? std::optional(Unit::Tokenizer) : std::nullopt;
}

std::string_view word_of(Unit unit) {
  for (const auto& known : kWords)
    if (known.meaning == unit) return known.text;
  return "tokenizer";
}

std::string_view next_word(std::string_view text, std::size_t at) {
  while (at < text.size()) {
    const Character one = character_at(text, at);
    if (!is_space(one.code)) break;
    at += one.bytes;
  }
  if (at >= text.size()) return {};
  std::size_t end = at;
  while (end < text.size()) {
    const Character one = character_at(text, end);
    if (!is_word(one.code)) break;
    end += one.bytes;
  }
  if (end == at) end += character_at(text, at).bytes;
  return text.substr(at, end - at);
}

std::vector<std::string_view> pieces(std::string_view text, Unit unit) {
  if (unit == Unit::Chars) return characters(text);
  std::vector<std::string_view> words;
  for (std::string_view word = next_word(text, 0); !word.empty();
       word = next_word(text, static_cast<std::size_t>(word.data() - text.data()) + word.size()))
    words.push_back(word);
  return words;
}

std::string joined(const std::vector<std::string>& pieces, Unit unit) {
  std::string text;
  bool opened = true;
  for (const std::string& piece : pieces) {
    if (unit == Unit::Words && !opened && !closes(piece)) text += ' ';
    text += piece;
    opened = opens(piece);
  }
  return text;
}

}  // namespace modelc::text
