// Tokens that stand outside a tokenizer's model, `<|endoftext|>`, and are found in a text before anything else is.
#pragma once

#include <optional>

#include "text/model.h"
#include "text/normalizers.h"

namespace modelc::text {

struct AddedToken {
  std::int32_t id = 0;
  std::string content;
  bool single_word = false, takes_left = false, takes_right = false, normalized = false, special = false;
};

/// A part of a text: an added token, or what is between two of them.
struct Section {
  std::string text;
  std::optional<std::int32_t> id;
};

class AddedTokens {
 public:
  /// Throws Refused.
  static AddedTokens read(const Part& file, const Normalizer& normalizer);
  /// Those found before the normaliser has been at the text, or after.
  std::vector<Section> sections(std::string_view text, bool normalized) const;
  const std::vector<AddedToken>& all() const { return all_; }

 private:
  const AddedToken* longest_at(std::string_view text, std::size_t at, bool normalized) const;

  std::vector<AddedToken> all_;
};

}  // namespace modelc::text
