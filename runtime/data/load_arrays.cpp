// Sources that are arrays: idx, npy, npz, safetensors. Small ones are read, of large ones the rows that are asked for.
#include <ATen/Functions.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "catalogue/entry.h"
#include "data/dataset.h"
#include "data/stored_array.h"
#include "data/stored_table.h"
#include "support/counted.h"
#include "weights/npz.h"

namespace modelc::data {

using catalogue::SourceId;

namespace {

using Placed = formats::Result<std::vector<formats::PlacedArray>>;

std::string name_at(const ir::Source& source, std::size_t file) {
  return file < source.file_names.size() ? source.file_names[file] : std::to_string(file);
}

/// Where the arrays of a source lie in its files; none where they have to be read whole, or are at fault.
std::vector<formats::PlacedArray> placed_arrays(const ir::Source& source) {
  std::vector<formats::PlacedArray> all;
  if (source.kind == SourceId::Npy) {
    for (std::size_t i = 0; i < source.files.size(); ++i) {
      Placed one = formats::place_npy(name_at(source, i), source.files[i]);
      if (!one || one.value->empty()) return {};
      all.push_back(std::move((*one.value)[0]));
    }
    return all;
  }
  Placed found = source.kind == SourceId::Idx   ? formats::place_idx(source.files.at(0), source.files.at(1))
                 : source.kind == SourceId::Npz ? formats::place_npz(source.files.at(0))
                                                : formats::place_safetensors(source.files.at(0));
  return found ? std::move(*found.value) : std::vector<formats::PlacedArray>{};
}

/// Columns whose rows stay in the files; none where the arrays fit into memory.
std::vector<Column> large_columns(const ir::Source& source) {
  std::vector<formats::PlacedArray> arrays = placed_arrays(source);
  std::uint64_t bytes = 0;
  for (const formats::PlacedArray& array : arrays) {
    if (array.shape.empty()) return {};
    bytes += array.bytes();
  }
  if (bytes <= static_cast<std::uint64_t>(most_in_memory())) return {};
  std::vector<Column> columns;
  for (formats::PlacedArray& array : arrays) {
    Column column;
    column.name = array.name;
    column.file = array.file.path;
    column.stored = rows_in_file(std::move(array));
    columns.push_back(std::move(column));
  }
  return columns;
}

bool has_missing(const Column& column) {
  if (!at::isFloatingType(column.type())) return false;
  bool found = false;
  column.for_blocks(
      [&](std::int64_t, const at::Tensor& block) { found = found || at::isnan(block).any().item<bool>(); });
  return found;
}

Column column_of(const std::string& name, at::Tensor values, const std::string& file) {
  Column column;
  column.name = name;
  column.file = file;
  column.values = std::move(values);
  return column;
}

formats::Result<std::vector<Column>> read_idx_columns(const ir::Source& source) {
  formats::Result<formats::Table> table = formats::read_idx(source.files.at(0), source.files.at(1));
  if (!table) return {{}, std::move(table.fault)};
  std::vector<Column> columns;
  for (std::size_t i = 0; i < table.value->columns.size(); ++i) {
    const formats::Column& read = table.value->columns[i];
    std::vector<std::int64_t> shape{table.value->rows};
    shape.insert(shape.end(), read.type.shape.begin(), read.type.shape.end());
    at::Tensor values = at::empty(shape, at::TensorOptions().dtype(weights::scalar_type(read.type.dtype)));
    std::memcpy(values.data_ptr(), read.bytes.data(), std::min<std::size_t>(read.bytes.size(), values.nbytes()));
    columns.push_back(column_of(read.type.name, std::move(values), source.files[i]));
  }
  return {std::move(columns), {}};
}

formats::Result<std::vector<Column>> read_columns(const ir::Source& source) {
  std::vector<Column> columns;
  for (std::size_t i = 0; i < source.files.size(); ++i) {
    const std::string& file = source.files[i];
    if (source.kind == SourceId::Npy) {
      formats::Result<at::Tensor> one = weights::read_npy(file);
      if (!one) return {{}, std::move(one.fault)};
      columns.push_back(column_of(name_at(source, i), std::move(*one.value), file));
      continue;
    }
    auto tensors = source.kind == SourceId::Npz ? weights::read_npz(file) : weights::read_safetensors(file);
    if (!tensors) return {{}, std::move(tensors.fault)};
    for (auto& [name, tensor] : *tensors.value) columns.push_back(column_of(name, std::move(tensor), file));
  }
  return {std::move(columns), {}};
}

}  // namespace

// Every array has as many rows as the first one.
bool Loader::check_rows(const ir::Source& source, const std::vector<Column>& columns) {
  const auto refuse = [&](const std::string& file, const std::string& message) {
    sink_.report(source.span, diag::DataUnreadable, file + ": " + message);
    return false;
  };
  for (const Column& column : columns) {
    if (!column.stored && column.values.dim() == 0)
      return refuse(column.file, fmt::format("`{}` is a scalar, expected rows", column.name));
    if (column.rows() == columns[0].rows()) continue;
    sink_.report(source.span, diag::DataRowsDiffer, fmt::format("{}: `{}`", column.file, column.name),
                 support::counted(column.rows(), "row"), fmt::format("`{}`", columns[0].name), columns[0].rows());
    return false;
  }
  if (!columns.empty() && columns[0].rows() > 0) return true;
  return refuse(source.files.empty() ? std::string(catalogue::name_of(source.kind)) : source.files[0], "has no rows");
}

std::optional<Dataset> Loader::load_arrays(const ir::Source& source) {
  Dataset data;
  data.columns = large_columns(source);
  if (data.columns.empty()) {
    auto columns = source.kind == SourceId::Idx ? read_idx_columns(source) : read_columns(source);
    if (!columns) {
      sink_.report(source.span, diag::DataUnreadable, columns.fault.str());
      return std::nullopt;
    }
    data.columns = std::move(*columns.value);
  }
  if (!check_rows(source, data.columns)) return std::nullopt;
  for (Column& column : data.columns) column.has_missing = has_missing(column);
  data.rows = data.columns[0].rows();
  return data;
}

}  // namespace modelc::data
