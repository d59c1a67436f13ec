// Byte pair encoding: the characters of a piece, joined two by two in the order in which the joins were learned.
#include <limits>
#include <mutex>
#include <queue>
#include <shared_mutex>

#include "text/model.h"
#include "text/unicode.h"

namespace modelc::text {
namespace {

struct Merge {
  std::int32_t rank = 0, made = 0;
};

struct Options {
  std::optional<std::int32_t> unknown;
  std::string prefix, suffix;  // of the parts behind the first, of the last
  bool fuses_unknown = false, falls_back = false, ignores_merges = false;
};

std::uint64_t pair_of(std::int32_t a, std::int32_t b) {
  return static_cast<std::uint64_t>(static_cast<std::uint32_t>(a)) << 32 | static_cast<std::uint32_t>(b);
}

/// A part of the piece, in a list: what stands before and behind it.
struct Symbol {
  std::int32_t id = 0, before = -1, behind = -1;
  bool gone = false;
};

struct Join {
  std::int32_t rank = 0, at = 0, made = 0;
  std::int32_t left = 0, right = 0;  // the ids when it was found
  bool operator<(const Join& other) const { return rank != other.rank ? rank > other.rank : at > other.at; }
};

class Bpe final : public TokenModel {
 public:
  Bpe(Table table, std::unordered_map<std::uint64_t, Merge> merges, Options options)
      : TokenModel(std::move(table)), merges_(std::move(merges)), options_(std::move(options)) {}

  void encode(const std::string& piece, Ids& ids) const override {
    if (options_.ignores_merges)
      if (const auto whole = find(piece)) return ids.push_back(*whole);
    {
      const std::shared_lock lock(mutex_);
      if (const auto known = known_.find(piece); known != known_.end()) {
        ids.insert(ids.end(), known->second.begin(), known->second.end());
        return;
      }
    }
    const Ids made = merged(symbols_of(piece));
    ids.insert(ids.end(), made.begin(), made.end());
    if (piece.size() > kLongestKept) return;
    const std::unique_lock lock(mutex_);
    if (known_.size() < kMostKept) known_.emplace(piece, made);
  }

 private:
  static constexpr std::size_t kLongestKept = 64, kMostKept = 100'000;

  void add(std::vector<Symbol>& symbols, std::int32_t id) const {
    Symbol symbol;
    symbol.id = id;
    symbol.before = static_cast<std::int32_t>(symbols.size()) - 1;
    if (!symbols.empty()) symbols.back().behind = static_cast<std::int32_t>(symbols.size());
    symbols.push_back(symbol);
  }

  std::vector<Symbol> symbols_of(const std::string& piece) const {
    std::vector<Symbol> symbols;
    const std::vector<std::string_view> all = characters(piece);
    bool after_unknown = false;
    for (std::size_t i = 0; i < all.size(); ++i) {
      const std::string token = (i > 0 ? options_.prefix : std::string()) + std::string(all[i]) +
                                (i + 1 == all.size() ? options_.suffix : std::string());
      if (const auto id = find(token)) {
        add(symbols, *id);
        after_unknown = false;
        continue;
      }
      Ids bytes;
      if (options_.falls_back && add_bytes(token, bytes)) {
        for (const std::int32_t id : bytes) add(symbols, id);
        after_unknown = false;
        continue;
      }
      if (options_.unknown && !(options_.fuses_unknown && after_unknown)) add(symbols, *options_.unknown);
      after_unknown = true;
    }
    return symbols;
  }

  void consider(const std::vector<Symbol>& symbols, std::int32_t at, std::priority_queue<Join>& joins) const {
    if (at < 0 || symbols[static_cast<std::size_t>(at)].behind < 0) return;
    const Symbol& left = symbols[static_cast<std::size_t>(at)];
    const Symbol& right = symbols[static_cast<std::size_t>(left.behind)];
    const auto merge = merges_.find(pair_of(left.id, right.id));
    if (merge != merges_.end()) joins.push({merge->second.rank, at, merge->second.made, left.id, right.id});
  }

  Ids merged(std::vector<Symbol> symbols) const {
    std::priority_queue<Join> joins;
    for (std::size_t i = 0; i + 1 < symbols.size(); ++i) consider(symbols, static_cast<std::int32_t>(i), joins);
    while (!joins.empty()) {
      const Join join = joins.top();
      joins.pop();
      Symbol& left = symbols[static_cast<std::size_t>(join.at)];
      if (left.gone || left.id != join.left || left.behind < 0) continue;
      Symbol& right = symbols[static_cast<std::size_t>(left.behind)];
      if (right.id != join.right) continue;
      left.id = join.made;
      right.gone = true;
      left.behind = right.behind;
      if (right.behind >= 0) symbols[static_cast<std::size_t>(right.behind)].before = join.at;
      consider(symbols, left.before, joins);
      consider(symbols, join.at, joins);
    }
    Ids ids;
    for (const Symbol& symbol : symbols)
      if (!symbol.gone) ids.push_back(symbol.id);
    return ids;
  }

  std::unordered_map<std::uint64_t, Merge> merges_;
  Options options_;
  mutable std::shared_mutex mutex_;
  mutable std::unordered_map<std::string, Ids> known_;  // pieces that were met: words come again
};

/// `"a b"` or `["a", "b"]`.
std::pair<std::string, std::string> pair_in(const Part& merge) {
  if (merge.json.is_array() && merge.json.size() == 2 && merge.json[0].is_string() && merge.json[1].is_string())
    return {merge.json[0].get<std::string>(), merge.json[1].get<std::string>()};
  if (!merge.json.is_string()) merge.refuse("expected two tokens");
  const std::string text = merge.json.get<std::string>();
  const std::size_t space = text.find(' ');
  if (space == std::string::npos) merge.refuse("expected two tokens with a space between them");
  return {text.substr(0, space), text.substr(space + 1)};
}

}  // namespace

std::shared_ptr<const TokenModel> read_bpe(const Part& part) {
  if (const Json* dropout = part.find("dropout"); dropout && *dropout != 0)
    part.refuse("`dropout` draws merges by chance, which is not understood");
  Table table = read_table(part);
  Options options;
  options.unknown = unknown_of(part, table);
  options.prefix = part.text_or("continuing_subword_prefix", "");
  options.suffix = part.text_or("end_of_word_suffix", "");
  options.fuses_unknown = part.truth_or("fuse_unk", false);
  options.falls_back = part.truth_or("byte_fallback", false);
  options.ignores_merges = part.truth_or("ignore_merges", false);
  std::unordered_map<std::uint64_t, Merge> merges;
  std::int32_t rank = 0;
  for (const Part& one : part.items("merges")) {
    const auto [left, right] = pair_in(one);
    const std::string made = left + (right.starts_with(options.prefix) ? right.substr(options.prefix.size()) : right);
    for (const std::string& token : {left, right, made})
      if (!table.contains(token)) one.refuse(fmt::format("`{}` is not in the `vocab`", token));
    merges.try_emplace(pair_of(table.at(left), table.at(right)), Merge{rank++, table.at(made)});
  }
  return std::make_shared<Bpe>(std::move(table), std::move(merges), std::move(options));
}

}  // namespace modelc::text
