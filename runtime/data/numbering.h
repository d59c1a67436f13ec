// How pieces of text are numbered, as the training split taught it: all that is needed to number a new text and to make
// a text of numbers again. Kept in checkpoints.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "data/dataset.h"

namespace modelc::data {

struct Numbering {
  Pieces pieces;
  std::vector<std::string> words;  // chars, words: the vocabulary, sorted
  std::int64_t unknown = -1;       // the number of what it does not have; -1: there is none
  std::string column;              // whose pieces they are
  std::vector<std::string> feeds;  // inputs and targets that take the numbers

  /// Of the beginning of a text, without what a tokenizer puts around a whole one. nullopt where a piece has no number,
  /// and which in `unseen`.
  std::optional<std::vector<std::int64_t>> encode(const std::string& text, std::string& unseen) const;
  std::string decode(const std::vector<std::int64_t>& numbers) const;
  std::int64_t number_of(const std::string& piece) const;
  /// That any piece may have.
  std::int64_t largest() const;
};

nlohmann::json to_json(const Numbering& numbering);
/// nullptr where it is damaged. Throws as nlohmann does.
std::shared_ptr<const Numbering> numbering_from(const nlohmann::json& json);

/// Pieces of some rows of a dataset.
struct PiecesOf {
  const Column* column = nullptr;
  const ir::Windows* windows = nullptr;
  const Rows* rows = nullptr;
};

/// The vocabulary of the rows that train; `whole`: where the source has pieces that those lack, they share a number.
/// All columns have one dictionary.
Numbering fit_numbering(const std::vector<PiecesOf>& training, const std::vector<const Column*>& whole);

/// From codes of the column's dictionary to numbers, -1 for none; empty where the column has numbers itself.
at::Tensor number_table(const Numbering& numbering, const Column& column);

/// The first of the columns' own rows whose piece has no number; -1: each has one.
std::int64_t first_unnumbered(const Numbering& numbering, const PiecesOf& pieces);

}  // namespace modelc::data
