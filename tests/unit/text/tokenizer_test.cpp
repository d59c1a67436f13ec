// Tokenizers of Hugging Face's form: small ones whose results are derived by hand.
#include "text/tokenizer.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "../../scratch.h"

namespace {

using namespace modelc;

std::shared_ptr<const text::Tokenizer> made(const std::string& json) {
  const auto tokenizer = text::Tokenizer::parse(json, "t.json");
  INFO(tokenizer.fault.message);
  REQUIRE(tokenizer);
  return *tokenizer.value;
}

std::string fault(const std::string& json) {
  const auto tokenizer = text::Tokenizer::parse(json, "t.json");
  return tokenizer ? "" : tokenizer.fault.message;
}

std::string ids(const text::Tokenizer& tokenizer, std::string_view text, bool around = false) {
  return fmt::format("{}", fmt::join(tokenizer.encode(text, around), " "));
}

// GPT-2's scheme in small: `Ġ` is a space. Merges in order of rank: l o, lo w, Ġ low, e r.
const std::string kByteLevel = R"({"added_tokens": [
    {"id": 12, "content": "<|end|>", "special": true, "normalized": false}],
  "normalizer": null,
  "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true},
  "post_processor": {"type": "ByteLevel", "trim_offsets": false},
  "decoder": {"type": "ByteLevel"},
  "model": {"type": "BPE", "vocab": {"l": 0, "o": 1, "w": 2, "e": 3, "r": 4, "Ġ": 5, "lo": 6, "low": 7, "Ġlow": 8,
    "er": 9, "Ã": 10, "¤": 11}, "merges": ["l o", "lo w", "Ġ low", "e r"]}})";

TEST_CASE("byte-level BPE: merges by rank, words with the space before them, bytes for what is not ASCII") {
  const auto tokenizer = made(kByteLevel);
  CHECK(ids(*tokenizer, "low lower") == "7 8 9");
  CHECK(ids(*tokenizer, "wol") == "2 1 0");
  CHECK(ids(*tokenizer, "\u00E4") == "10 11");
  CHECK(ids(*tokenizer, "low<|end|>low") == "7 12 7");
  CHECK(tokenizer->size() == 13);
  CHECK(tokenizer->decode({7, 8, 9, 12, 10, 11}) == "low lower\u00E4");
  CHECK(tokenizer->decode({99, -1, 7}) == "low");
  CHECK(tokenizer->json() == kByteLevel);
}

TEST_CASE("WordPiece: BERT's normaliser and words, the longest parts from the left, what stands around a text") {
  const auto tokenizer = made(R"({"normalizer": {"type": "BertNormalizer", "clean_text": true,
      "handle_chinese_chars": true, "strip_accents": null, "lowercase": true},
    "pre_tokenizer": {"type": "BertPreTokenizer"},
    "post_processor": {"type": "TemplateProcessing",
      "single": [{"SpecialToken": {"id": "[CLS]", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}},
                 {"SpecialToken": {"id": "[SEP]", "type_id": 0}}], "pair": [],
      "special_tokens": {"[CLS]": {"id": "[CLS]", "ids": [1], "tokens": ["[CLS]"]},
                         "[SEP]": {"id": "[SEP]", "ids": [2], "tokens": ["[SEP]"]}}},
    "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": true},
    "truncation": {"max_length": 6, "strategy": "LongestFirst", "stride": 0, "direction": "Right"},
    "added_tokens": [{"id": 1, "content": "[CLS]", "special": true}, {"id": 2, "content": "[SEP]", "special": true}],
    "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
      "max_input_chars_per_word": 8, "vocab": {"[UNK]": 0, "[CLS]": 1, "[SEP]": 2, "play": 3, "##ing": 4, "##ed": 5,
      "!": 6, "cafe": 7, "\u6f22": 8, "un": 9}}})");
  CHECK(ids(*tokenizer, "Playing played!") == "3 4 3 5 6");
  CHECK(ids(*tokenizer, "Caf\u00E9 \u6f22x") == "7 8 0");
  CHECK(ids(*tokenizer, "unseen playplayplay") == "0 0");
  CHECK(ids(*tokenizer, "play", true) == "1 3 2");
  CHECK(ids(*tokenizer, "play play play play play", true) == "1 3 3 3 3 2");
  CHECK(tokenizer->decode({1, 3, 4, 6, 2}) == "playing!");
}

