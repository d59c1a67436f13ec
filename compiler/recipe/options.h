// What a command asks of a recipe's data.
#pragma once

#include "ast/expr.h"
#include "ir/recipe.h"
#include "support/source.h"

namespace modelc::recipe {

/// Rows that a command names instead of the recipe: a source, or a file or folder, which is read as the training source
/// reads its own.
struct GivenRows {
  ast::ExprPtr source;
  std::string file;
  support::Span span;
  bool any() const { return source || !file.empty(); }
};

struct Options {
  /// A data file that is not there: a warning of `check`, an error where its rows are needed, else nobody's concern.
  enum class Absent { Warn, Refuse, Ignore } absent = Absent::Warn;
  const support::SourceManager* sources = nullptr;  // tells the command line's texts from a file's
  /// What the checkpoint that is used remembers of its training data; these are not looked at then.
  std::shared_ptr<const ir::DataMemory> memory;
  std::string rows_text;  // --data, as given
  GivenRows rows;         // what the text means
};

}  // namespace modelc::recipe
