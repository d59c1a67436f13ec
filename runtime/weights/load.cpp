#include "weights/load.h"

#include <ATen/Functions.h>
#include <ATen/core/grad_mode.h>
#include <fmt/format.h>

namespace modelc::weights {

namespace {

/// Linear along a dimension, as PyTorch's `interpolate` without aligned corners.
at::Tensor interpolated(const at::Tensor& x, std::int64_t dim, std::int64_t size) {
  const at::Tensor last = x.movedim(dim, -1).contiguous();
  std::vector<std::int64_t> shape = last.sizes().vec();
  const at::Tensor rows = last.reshape({1, -1, shape.back()});
  shape.back() = size;
  return at::upsample_linear1d(rows, {size}, false).reshape(shape).movedim(-1, dim);
}

/// A tensor of the file as one of the model's size: along each dimension that differs the mean of all, or what lies
/// between.
at::Tensor resized(at::Tensor x, at::IntArrayRef sizes, ir::Resizing how) {
  if (x.scalar_type() != at::kDouble) x = x.to(at::kFloat);
  for (std::int64_t d = 0; d < x.dim(); ++d) {
    const std::int64_t size = sizes[static_cast<std::size_t>(d)];
    if (x.size(d) == size) continue;
    if (how == ir::Resizing::Interpolate) {
      x = interpolated(x, d, size);
    } else {
      std::vector<std::int64_t> shape = x.sizes().vec();
      shape[static_cast<std::size_t>(d)] = size;
      x = x.mean(d, true).expand(shape);
    }
  }
  return x;
}

}  // namespace

bool load_weights(const ir::Program& program, build::TreeModule& tree, const std::vector<ir::WeightSource>& sources,
                  const weights::MatchOptions& options, diagnostics::Sink& sink, weights::WeightMatch* match,
                  const formats::WeightFile* opened) {
  std::vector<formats::WeightFile> files;
  bool readable = true;
  for (const ir::WeightSource& source : sources) {
    if (opened && opened->file == source.from) {
      files.push_back(*opened);
      continue;
    }
    formats::Result<formats::WeightFile> header = formats::read_weight_header(source.from);
    if (header) {
      files.push_back(std::move(*header.value));
      continue;
    }
    readable = false;
    if (header.fault.not_found) sink.report(source.span, diag::WeightsNotFound, source.from);
    else sink.report(source.span, diag::WeightsUnreadable, header.fault.str());
  }
  if (!readable) return false;
  std::vector<Checksums> checksums;
  for (std::size_t i = 0; i < files.size(); ++i) {
    const std::string& why = checksums.emplace_back(files[i]).header_damage();
    if (why.empty()) continue;
    sink.report(sources[i].span, diag::WeightsUnreadable, fmt::format("{}: {}", files[i].file, why));
    return false;
  }
  weights::WeightMatch found = weights::match_weights(program, sources, files, options, sink);
  if (match) *match = found;
  if (!found.ok) return false;
  // Everything is read before anything is copied: a file that breaks off leaves the tree as it was.
  std::vector<at::Tensor> values;
  for (const weights::WeightCopy& copy : found.copies) {
    const formats::TensorEntry& entry = files[copy.source].tensors[copy.entry];
    formats::Result<at::Tensor> tensor = read_tensor(files[copy.source], entry, checksums[copy.source]);
    if (!tensor) {
      sink.report(sources[copy.source].span, diag::WeightsUnreadable, tensor.fault.str());
      return false;
    }
    values.push_back(std::move(*tensor.value));
  }
  std::map<std::string, at::Tensor> state;
  for (auto& [key, tensor] : tree.state()) state[key] = tensor;
  at::NoGradGuard no_grad;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto it = state.find(found.copies[i].key);
    if (it == state.end()) continue;
    const auto& resize = found.copies[i].resize;
    it->second.copy_(resize ? resized(values[i], it->second.sizes(), *resize) : values[i]);
  }
  return true;
}

}  // namespace modelc::weights
