// WordPiece: the longest tokens from the left; and WordLevel, whose tokens are whole words.
#include "text/model.h"
#include "text/unicode.h"

namespace modelc::text {
namespace {

class WordPiece final : public TokenModel {
 public:
  WordPiece(Table table, std::int32_t unknown, std::string prefix, std::size_t longest)
      : TokenModel(std::move(table)), unknown_(unknown), prefix_(std::move(prefix)), longest_(longest) {}

  void encode(const std::string& piece, Ids& ids) const override {
    const std::vector<std::string_view> all = characters(piece);
    if (all.size() > longest_) return ids.push_back(unknown_);
    Ids made;
    for (std::size_t first = 0; first < all.size();) {
      std::size_t last = all.size();
      std::optional<std::int32_t> id;
      for (; last > first && !id; --last) {
        const std::string_view end = all[last - 1];
        const std::string part(all[first].data(),
                               static_cast<std::size_t>(end.data() + end.size() - all[first].data()));
        id = find(first > 0 ? prefix_ + part : part);
      }
      if (!id) return ids.push_back(unknown_);
      made.push_back(*id);
      first = last + 1;
    }
    ids.insert(ids.end(), made.begin(), made.end());
  }

 private:
  std::int32_t unknown_;
  std::string prefix_;
  std::size_t longest_;
};

class WordLevel final : public TokenModel {
 public:
  WordLevel(Table table, std::optional<std::int32_t> unknown) : TokenModel(std::move(table)), unknown_(unknown) {}
  void encode(const std::string& piece, Ids& ids) const override {
    if (const auto id = find(piece)) ids.push_back(*id);
    else if (unknown_) ids.push_back(*unknown_);
  }

 private:
  std::optional<std::int32_t> unknown_;
};

}  // namespace

std::shared_ptr<const TokenModel> read_word_piece(const Part& part) {
  Table table = read_table(part);
  const auto unknown = unknown_of(part, table);
  if (!unknown) part.refuse("`unk_token` is missing");
  const std::int64_t longest = part.integer_or("max_input_chars_per_word", 100);
  if (longest < 1) part.refuse("`max_input_chars_per_word` is less than 1");
  return std::make_shared<WordPiece>(std::move(table), *unknown, part.text_or("continuing_subword_prefix", "##"),
                                     static_cast<std::size_t>(longest));
}

std::shared_ptr<const TokenModel> read_word_level(const Part& part) {
  Table table = read_table(part);
  const auto unknown = unknown_of(part, table);
  return std::make_shared<WordLevel>(std::move(table), unknown);
}

}  // namespace modelc::text
