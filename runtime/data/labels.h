// The values by which rows are shared out (`stratify`) or balanced (`balance`): of a column, or of what the feed makes
// of one. Reports M8109 and M8150.
#pragma once

#include "data/dataset.h"

namespace modelc::data {

/// What asks for the values, for messages.
struct LabelKey {
  std::string_view key;  // `stratify`
  const std::string& name;
  support::Span at;
};

/// One value a row, by dataset; undefined tensors where no name is given. nullopt after reporting that there is no such
/// column, or that its values fall into no groups.
std::optional<std::vector<at::Tensor>> labels_of(const ir::Data& recipe, LabelKey asked,
                                                 const std::vector<std::shared_ptr<Dataset>>& datasets,
                                                 diagnostics::Sink& sink);

/// Each value as often as any other in an epoch of training.
std::shared_ptr<const Shares> balanced(const at::Tensor& labels);

}  // namespace modelc::data
