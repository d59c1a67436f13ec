#include "text/pre_tokenizers.h"

#include <algorithm>
#include <array>
#include <unordered_map>

#include "support/words.h"
#include "text/unicode.h"

namespace modelc::text {
namespace {

/// What becomes of the matches that a text is split at.
enum class Behavior { Removed, Isolated, MergedWithPrevious, MergedWithNext, Contiguous };
constexpr support::Word<Behavior> kBehaviors[] = {{"Removed", Behavior::Removed},
                                                  {"Isolated", Behavior::Isolated},
                                                  {"MergedWithPrevious", Behavior::MergedWithPrevious},
                                                  {"MergedWithNext", Behavior::MergedWithNext},
                                                  {"Contiguous", Behavior::Contiguous}};

struct Piece {
  std::size_t begin = 0, end = 0;
  bool matched = false;
};

std::vector<Piece> pieces_of(std::size_t size, const std::vector<Match>& matches, bool invert) {
  std::vector<Piece> pieces;
  std::size_t at = 0;
  for (const Match& match : matches) {
    if (match.first > at) pieces.push_back({at, match.first, invert});
    pieces.push_back({match.first, match.second, !invert});
    at = match.second;
  }
  if (at < size) pieces.push_back({at, size, invert});
  return pieces;
}

std::vector<std::string> split(std::string_view text, const std::vector<Match>& matches, Behavior behavior,
                               bool invert = false) {
  std::vector<Piece> kept;
  bool before_matched = false, joins = false;
  for (const Piece& piece : pieces_of(text.size(), matches, invert)) {
    const bool joined = (behavior == Behavior::MergedWithPrevious && piece.matched && !before_matched) ||
                        (behavior == Behavior::Contiguous && piece.matched && before_matched) ||
                        (behavior == Behavior::MergedWithNext && joins && !piece.matched);
    if (behavior == Behavior::Removed && piece.matched) continue;
    if (joined && !kept.empty()) kept.back().end = piece.end;
    else kept.push_back(piece);
    before_matched = piece.matched;
    joins = piece.matched;
  }
  std::vector<std::string> result;
  for (const Piece& piece : kept) result.emplace_back(text.substr(piece.begin, piece.end - piece.begin));
  return result;
}

/// Runs of characters of a kind, or each by itself.
template <class Is>
std::vector<Match> runs(std::string_view text, bool each, Is is) {
  std::vector<Match> all;
  for (std::size_t at = 0; at < text.size();) {
    const Character one = character_at(text, at);
    if (is(one.code)) {
      if (!each && !all.empty() && all.back().second == at) all.back().second = at + one.bytes;
      else all.emplace_back(at, at + one.bytes);
    }
    at += one.bytes;
  }
  return all;
}

using OfOne = std::function<std::vector<std::string>(const std::string&, bool first)>;

/// Each piece by itself.
PreTokenizer each_piece(OfOne of_one) {
  return [of_one = std::move(of_one)](const std::vector<std::string>& pieces, bool first) {
    std::vector<std::string> result;
    for (const std::string& piece : pieces) {
      for (std::string& one : of_one(piece, first))
        if (!one.empty()) result.push_back(std::move(one));
      first = false;
    }
    return result;
  };
}

std::shared_ptr<const Pattern> known_pattern(const char* expression) {
  std::string fault;
  return Pattern::compile(expression, fault);
}

PreTokenizer byte_level(const Part& part) {
  const bool space = part.truth_or("add_prefix_space", true), splits = part.truth_or("use_regex", true);
  static const auto words =
      known_pattern(R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)");
  return each_piece([=](const std::string& piece, bool) {
    const std::string text = space && !piece.empty() && piece[0] != ' ' ? " " + piece : piece;
    std::vector<std::string> result;
    for (const std::string& word :
         splits ? split(text, words->matches(text), Behavior::Isolated) : std::vector<std::string>{text}) {
      std::string& shown = result.emplace_back();
      for (const char byte : word) shown += character_of_byte(static_cast<unsigned char>(byte));
    }
    return result;
  });
}

PreTokenizer metaspace(const Part& part) {
  const std::string mark = part.text_or("replacement", "\xE2\x96\x81");
  std::string scheme = part.text_or("prepend_scheme", part.truth_or("add_prefix_space", true) ? "always" : "never");
  enum class Prepends { Always, First, Never };
  constexpr support::Word<Prepends> kSchemes[] = {
      {"always", Prepends::Always}, {"first", Prepends::First}, {"never", Prepends::Never}};
  const auto prepends = support::meaning_of(kSchemes, scheme);
  if (!prepends) part.refuse(fmt::format("the `prepend_scheme` `{}` is not understood", scheme));
  const bool splits = part.truth_or("split", true);
  return each_piece([=](const std::string& piece, bool first) {
    std::string text = replace(piece, " ", mark);
    const bool wanted = *prepends == Prepends::Always || (*prepends == Prepends::First && first);
    if (wanted && !text.starts_with(mark)) text = mark + text;
    if (!splits) return std::vector<std::string>{text};
    return split(text, Pattern::literal(mark)->matches(text), Behavior::MergedWithNext);
  });
}

Behavior behavior_of(const Part& part, const char* otherwise) {
  const std::string word = part.text_or("behavior", otherwise);
  const auto behavior = support::meaning_of(kBehaviors, word);
  if (!behavior) part.refuse(fmt::format("the behavior `{}` is not understood", word));
  return *behavior;
}

PreTokenizer by_pattern(const Part& part) {
  const auto pattern = part.pattern("pattern");
  const Behavior behavior = behavior_of(part, "Isolated");
  const bool invert = part.truth_or("invert", false);
  return each_piece(
      [=](const std::string& piece, bool) { return split(piece, pattern->matches(piece), behavior, invert); });
}

PreTokenizer sequence(const Part& part) {
  std::vector<PreTokenizer> steps;
  for (const Part& one : part.items("pretokenizers")) steps.push_back(read_pre_tokenizer(&one.json, one.path));
  return [steps](std::vector<std::string> pieces, bool first) {
    for (const PreTokenizer& step : steps) pieces = step(std::move(pieces), first);
    return pieces;
  };
}

std::vector<std::string> without_space(std::string_view text) {
  return split(text, runs(text, false, is_space), Behavior::Removed);
}

using Read = PreTokenizer (*)(const Part&);
constexpr support::Word<Read> kKinds[] = {
    {"ByteLevel", byte_level},
    {"Metaspace", metaspace},
    {"Split", by_pattern},
    {"Sequence", sequence},
    {"Whitespace",
     [](const Part&) {
       static const auto words = known_pattern(R"(\w+|[^\w\s]+)");
       return each_piece(
           [](const std::string& piece, bool) { return split(piece, words->matches(piece), Behavior::Removed, true); });
     }},
    {"WhitespaceSplit",
     [](const Part&) { return each_piece([](const std::string& piece, bool) { return without_space(piece); }); }},
    {"BertPreTokenizer",
     [](const Part&) {
       return each_piece([](const std::string& piece, bool) {
         std::vector<std::string> result;
         for (const std::string& word : without_space(piece))
           for (std::string& one : split(word, runs(word, true, is_punctuation), Behavior::Isolated))
             result.push_back(std::move(one));
         return result;
       });
     }},
    {"Punctuation",
     [](const Part& part) {
       const Behavior behavior = behavior_of(part, "Isolated");
       return each_piece(
           [=](const std::string& piece, bool) { return split(piece, runs(piece, true, is_punctuation), behavior); });
     }},
    {"Digits",
     [](const Part& part) {
       const bool each = part.truth_or("individual_digits", false);
       return each_piece([=](const std::string& piece, bool) {
         return split(piece, runs(piece, each, is_number), Behavior::Isolated);
       });
     }},
};

/// GPT-2's table: what can be printed stands for itself, the rest for what follows 255.
std::array<std::int32_t, 256> make_codes() {
  std::array<std::int32_t, 256> codes{};
  std::int32_t next = 256;
  for (std::int32_t byte = 0; byte < 256; ++byte) {
    const bool plain = (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
    codes[static_cast<std::size_t>(byte)] = plain ? byte : next++;
  }
  return codes;
}

const std::array<std::int32_t, 256>& codes() {
  static const std::array<std::int32_t, 256> all = make_codes();
  return all;
}

}  // namespace

const std::string& character_of_byte(unsigned char byte) {
  static const std::array<std::string, 256> all = [] {
    std::array<std::string, 256> made;
    for (std::size_t i = 0; i < made.size(); ++i) append_character(made[i], codes()[i]);
    return made;
  }();
  return all[byte];
}

int byte_of_character(std::int32_t code) {
  const auto found = std::find(codes().begin(), codes().end(), code);
  return found == codes().end() ? -1 : static_cast<int>(found - codes().begin());
}

PreTokenizer read_pre_tokenizer(const Json* json, const std::string& path) {
  if (!json || json->is_null()) return [](std::vector<std::string> pieces, bool) { return pieces; };
  const Part part{*json, path};
  const std::string type = part.type();
  const auto read = support::meaning_of(kKinds, type);
  if (!read) part.refuse(fmt::format("the pre-tokenizer `{}` is not understood", type));
  return (*read)(part);
}

}  // namespace modelc::text
