#include "text/model.h"

#include <algorithm>

#include "support/words.h"

namespace modelc::text {
namespace {

constexpr std::int64_t kMostTokens = 10'000'000;

using Read = std::shared_ptr<const TokenModel> (*)(const Part&);
constexpr support::Word<Read> kKinds[] = {
    {"BPE", read_bpe}, {"WordPiece", read_word_piece}, {"WordLevel", read_word_level}, {"Unigram", read_unigram}};

/// Files of older versions do not say what they are.
std::string kind_of(const Part& part) {
  if (part.find("type")) return part.type();
  if (part.find("merges")) return "BPE";
  if (part.find("continuing_subword_prefix")) return "WordPiece";
  if (part.find("vocab") && part.find("vocab")->is_array()) return "Unigram";
  part.refuse("`type` is missing");
}

}  // namespace

bool TokenModel::add_bytes(std::string_view text, Ids& ids) const {
  Ids found;
  for (const char byte : text) {
    const auto id = find(fmt::format("<0x{:02X}>", static_cast<unsigned char>(byte)));
    if (!id) return false;
    found.push_back(*id);
  }
  ids.insert(ids.end(), found.begin(), found.end());
  return true;
}

Table read_table(const Part& part) {
  const Part vocab = part.at("vocab");
  if (!vocab.json.is_object()) vocab.refuse("expected tokens with their numbers");
  Table table;
  table.reserve(vocab.json.size());
  for (const auto& [token, number] : vocab.json.items()) {
    if (!number.is_number_integer() || number.get<std::int64_t>() < 0 || number.get<std::int64_t>() > kMostTokens)
      vocab.refuse(fmt::format("the number of `{}` is {}", token, number.dump()));
    table.emplace(token, number.get<std::int32_t>());
  }
  return table;
}

std::optional<std::int32_t> unknown_of(const Part& part, const Table& table) {
  if (!part.find("unk_token")) return std::nullopt;
  const std::string word = part.text("unk_token");
  const auto at = table.find(word);
  if (word.empty()) return std::nullopt;
  if (at == table.end()) part.refuse(fmt::format("the `unk_token` `{}` is not in its `vocab`", word));
  return at->second;
}

std::shared_ptr<const TokenModel> read_model(const Json* json, const std::string& path) {
  if (!json || !json->is_object()) throw Refused(path + " is missing");
  const Part part{*json, path};
  const std::string kind = kind_of(part);
  const auto read = support::meaning_of(kKinds, kind);
  if (!read) part.refuse(fmt::format("the model `{}` is not understood", kind));
  return (*read)(part);
}

}  // namespace modelc::text
