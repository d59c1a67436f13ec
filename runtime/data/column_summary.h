// What a column holds, in figures: for people who look at data before they train on them.
#pragma once

#include <optional>

#include "data/dataset.h"

namespace modelc::data {

struct ColumnSummary {
  std::string name, type;    // `float[3, 32, 32]`, `text`
  std::int64_t missing = 0;  // values
  struct Range {
    double min, max, mean, std;
  };
  std::optional<Range> range;  // of the numbers that are there
  /// Of text, and of integers with few values; the most frequent first, as many as are shown.
  std::int64_t distinct = 0;
  std::vector<std::pair<std::string, std::int64_t>> values;
};

ColumnSummary summary_of(const Column& column);

}  // namespace modelc::data
