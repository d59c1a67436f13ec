// A tokenizer's model: a piece of text to numbers, by a table of what has one.
#pragma once

#include <unordered_map>

#include "text/components.h"

namespace modelc::text {

using Ids = std::vector<std::int32_t>;
using Table = std::unordered_map<std::string, std::int32_t>;

class TokenModel {
 public:
  virtual ~TokenModel() = default;
  virtual void encode(const std::string& piece, Ids& ids) const = 0;
  const Table& table() const { return table_; }

 protected:
  explicit TokenModel(Table table) : table_(std::move(table)) {}
  std::optional<std::int32_t> find(const std::string& token) const {
    const auto at = table_.find(token);
    return at == table_.end() ? std::nullopt : std::optional(at->second);
  }
  /// The tokens `<0x41>` of all bytes of a text; false, and nothing added, where one is missing.
  bool add_bytes(std::string_view text, Ids& ids) const;

 private:
  Table table_;
};

// Each throws Refused.
std::shared_ptr<const TokenModel> read_model(const Json* json, const std::string& path);
std::shared_ptr<const TokenModel> read_bpe(const Part& part);
std::shared_ptr<const TokenModel> read_word_piece(const Part& part);
std::shared_ptr<const TokenModel> read_word_level(const Part& part);
std::shared_ptr<const TokenModel> read_unigram(const Part& part);

/// `vocab`: tokens with their numbers.
Table read_table(const Part& part);
/// The number of the token under a key; nullopt where none is given.
std::optional<std::int32_t> unknown_of(const Part& part, const Table& table);

}  // namespace modelc::text
