// Sources that are arrays: idx, npy, npz, safetensors.
#include <ATen/Functions.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "catalogue/entry.h"
#include "data/dataset.h"
#include "support/counted.h"
#include "weights/npz.h"

namespace modelc::data {

using catalogue::SourceId;

std::optional<Dataset> Loader::load_idx(const ir::Source& source) {
  formats::Result<formats::Table> table = formats::read_idx(source.files.at(0), source.files.at(1));
  if (!table) {
    sink_.report(source.span, diag::DataUnreadable, table.fault.str());
    return std::nullopt;
  }
  Dataset data;
  data.rows = table.value->rows;
  for (std::size_t i = 0; i < table.value->columns.size(); ++i) {
    const formats::Column& read = table.value->columns[i];
    Column column;
    column.name = read.type.name;
    column.file = source.files[i];
    std::vector<std::int64_t> shape{data.rows};
    shape.insert(shape.end(), read.type.shape.begin(), read.type.shape.end());
    column.values = at::empty(shape, at::TensorOptions().dtype(weights::scalar_type(read.type.dtype)));
    std::memcpy(column.values.data_ptr(), read.bytes.data(),
                std::min<std::size_t>(read.bytes.size(), column.values.nbytes()));
    data.columns.push_back(std::move(column));
  }
  return data;
}

std::optional<Dataset> Loader::load_arrays(const ir::Source& source) {
  Dataset data;
  data.rows = -1;
  std::string first;
  const auto add = [&](const std::string& name, at::Tensor values, const std::string& file) {
    if (values.dim() == 0) {
      sink_.report(source.span, diag::DataUnreadable, fmt::format("{}: `{}` is a scalar, expected rows", file, name));
      return false;
    }
    if (data.rows < 0) data.rows = values.size(0), first = name;
    if (values.size(0) != data.rows) {
      sink_.report(source.span, diag::DataRowsDiffer, fmt::format("{}: `{}`", file, name),
                   support::counted(values.size(0), "row"), fmt::format("`{}`", first), data.rows);
      return false;
    }
    Column column;
    column.name = name;
    column.file = file;
    column.has_missing = at::isFloatingType(values.scalar_type()) && at::isnan(values).any().item<bool>();
    column.values = std::move(values);
    data.columns.push_back(std::move(column));
    return true;
  };
  for (std::size_t i = 0; i < source.files.size(); ++i) {
    const std::string& file = source.files[i];
    formats::Result<weights::NamedTensors> tensors;
    if (source.kind == SourceId::Npy) {
      formats::Result<at::Tensor> one = weights::read_npy(file);
      if (one)
        tensors.value = weights::NamedTensors{
            {i < source.file_names.size() ? source.file_names[i] : std::to_string(i), *one.value}};
      else tensors.fault = one.fault;
    } else {
      tensors = source.kind == SourceId::Npz ? weights::read_npz(file) : weights::read_safetensors(file);
    }
    if (!tensors) {
      sink_.report(source.span, diag::DataUnreadable, tensors.fault.str());
      return std::nullopt;
    }
    for (auto& [name, tensor] : *tensors.value)
      if (!add(name, tensor, file)) return std::nullopt;
  }
  if (data.rows <= 0) {
    sink_.report(source.span, diag::DataUnreadable,
                 fmt::format("{}: has no rows",
                             source.files.empty() ? std::string(catalogue::name_of(source.kind)) : source.files[0]));
    return std::nullopt;
  }
  return data;
}

}  // namespace modelc::data
