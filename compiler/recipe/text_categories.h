// How many numbers the tokens of a text have, for `data.categories`: of a source `text`, and of what a feed makes of a
// column of text (`words: tokens(lower(review))`).
#pragma once

#include "ir/recipe.h"
#include "recipe/columns.h"

namespace modelc::recipe {

struct TokenCount {
  std::optional<std::int64_t> count;
  formats::Fault fault;
};

/// Of the column of a text, in the whole file: what the training split does not have shares one number, which one of
/// these then is free for. Or of the value that the feed binds to a name; nothing where that is no text, no tokens and
/// no windows of them.
TokenCount count_tokens(const Given& given, const ir::Source& source, const std::string& root, const std::string& name);

}  // namespace modelc::recipe
