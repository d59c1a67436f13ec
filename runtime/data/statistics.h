// What a fit learns of rows that come in blocks: in double precision, each number of a row a column of its own. The
// rows are asked for again where one pass is not enough, so that none are kept. Missing values (NaN) are passed over.
#pragma once

#include <ATen/core/Tensor.h>

#include <functional>
#include <optional>

namespace modelc::data {

/// Visits all blocks [n, …] in order; asked again it visits the same. False after reporting a fault.
using Blocks = std::function<bool(const std::function<void(const at::Tensor&)>& visit)>;

struct Moments {
  at::Tensor mean,
      std;  // double, of the shape of a row; the spread of the rows themselves, not of what they are drawn from
  at::Tensor count;  // int64: values that are there
};

/// nullopt where the blocks are faulty.
std::optional<Moments> moments(const Blocks& blocks);

/// Of each column; NaN where none is there. The mean of the middle two of an even number.
std::optional<at::Tensor> medians(const Blocks& blocks);

/// The most frequent value, the least of several.
std::optional<at::Tensor> modes(const Blocks& blocks);

}  // namespace modelc::data