TEST_CASE("Unigram: the cut of the highest score, unknown characters together, spaces as signs") {
  // -1 + -1 for `ab c` as [ab][c] beats -2 -2 -1 of single letters and -4.5 of the whole.
  const auto tokenizer = made(R"({"normalizer": {"type": "Sequence", "normalizers": [{"type": "NFKC"},
      {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": " "}]},
    "pre_tokenizer": {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": true},
    "decoder": {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": true},
    "model": {"type": "Unigram", "unk_id": 0, "vocab": [["<unk>", 0], ["a", -2], ["b", -2], ["c", -1], ["ab", -1],
      ["▁", -1.5], ["▁ab", -2], ["abc", -4.5]]}})");
  CHECK(ids(*tokenizer, "abc") == "6 3");
  CHECK(ids(*tokenizer, "ab   ba") == "6 5 2 1");
  CHECK(ids(*tokenizer, "xyc") == "5 0 3");
  CHECK(ids(*tokenizer, "\uFF41\uFF42") == "6");
  CHECK(tokenizer->decode({6, 5, 2, 1}) == "ab ba");
}

TEST_CASE("BPE of sentencepiece: a text begins with its sign, unknown characters are bytes") {
  const auto tokenizer = made(R"({"normalizer": {"type": "Sequence", "normalizers": [
      {"type": "Prepend", "prepend": "▁"}, {"type": "Replace", "pattern": {"String": " "}, "content": "▁"}]},
    "pre_tokenizer": null,
    "decoder": {"type": "Sequence", "decoders": [{"type": "Replace", "pattern": {"String": "▁"}, "content": " "},
      {"type": "ByteFallback"}, {"type": "Fuse"}, {"type": "Strip", "content": " ", "start": 1, "stop": 0}]},
    "model": {"type": "BPE", "unk_token": "<unk>", "byte_fallback": true, "fuse_unk": true, "vocab": {"<unk>": 0,
      "▁": 1, "h": 2, "i": 3, "hi": 4, "▁hi": 5, "<0xC3>": 6, "<0xA4>": 7}, "merges": [["h", "i"], ["▁", "hi"]]}})");
  CHECK(ids(*tokenizer, "hi hi") == "5 5");
  CHECK(ids(*tokenizer, "h\u00E4\u20AC\u20AC") == "1 2 6 7 0");
  CHECK(tokenizer->decode({5, 1, 2, 6, 7}) == "hi h\u00E4");
}

/// How the pre-tokenizer cuts: each piece a word of its own.
std::string cut(const std::string& pre_tokenizer, const std::string& text, const std::vector<std::string>& words) {
  std::string vocab = R"("?": 0)";
  for (std::size_t i = 0; i < words.size(); ++i) vocab += fmt::format(R"(, "{}": {})", words[i], i + 1);
  return ids(*made(R"({"pre_tokenizer": )" + pre_tokenizer +
                   R"(, "model": {"type": "WordLevel", "unk_token": "?", "vocab": {)" + vocab + "}}}"),
             text);
}

TEST_CASE("pre-tokenizers: where a text is cut") {
  CHECK(cut(R"({"type": "Whitespace"})", "a.. b1", {"a", "..", "b1"}) == "1 2 3");
  CHECK(cut(R"({"type": "WhitespaceSplit"})", " a..\u00A0b1 ", {"a..", "b1"}) == "1 2");
  CHECK(cut(R"({"type": "Digits", "individual_digits": true})", "a12", {"a", "1", "2"}) == "1 2 3");
  CHECK(cut(R"({"type": "Digits"})", "a12b", {"a", "12", "b"}) == "1 2 3");
  CHECK(cut(R"({"type": "Punctuation"})", "a--b", {"a", "-", "b"}) == "1 2 2 3");
  const auto split = [](const std::string& behavior, bool invert = false) {
    return fmt::format(R"({{"type": "Split", "pattern": {{"String": "-"}}, "behavior": "{}", "invert": {}}})", behavior,
                       invert);
  };
  const std::vector<std::string> words{"a", "-", "b", "a-", "-b", "--"};
  CHECK(cut(split("Removed"), "a--b", words) == "1 3");
  CHECK(cut(split("Isolated"), "a--b", words) == "1 2 2 3");
  CHECK(cut(split("MergedWithPrevious"), "a--b", words) == "4 2 3");
  CHECK(cut(split("MergedWithNext"), "a--b", words) == "1 2 5");
  CHECK(cut(split("Contiguous"), "a--b", words) == "1 6 3");
  CHECK(cut(split("Removed", true), "a--b", words) == "2 2");
  CHECK(cut(R"({"type": "Sequence", "pretokenizers": [{"type": "WhitespaceSplit"},
      {"type": "Split", "pattern": {"Regex": "\\d"}, "behavior": "Isolated", "invert": false}]})",
            "a1 2", {"a", "1", "2"}) == "1 2 3");
}

