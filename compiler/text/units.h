// What a text is made of, as `tokens=` and `by=` say it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace modelc::text {

enum class Unit { Chars, Bytes, Words, Tokenizer };

/// `chars`, `bytes`, `words`; a name that ends in `.json` is the file of a tokenizer. nullopt for any other.
std::optional<Unit> unit_of(std::string_view word);
std::string_view word_of(Unit unit);
inline bool has_vocabulary(Unit unit) { return unit == Unit::Chars || unit == Unit::Words; }

/// The end of the word that begins at a place, white space before it passed over: a run of letters, marks, digits and
/// `_`, or one other character. Empty where none is left.
std::string_view next_word(std::string_view text, std::size_t at);
/// The characters or the words of a text.
std::vector<std::string_view> pieces(std::string_view text, Unit unit);
/// Characters as they are; words with spaces between them, but not before what ends a sentence.
std::string joined(const std::vector<std::string>& pieces, Unit unit);

/// What stands before the words of a vocabulary: numbers of `tokens(c)` begin with these.
inline constexpr std::string_view kPadding = "<pad>", kUnknown = "<unk>";

}  // namespace modelc::text
