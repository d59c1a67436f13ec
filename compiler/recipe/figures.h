// The figures of a training by the names under which they are shown: `train.loss`, `valid.<term>`, `valid.<metric>`.
// Reports M8333 and M8313.
#pragma once

#include <map>

#include "ir/recipe.h"
#include "recipe/given.h"

namespace modelc::recipe {

class Figures {
 public:
  /// `valid`: whether rows validate. Without graphs (the model is faulty) any name is taken.
  Figures(const std::vector<ir::Graph>& graphs, bool valid);

  /// The figure of a name, with the direction that `mode` gives or the metric has; nullopt after reporting. `where` is
  /// what asks, for messages: `train.stop`.
  std::optional<ir::Figure> find(Tracer& t, const std::string& name, const std::optional<std::string>& mode,
                                 std::string_view where, Span span) const;

 private:
  enum class Better { Lower, Higher, Unknown };
  static Better better(catalogue::MetricId metric);
  std::map<std::string, Better> known_;
  bool complete_ = false;
};

}  // namespace modelc::recipe
