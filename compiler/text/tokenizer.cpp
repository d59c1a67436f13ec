#include "text/tokenizer.h"

#include <algorithm>
#include <set>

#include "formats/file_bytes.h"
#include "support/json.h"
#include "text/added_tokens.h"
#include "text/decoders.h"
#include "text/post_processors.h"
#include "text/pre_tokenizers.h"

namespace modelc::text {
namespace {

constexpr std::size_t kMostBytes = std::size_t{256} << 20;
constexpr int kDeepest = 64;

class JsonTokenizer final : public Tokenizer {
 public:
  JsonTokenizer(const Part& file, std::string text)
      : text_(std::move(text)),
        normalize_(read_normalizer(file.find("normalizer"), "normalizer")),
        added_(AddedTokens::read(file, normalize_)),
        pre_tokenize_(read_pre_tokenizer(file.find("pre_tokenizer"), "pre_tokenizer")),
        model_(read_model(file.find("model"), "model")),
        around_(read_post_processor(file.find("post_processor"), "post_processor")),
        decode_(read_decoder(file.find("decoder"), "decoder")) {
    for (const auto& [token, id] : model_->table()) name(id, token);
    for (const AddedToken& token : added_.all()) {
      name(token.id, token.content);
      if (token.special) special_.insert(token.id);
    }
    for (const Ids* ids : {&around_.before, &around_.behind})
      for (const std::int32_t id : *ids)
        if (id < 0 || id >= size()) throw Refused(fmt::format("post_processor: no token has the number {}", id));
    if (const Json* truncation = file.find("truncation"))
      longest_ =
          static_cast<std::size_t>(std::max<std::int64_t>(Part{*truncation, "truncation"}.integer("max_length"), 1));
  }

  std::vector<std::int32_t> encode(std::string_view text, bool around) const override {
    Ids ids;
    bool first = true;
    for (const Section& raw : added_.sections(text, false)) {
      if (raw.id) {
        ids.push_back(*raw.id);
      } else {
        for (const Section& section : added_.sections(normalize_(raw.text), true)) {
          if (section.id) ids.push_back(*section.id);
          else
            for (const std::string& piece : pre_tokenize_({section.text}, first))
              if (!piece.empty()) model_->encode(piece, ids);
          first = false;
        }
      }
      first = false;
    }
    if (!around) return ids;
    const std::size_t added = around_.before.size() + around_.behind.size();
    if (longest_ && ids.size() + added > *longest_) ids.resize(*longest_ > added ? *longest_ - added : 0);
    ids.insert(ids.begin(), around_.before.begin(), around_.before.end());
    ids.insert(ids.end(), around_.behind.begin(), around_.behind.end());
    return ids;
  }

  std::string decode(const std::vector<std::int64_t>& ids) const override {
    std::vector<std::string> tokens;
    for (const std::int64_t id : ids)
      if (id >= 0 && id < size() && !names_[static_cast<std::size_t>(id)].empty() &&
          !special_.contains(static_cast<std::int32_t>(id)))
        tokens.push_back(names_[static_cast<std::size_t>(id)]);
    std::string text;
    for (const std::string& part : decode_(std::move(tokens))) text += part;
    return text;
  }

  std::int64_t size() const override { return static_cast<std::int64_t>(names_.size()); }
  const std::string& json() const override { return text_; }

 private:
  void name(std::int32_t id, const std::string& token) {
    if (names_.size() <= static_cast<std::size_t>(id)) names_.resize(static_cast<std::size_t>(id) + 1);
    names_[static_cast<std::size_t>(id)] = token;
  }

  std::string text_;
  Normalizer normalize_;
  AddedTokens added_;
  PreTokenizer pre_tokenize_;
  std::shared_ptr<const TokenModel> model_;
  Around around_;
  Decoder decode_;
  std::vector<std::string> names_;  // by number
  std::set<std::int32_t> special_;
  std::optional<std::size_t> longest_;
};

}  // namespace

formats::Result<std::shared_ptr<const Tokenizer>> Tokenizer::parse(const std::string& text, const std::string& file) {
  const auto refuse = [&](const std::string& why) {
    return formats::Result<std::shared_ptr<const Tokenizer>>{{}, formats::file_fault(file, why)};
  };
  const std::optional<Json> json = support::json_mapping(text, kDeepest);
  if (!json) return refuse("it is no tokenizer.json: it is not the JSON of a mapping");
  try {
    return {std::make_shared<JsonTokenizer>(Part{*json, "tokenizer"}, text), {}};
  } catch (const Refused& refused) {
    return refuse(refused.what());
  } catch (const nlohmann::json::exception& fault) {
    return refuse(fault.what());
  }
}

formats::Result<std::shared_ptr<const Tokenizer>> Tokenizer::read(const std::string& file) {
  bool whole = true;
  formats::Result<std::string> text = formats::read_bytes(file, kMostBytes, &whole);
  if (!text) return {{}, std::move(text.fault)};
  if (!whole) return {{}, formats::file_fault(file, "it is too large for a tokenizer.json")};
  return parse(*text.value, file);
}

}  // namespace modelc::text
