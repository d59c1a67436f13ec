// What `train.carry` feeds from one batch into the next: values under the names of graph inputs (`state.0`), made to
// fit the batch that takes them. Nothing is carried into an epoch's first batch: an optional input is then left out,
// any other is what the feed gives, else zeros.
#pragma once

#include <ATen/core/Tensor.h>

#include <map>
#include <string>
#include <vector>

#include "exec/executor.h"
#include "ir/recipe.h"

namespace modelc::train {

/// By the name of the graph input.
using Carried = std::map<std::string, at::Tensor>;

/// A batch as it is fed.
struct Fed {
  std::vector<std::string> names;
  std::vector<at::Tensor> tensors;

  bool has(const std::string& name) const;
  /// In the place of what has that name, or beside the others.
  void put(const std::string& name, at::Tensor tensor);
};

/// The carried inputs that stand as `name` or `name.0`.
bool belongs(const std::string& part, const std::string& input);

/// What is carried takes its place in a batch that `graph` is to take. Of a shorter batch the first rows go on; where
/// the sizes do not fit otherwise nothing does, and `carried` is empty afterwards.
void put_carried(const ir::Graph& graph, Carried& carried, Fed& fed);
/// Zeros for what is carried and nothing feeds.
void put_zeros(const ir::Graph& graph, const std::vector<ir::Carried>& carry, Fed& fed);
/// What an output gives, under the names of the parts of an input, in the dtypes that the graph's inputs have.
void take_carried(const ir::Graph& graph, const exec::Result& output, const std::string& input, Carried& carried);

}  // namespace modelc::train
