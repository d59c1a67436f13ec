// Unigram: of all ways to cut a piece into tokens the one of the highest score.
#include <algorithm>
#include <cmath>
#include <limits>

#include "text/model.h"
#include "text/unicode.h"

namespace modelc::text {
namespace {

constexpr double kUnknownPenalty = 10;  // below the least score of any token, as the reference has it

class Unigram final : public TokenModel {
 public:
  Unigram(Table table, std::vector<double> scores, std::optional<std::int32_t> unknown, bool falls_back)
      : TokenModel(std::move(table)), scores_(std::move(scores)), unknown_(unknown), falls_back_(falls_back) {
    for (const auto& [token, id] : this->table()) longest_ = std::max(longest_, token.size());
    const double least = scores_.empty() ? 0 : *std::min_element(scores_.begin(), scores_.end());
    unknown_score_ = least - kUnknownPenalty;
  }

  void encode(const std::string& piece, Ids& ids) const override {
    std::string unknown;
    const auto give = [&] {
      if (unknown.empty()) return;
      if (!(falls_back_ && add_bytes(unknown, ids)) && unknown_) ids.push_back(*unknown_);
      unknown.clear();
    };
    for (const Cut& cut : cuts_of(piece)) {
      if (cut.id < 0) {
        unknown += piece.substr(cut.begin, cut.end - cut.begin);
        continue;
      }
      give();
      ids.push_back(cut.id);
    }
    give();
  }

 private:
  struct Cut {
    std::size_t begin = 0, end = 0;
    std::int32_t id = -1;  // -1: unknown
  };
  struct Best {
    double score = -std::numeric_limits<double>::infinity();
    Cut cut;
  };

  std::vector<Cut> cuts_of(const std::string& piece) const {
    std::vector<Best> best(piece.size() + 1);
    best[0].score = 0;
    for (std::size_t at = 0; at < piece.size(); at += character_at(piece, at).bytes) {
      const std::size_t one = character_at(piece, at).bytes;
      bool single = false;
      for (std::size_t end = at + one; end <= piece.size() && end - at <= longest_;) {
        if (const auto id = find(piece.substr(at, end - at)); id && id != unknown_) {
          offer(best, {at, end, *id}, best[at].score + scores_[static_cast<std::size_t>(*id)]);
          single = single || end == at + one;
        }
        if (end == piece.size()) break;
        end += character_at(piece, end).bytes;
      }
      if (!single) offer(best, {at, at + one, -1}, best[at].score + unknown_score_);
    }
    std::vector<Cut> cuts;
    for (std::size_t end = piece.size(); end > 0; end = best[end].cut.begin) cuts.push_back(best[end].cut);
    std::reverse(cuts.begin(), cuts.end());
    return cuts;
  }

  static void offer(std::vector<Best>& best, const Cut& cut, double score) {
    if (score > best[cut.end].score) best[cut.end] = {score, cut};
  }

  std::vector<double> scores_;
  std::optional<std::int32_t> unknown_;
  bool falls_back_;
  double unknown_score_ = 0;
  std::size_t longest_ = 0;
};

}  // namespace

std::shared_ptr<const TokenModel> read_unigram(const Part& part) {
  Table table;
  std::vector<double> scores;
  for (const Part& one : part.items("vocab")) {
    if (!one.json.is_array() || one.json.size() != 2 || !one.json[0].is_string() || !one.json[1].is_number())
      one.refuse("expected a token and its score");
    const double score = one.json[1].get<double>();
    if (!std::isfinite(score)) one.refuse("its score is no number");
    table.try_emplace(one.json[0].get<std::string>(), static_cast<std::int32_t>(scores.size()));
    scores.push_back(score);
  }
  std::optional<std::int32_t> unknown;
  if (part.find("unk_id")) {
    const std::int64_t id = part.integer("unk_id");
    if (id < 0 || id >= static_cast<std::int64_t>(scores.size())) part.refuse("`unk_id` is not in its `vocab`");
    unknown = static_cast<std::int32_t>(id);
  }
  return std::make_shared<Unigram>(std::move(table), std::move(scores), unknown, part.truth_or("byte_fallback", false));
}

}  // namespace modelc::text
