// What `predict --data` writes: a table of the rows' own columns with the outputs beside them, or the outputs as
// arrays. Batches are gathered in spools, so that the length of a result is bounded by the disk alone.
#pragma once

#include <ATen/core/Tensor.h>

#include <map>
#include <memory>

#include "commands/classes.h"
#include "commands/spool.h"
#include "data/dataset.h"

namespace modelc::runtime {

using NamedBatch = std::vector<std::pair<std::string, at::Tensor>>;

/// One file that is written, or none of it.
class RowOutput {
 public:
  virtual ~RowOutput() = default;
  /// The next rows of a dataset and what the model makes of them. The reason why not, or empty.
  virtual std::string add(const data::Dataset& data, const std::vector<std::int64_t>& rows,
                          const NamedBatch& batch) = 0;
  /// Puts the file in its place. The reason why not, or empty.
  virtual std::string finish() = 0;
};

/// A `.csv`: the columns of one value a row as `source` has them written, then the outputs. A vector is `name.0`,
/// `name.1`, …; an output that scores the categories of a target is the name of the likeliest, under the target's name,
/// and the probability of each, `p(name)`. A name that the rows have already is written `predicted.name`.
std::unique_ptr<RowOutput> row_table(const std::string& path, std::map<std::string, ClassScores> classes,
                                     const ir::Source& source);

/// `.npz`, `.safetensors`, `NAME=FILE.npy`, or `NAME=FILE.png` for images on one sheet; of so many rows in all.
std::unique_ptr<RowOutput> row_arrays(const std::string& spec, std::int64_t rows);

}  // namespace modelc::runtime
