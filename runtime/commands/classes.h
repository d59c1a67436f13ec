// Which outputs score the categories of a target: those that a loss compares with it. What they predict has names then.
#pragma once

#include <ATen/core/Tensor.h>

#include <map>

#include "data/feed.h"
#include "ir/program.h"

namespace modelc::runtime {

/// What the values of an output say of the categories of a target.
struct ClassScores {
  enum Kind {
    Logits,            // softmax of a row gives probabilities
    LogProbabilities,  // exp does
    Logit,             // sigmoid gives the probability of the second of two
    Probability,       // that of the second of two
    Index,             // the number of a category
  } kind = Logits;
  std::string target;
  std::vector<std::string> names;  // of the categories, in their order

  /// [rows, categories]; undefined for Index.
  at::Tensor probabilities(const at::Tensor& output) const;
  /// The most probable category of each row.
  at::Tensor predicted(const at::Tensor& output) const;
};

/// By output of `graph`. `feed` is what trained the target: its categories were restored.
std::map<std::string, ClassScores> class_scores(const ir::Graph& graph, const ir::Data& recipe, std::size_t feed,
                                                const std::vector<data::FitState>& fits);

}  // namespace modelc::runtime
