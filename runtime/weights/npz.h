// NumPy's files as tensors: `.npy` and `.npz` of tables/arrays, in and out.
#pragma once

#include "weights/tensor_file.h"

namespace modelc::weights {

formats::Result<at::Tensor> read_npy(const std::string& path);
formats::Result<NamedTensors> read_npz(const std::string& path);
/// The fault's text, or empty. bfloat16, which NumPy lacks, is written as float32.
std::string write_npy(const std::string& path, const at::Tensor& tensor);
std::string write_npz(const std::string& path, const NamedTensors& tensors);

}  // namespace modelc::weights
