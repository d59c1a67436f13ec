// The source `text`, and the tokenizers that a recipe names. Reports M8101, M8303, M8316.
#pragma once

#include "ir/recipe.h"
#include "recipe/given.h"

namespace modelc::recipe {

/// The column of a text.
inline constexpr const char* kTokens = "tokens";

/// A file that a recipe names.
std::string resolved_file(const std::string& name, const std::string& root);

/// `tokens: int[]`, one a row; how many where that takes no time.
formats::Result<formats::Schema> inspect_text(const ir::Source& source);

/// What to say where a file is not there depends on who asks.
void report_absent(Tracer& t, const Options& options, const std::string& file, Span at);

/// False after reporting a `tokenizer.json` that cannot be read. One that is not there is left to who needs it.
bool check_tokenizer(Tracer& t, const Options& options, const std::string& file, Span at);

}  // namespace modelc::recipe
