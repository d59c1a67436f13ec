// Cures for weight files that nearly fit: a prefix that explains the misses, a head for another number of classes, a
// transposed matrix. Said in the words of whoever names the file: keys of the description, or options.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "formats/weight_file.h"
#include "ir/weights.h"

namespace modelc::weights {

/// A tensor of the file whose shape is not that of the model's.
struct Misfit {
  std::string model_name;  // relative to the source's place
  std::string file_name;
  std::string why;
  std::vector<std::int64_t> file_shape, model_shape;
};

/// The file's name under the first prefix that fits.
std::string renamed(const std::vector<std::pair<std::string, std::string>>& rename, const std::string& name);

/// `rename` where one prefix more or less makes most names match (`module.`, or a place in the model); else empty.
std::string prefix_cure(const ir::WeightSource& source, const formats::WeightFile& file,
                        const std::vector<std::string>& model);
/// `hint` where there is one, or what the keys say of tensors that the file lacks, or that the model lacks.
std::string cure_of_missing(const ir::WeightSource& source, const std::vector<std::string>& names,
                            const std::string& hint);
std::string cure_of_unexpected(const ir::WeightSource& source, const std::vector<std::string>& names,
                               const std::string& hint);
std::string cure_of_shapes(const ir::WeightSource& source, const std::vector<Misfit>& misfits);

}  // namespace modelc::weights
