// Which rows train and which validate: a share, a fold, or a column that says so; and the order of batches.
#pragma once

#include "data/dataset.h"

namespace modelc::data {

struct Splits {
  std::vector<Part> train, valid;
};

/// Splits each dataset by the recipe. `labels` gives, per dataset, the values to stratify by (undefined: none).
std::optional<Splits> split(const std::vector<std::shared_ptr<Dataset>>& datasets, const ir::Data& recipe,
                            const std::vector<at::Tensor>& labels, std::int64_t seed, diagnostics::Sink& sink);

/// All rows of each.
std::vector<Part> whole(const std::vector<std::shared_ptr<Dataset>>& datasets);
std::int64_t row_count(const std::vector<Part>& parts);

/// One batch: rows of one part.
struct Batch {
  std::size_t part = 0;
  RowsOfBatch rows;
};

/// The batches of one epoch: parts take turns while they last; the last short batch of each is kept. `shuffle`: of
/// training. Then rows come by the shares of their groups, where there are such, and in an order that is drawn anew for
/// each epoch from (seed, epoch), where the source does not say shuffle=false. As many rows as there are either way.
std::vector<Batch> batches(const std::vector<Part>& parts, std::int64_t size, bool shuffle, std::int64_t seed,
                           std::int64_t epoch);

/// Batches in the order of the source, laid anew where windows were cut from it: so that the window behind the one in a
/// place of a batch stands in the same place of the next batch. As many batches, each window once.
void lay_along_windows(std::vector<Batch>& batches, const std::vector<Part>& parts);

}  // namespace modelc::data