TEST_CASE("added tokens: whole words alone, with the spaces that they take") {
  const auto tokenizer = made(R"({"added_tokens": [
      {"id": 3, "content": "AT", "single_word": true, "normalized": false},
      {"id": 4, "content": "<m>", "lstrip": true, "rstrip": true, "normalized": false, "special": true},
      {"id": 5, "content": "Yes", "normalized": true}],
    "normalizer": {"type": "Lowercase"},
    "model": {"type": "BPE", "vocab": {"a": 0, "t": 1, " ": 2}, "merges": []}})");
  CHECK(ids(*tokenizer, "AT a") == "3 2 0");
  CHECK(ids(*tokenizer, "ATa") == "0 1 0");
  CHECK(ids(*tokenizer, "a <m>  a") == "0 4 0");
  CHECK(ids(*tokenizer, "aYESa") == "0 5 0");
  CHECK(tokenizer->decode({0, 4, 3}) == "a AT");
}

TEST_CASE("a tokenizer.json that is not understood says which part of it") {
  const auto with = [](const std::string& part) {
    return fault("{" + part + R"("model": {"type": "BPE", "vocab": {"a": 0, "b": 1}, "merges": []}})");
  };
  CHECK(with("") == "");
  CHECK(with(R"("normalizer": {"type": "Nmt"}, )") == "normalizer: the normalizer `Nmt` is not understood");
  CHECK(with(R"("pre_tokenizer": {"type": "Sequence", "pretokenizers": [{"type": "Digits"}, {"type": "Foo"}]}, )") ==
        "pre_tokenizer.pretokenizers[1]: the pre-tokenizer `Foo` is not understood");
  CHECK(with(R"("decoder": {"type": "CTC"}, )") == "decoder: the decoder `CTC` is not understood");
  CHECK(with(R"("post_processor": {"type": "Foo"}, )") == "post_processor: the post-processor `Foo` is not understood");
  CHECK(with(R"("post_processor": {"type": "BertProcessing", "sep": ["b", 1], "cls": ["c", 7]}, )") ==
        "post_processor: no token has the number 7");
  CHECK(with(R"("pre_tokenizer": {"type": "Split", "pattern": {"Regex": "("}, "behavior": "Isolated"}, )")
            .starts_with("pre_tokenizer.pattern: its pattern is faulty"));
  CHECK(with(R"("added_tokens": [{"content": "x"}], )") == "tokenizer.added_tokens[0]: `id` is missing");
  CHECK(fault("") == "it is no tokenizer.json: it is not the JSON of a mapping");
  CHECK(fault("[1, 2]") == "it is no tokenizer.json: it is not the JSON of a mapping");
  CHECK(fault(kByteLevel.substr(0, 300)) == "it is no tokenizer.json: it is not the JSON of a mapping");
  CHECK(fault(std::string(100'000, '[')) == "it is no tokenizer.json: it is not the JSON of a mapping");
  CHECK(fault("{}") == "model is missing");
  CHECK(fault(R"({"model": {"type": "Rnn"}})") == "model: the model `Rnn` is not understood");
  CHECK(fault(R"({"model": {"type": "BPE", "vocab": {"a": 0}, "merges": ["a b"]}})") ==
        "model.merges[0]: `b` is not in the `vocab`");
  CHECK(fault(R"({"model": {"type": "BPE", "vocab": {"a": -4}, "merges": []}})") ==
        "model.vocab: the number of `a` is -4");
  CHECK(fault(R"({"model": {"type": "WordPiece", "unk_token": "[UNK]", "vocab": {"a": 0}}})") ==
        "model: the `unk_token` `[UNK]` is not in its `vocab`");
  CHECK(fault(R"({"model": {"type": "Unigram", "unk_id": 3, "vocab": [["a", -1]]}})") ==
        "model: `unk_id` is not in its `vocab`");
  CHECK(fault(R"({"model": {"type": "BPE", "dropout": 0.1, "vocab": {"a": 0}, "merges": []}})")
            .starts_with("model: `dropout`"));
  const scratch::Folder folder;
  CHECK(text::Tokenizer::read(folder.path("absent.json")).fault.not_found);
}

TEST_CASE("long pieces are cut in a time that grows with their length") {
  const auto bpe = made(R"({"model": {"type": "BPE", "vocab": {"a": 0, "aa": 1}, "merges": ["a a"]}})");
  CHECK(bpe->encode(std::string(1'000'001, 'a'), false).size() == 500'001);
  const auto unigram =
      made(R"({"model": {"type": "Unigram", "unk_id": 0, "vocab": [["u", 0], ["a", -1], ["aa", -1]]}})");
  CHECK(unigram->encode(std::string(1'000'001, 'a'), false).size() == 500'001);
}

}  // namespace
