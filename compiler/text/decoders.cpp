#include "text/decoders.h"

#include <charconv>

#include "support/words.h"
#include "text/pre_tokenizers.h"
#include "text/unicode.h"

namespace modelc::text {
namespace {

std::string joined(const std::vector<std::string>& tokens) {
  std::string text;
  for (const std::string& token : tokens) text += token;
  return text;
}

std::vector<std::string> from_byte_level(const std::vector<std::string>& tokens) {
  std::string text;
  for (const std::string& token : tokens) {
    std::string bytes;
    for (const std::string_view one : characters(token)) {
      const int byte = byte_of_character(character_at(one, 0).code);
      if (byte < 0) {
        bytes = token;  // an added token stands for itself
        break;
      }
      bytes += static_cast<char>(byte);
    }
    text += bytes;
  }
  return {text};
}

/// No space before what ends a sentence or shortens a word, as the reference has it.
std::string cleaned_up(std::string text) {
  constexpr std::pair<std::string_view, std::string_view> kPairs[] = {
      {" .", "."},   {" ?", "?"},           {" !", "!"},   {" ,", ","},     {" ' ", "'"},   {" n't", "n't"},
      {" 'm", "'m"}, {" do not", " don't"}, {" 's", "'s"}, {" 've", "'ve"}, {" 're", "'re"}};
  for (const auto& [from, to] : kPairs) text = replace(text, from, to);
  return text;
}

Decoder word_piece(const Part& part) {
  const std::string prefix = part.text_or("prefix", "##");
  const bool cleans = part.truth_or("cleanup", true);
  return [=](std::vector<std::string> tokens) {
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      if (i > 0) tokens[i] = tokens[i].starts_with(prefix) ? tokens[i].substr(prefix.size()) : " " + tokens[i];
      if (cleans) tokens[i] = cleaned_up(tokens[i]);
    }
    return tokens;
  };
}

Decoder metaspace(const Part& part) {
  const std::string mark = part.text_or("replacement", "\xE2\x96\x81");
  constexpr support::Word<bool> kSchemes[] = {{"always", true}, {"first", true}, {"never", false}};
  const bool prefixed = support::meaning_of(kSchemes, part.text_or("prepend_scheme", "always")).value_or(true) &&
                        part.truth_or("add_prefix_space", true);
  return [=](std::vector<std::string> tokens) {
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      if (i == 0 && prefixed && tokens[i].starts_with(mark)) tokens[i] = tokens[i].substr(mark.size());
      tokens[i] = replace(tokens[i], mark, " ");
    }
    return tokens;
  };
}

Decoder with_suffix(const Part& part) {
  const std::string suffix = part.text_or("suffix", "</w>");
  return [=](std::vector<std::string> tokens) {
    for (std::size_t i = 0; i < tokens.size(); ++i)
      tokens[i] = replace(tokens[i], suffix, i + 1 == tokens.size() ? "" : " ");
    return tokens;
  };
}

/// The byte of `<0x41>`; -1 for any other token.
int byte_in(const std::string& token) {
  if (token.size() != 6 || !token.starts_with("<0x") || token[5] != '>') return -1;
  int byte = -1;
  const auto [end, error] = std::from_chars(token.data() + 3, token.data() + 5, byte, 16);
  return error == std::errc() && end == token.data() + 5 ? byte : -1;
}

/// Runs of bytes are characters, where they are some.
std::vector<std::string> from_bytes(const std::vector<std::string>& tokens) {
  std::vector<std::string> result;
  std::string bytes;
  const auto give = [&] {
    if (bytes.empty()) return;
    if (!first_invalid(bytes)) result.push_back(bytes);
    else
      for (std::size_t i = 0; i < bytes.size(); ++i) result.emplace_back("\xEF\xBF\xBD");
    bytes.clear();
  };
  for (const std::string& token : tokens) {
    const int byte = byte_in(token);
    if (byte >= 0) {
      bytes += static_cast<char>(byte);
      continue;
    }
    give();
    result.push_back(token);
  }
  give();
  return result;
}

Decoder without_ends(const Part& part) {
  const std::string what = part.text("content");
  const std::int64_t start = part.integer_or("start", 0), stop = part.integer_or("stop", 0);
  return [=](std::vector<std::string> tokens) {
    for (std::string& token : tokens) {
      for (std::int64_t i = 0; i < start && !what.empty() && token.starts_with(what); ++i)
        token = token.substr(what.size());
      for (std::int64_t i = 0; i < stop && !what.empty() && token.ends_with(what); ++i)
        token = token.substr(0, token.size() - what.size());
    }
    return tokens;
  };
}

Decoder sequence(const Part& part) {
  std::vector<Decoder> steps;
  for (const Part& one : part.items("decoders")) steps.push_back(read_decoder(&one.json, one.path));
  return [steps](std::vector<std::string> tokens) {
    for (const Decoder& step : steps) tokens = step(std::move(tokens));
    return tokens;
  };
}

using Read = Decoder (*)(const Part&);
constexpr support::Word<Read> kKinds[] = {
    {"ByteLevel", [](const Part&) -> Decoder { return from_byte_level; }},
    {"WordPiece", word_piece},
    {"Metaspace", metaspace},
    {"BPEDecoder", with_suffix},
    {"ByteFallback", [](const Part&) -> Decoder { return from_bytes; }},
    {"Fuse",
     [](const Part&) -> Decoder {
       return [](const std::vector<std::string>& tokens) { return std::vector<std::string>{joined(tokens)}; };
     }},
    {"Strip", without_ends},
    {"Replace",
     [](const Part& part) -> Decoder {
       return [pattern = part.pattern("pattern"), to = part.text("content")](std::vector<std::string> tokens) {
         for (std::string& token : tokens) token = replaced(*pattern, token, to);
         return tokens;
       };
     }},
    {"Sequence", sequence},
};

}  // namespace

Decoder read_decoder(const Json* json, const std::string& path) {
  if (!json || json->is_null()) {
    return [](std::vector<std::string> tokens) {
      for (std::size_t i = 1; i < tokens.size(); ++i) tokens[i] = " " + tokens[i];
      return tokens;
    };
  }
  const Part part{*json, path};
  const std::string type = part.type();
  const auto read = support::meaning_of(kKinds, type);
  if (!read) part.refuse(fmt::format("the decoder `{}` is not understood", type));
  return (*read)(part);
}

}  // namespace modelc::text
