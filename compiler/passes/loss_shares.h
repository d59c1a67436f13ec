// How the loss of many batches follows from those of each, so that neither the figure of a split nor accumulated
// gradients depend on where it was cut: a term of the loss is a sum of shares, each a number whose average over batches
// counts what one reduction counted.
#pragma once

#include <string>
#include <vector>

#include "ir/graph.h"

namespace modelc::passes {

struct LossShare {
  enum Kind {
    Rows,      // by the rows of the batch: what stands for no single reduction
    Elements,  // by the elements of `counted`
    Targets,   // by the class numbers in `counted` but for `ignored`, each with its `weight`
    Sum,       // not at all: it adds up
  };
  ir::ValueId value = ir::kNone;  // one number
  double factor = 1;              // with which it stands in the term
  Kind kind = Rows;
  ir::ValueId counted = ir::kNone, weight = ir::kNone;
  std::int64_t ignored = 0;
  /// Shares with the same words count in proportion to one another, whatever the batch.
  std::string measure;
};

/// Of a term of the graph's loss. Needs the DimTable of the graph.
std::vector<LossShare> loss_shares(const ir::Graph& graph, const ir::Output& term);

}  // namespace modelc::passes
