#include <ATen/Functions.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "catalogue/bind.h"
#include "data/dataset.h"
#include "support/counted.h"
#include "support/dotted_path.h"
#include "weights/npz.h"

namespace modelc::data {
namespace {

using catalogue::SourceId;
using types::DType;

template <class T>
at::Tensor tensor_of(const std::vector<T>& values, at::ScalarType type) {
  at::Tensor out = at::empty({static_cast<std::int64_t>(values.size())}, at::TensorOptions().dtype(type));
  if (!values.empty()) std::memcpy(out.data_ptr(), values.data(), values.size() * sizeof(T));
  return out;
}

using support::joined_path;

}  // namespace

std::shared_ptr<Dictionary> Loader::dictionary(const std::string& name) {
  std::shared_ptr<Dictionary>& found = dictionaries_[name];
  if (!found) found = std::make_shared<Dictionary>();
  return found;
}

const formats::ColumnType* Loader::trained_type(const ir::Source& source, const std::string& local_name,
                                                const std::string& full_name) const {
  // The parts of an `alternate` have columns of their own, each its own feed.
  const bool own = training_ || !recipe_.train || !recipe_.train->known || recipe_.train->kind == SourceId::Alternate;
  const std::string& name = own ? local_name : full_name;
  for (const formats::ColumnType& type : own ? source.columns : recipe_.train->columns)
    if (type.name == name) return &type;
  return nullptr;
}

std::optional<std::vector<std::shared_ptr<Dataset>>> Loader::load(const ir::Source& source, const std::string& role) {
  training_ = role == "train";
  auto parts = load_tree(source, role, "");
  for (std::size_t i = 0; parts && i < parts->size(); ++i) {
    const std::size_t feed = std::min(i, recipe_.feeds.size() - 1);
    if (recipe_.feeds.empty()) break;
    if (!add_derived(*(*parts)[i], static_cast<std::uint32_t>(feed), source.span) ||
        !take_windows(*(*parts)[i], feed, source.span))
      return std::nullopt;
  }
  return parts;
}

std::optional<Loader::Parts> Loader::load_tree(const ir::Source& source, const std::string& salt,
                                               const std::string& prefix) {
  Parts out;
  if (source.kind == SourceId::Alternate) {
    for (std::size_t i = 0; i < source.parts.size(); ++i) {
      auto part = load_tree(source.parts[i].second, fmt::format("{}/{}", salt, i), prefix);
      if (!part) return std::nullopt;
      for (auto& data : *part) {
        data->shuffle = data->shuffle && source.shuffle;
        out.push_back(std::move(data));
      }
    }
    return out;
  }
  if (source.kind == SourceId::With && source.parts.size() == 1) {
    auto parts = load_tree(source.parts[0].second, salt, prefix);
    if (!parts) return std::nullopt;
    for (auto& data : *parts)
      if (!add_constants(source, *data)) return std::nullopt;
    return parts;
  }
  std::optional<Dataset> data = load_one(source, salt, prefix);
  if (!data) return std::nullopt;
  data->shuffle = source.shuffle;
  out.push_back(std::make_shared<Dataset>(std::move(*data)));
  return out;
}

std::optional<Dataset> Loader::load_one(const ir::Source& source, const std::string& salt, const std::string& prefix) {
  std::optional<Dataset> data;
  switch (source.kind) {
    case SourceId::Synthetic:
      data = load_synthetic(source, salt);
      break;
    case SourceId::Csv:
      data = load_csv(source, prefix);
      break;
    case SourceId::Idx:
      data = load_idx(source);
      break;
    case SourceId::Npy:
    case SourceId::Npz:
    case SourceId::Safetensors:
      data = load_arrays(source);
      break;
    case SourceId::Text:
      data = load_text(source, prefix);
      break;
    case SourceId::Zip:
      return load_zip(source, salt, prefix);
    case SourceId::Alternate:  // several datasets: load_tree takes them apart
    case SourceId::With:
    case SourceId::Images:  // refused when the description is compiled
    case SourceId::Sqlite:
    case SourceId::Mix:
      catalogue::refuse_not_yet(catalogue::entry(source.kind), source.span, sink_);
      return std::nullopt;
  }
  if (!data) return std::nullopt;
  for (Column& column : data->columns) {
    const std::string local_name = column.name;
    column.name = joined_path(prefix, column.name);
    if (!take_type(source, column, local_name)) return std::nullopt;
  }
  return data;
}

// The type the feed was compiled for. Integers become numbers where those are due; nothing is lost silently.
bool Loader::take_type(const ir::Source& source, Column& column, const std::string& local_name) {
  const std::string& full_name = column.name;
  const formats::ColumnType* want = trained_type(source, local_name, full_name);
  if (!want) return true;
  if (column.text || want->dtype == DType::String) {
    if (static_cast<bool>(column.text) == (want->dtype == DType::String)) return true;
    for (std::int64_t row = 0; row < column.rows(); ++row) {
      const std::string word = column.shown(row);
      char* end = nullptr;
      const bool number = std::isfinite(std::strtod(word.c_str(), &end)) && end != word.c_str() && !*end;
      if (column.text && !number && !column.text->is_missing(column.row(row).item<std::int64_t>())) {
        sink_.report(source.span, diag::DataChangesType,
                     fmt::format("{}: `{}` is text in a column of {}s", column.place(row), word,
                                 types::dtype_word(want->dtype)));
        return false;
      }
    }
    sink_.report(source.span, diag::DataChangesType,
                 fmt::format("{}: column `{}` holds {}, the training data {}", column.file, full_name,
                             column.text ? "text" : "numbers", column.text ? "numbers" : "text"));
    return false;
  }
  const at::ScalarType type = weights::scalar_type(want->dtype);
  if (column.type() == type) return true;
  const at::Tensor converted = column.values.to(type);
  // A comparison as doubles sees fractions and missing values that an integer cannot hold.
  const at::Tensor same = converted.to(at::kDouble).eq(column.values.to(at::kDouble));
  if (!at::isFloatingType(type) && !same.all().item<bool>()) {
    const std::int64_t row = same.reshape({same.size(0), -1}).all(1).logical_not().nonzero()[0].item<std::int64_t>();
    sink_.report(
        source.span, diag::DataChangesType,
        fmt::format("{}: {} in a column of integers", column.place(row),
                    column.values.dim() == 1 && std::isnan(column.values[row].item<double>()) ? "a missing value"
                                                                                              : column.shown(row)));
    return false;
  }
  column.values = converted;
  return true;
}

std::optional<Dataset> Loader::load_csv(const ir::Source& source, const std::string& prefix) {
  formats::CsvOptions options = source.csv;
  for (const formats::ColumnType& own : source.columns)
    if (const formats::ColumnType* type = trained_type(source, own.name, joined_path(prefix, own.name));
        type && type->dtype == DType::String)
      options.text_columns.push_back(own.name);
  formats::Result<formats::Table> table = formats::read_csv(source.files.at(0), options);
  if (!table) {
    sink_.report(source.span, diag::DataUnreadable, table.fault.str());
    return std::nullopt;
  }
  Dataset data;
  data.rows = table.value->rows;
  std::shared_ptr<const std::vector<std::int64_t>> lines;
  for (formats::Column& read : table.value->columns) {
    Column column;
    column.name = read.type.name;
    column.has_missing = read.type.has_missing;
    column.file = table.value->file;
    column.field = read.file_column;
    if (!lines) lines = std::make_shared<const std::vector<std::int64_t>>(std::move(read.lines));
    column.lines = lines;
    if (read.type.dtype == DType::String) {
      column.text = dictionary(joined_path(prefix, column.name));
      std::vector<std::int64_t> codes(read.codes.size());
      std::vector<std::int64_t> code_of;
      for (const std::string& word : read.strings) code_of.push_back(column.text->code(word));
      for (std::size_t i = 0; i < codes.size(); ++i)
        codes[i] = read.codes[i] < 0 ? column.text->missing() : code_of[static_cast<std::size_t>(read.codes[i])];
      column.values = tensor_of(codes, at::kLong);
    } else if (!read.integers.empty()) {
      column.values = tensor_of(read.integers, at::kLong);
    } else {
      column.values = tensor_of(read.numbers, at::kDouble).to(at::kFloat);
    }
    data.columns.push_back(std::move(column));
  }
  return data;
}

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

bool Loader::add_constants(const ir::Source& source, Dataset& data) {
  for (const auto& [name, constant] : source.constants) {
    if (constant.is_string()) {
      data.words[name] = constant.as_string();
    }
    Column column;
    column.name = name;
    if (constant.is_string()) {
      column.text = dictionary(name);
      column.values = at::full({data.rows}, column.text->code(constant.as_string()), at::kLong);
    } else if (constant.is_bool()) column.values = at::full({data.rows}, constant.as_bool(), at::kBool);
    else if (constant.is_int()) column.values = at::full({data.rows}, constant.as_int(), at::kLong);
    else if (constant.is_float()) column.values = at::full({data.rows}, constant.as_double(), at::kFloat);
    else {
      sink_.report(source.span, diag::NotSupportedYet, fmt::format("`{}` as a constant column", constant.str()));
      return false;
    }
    data.columns.push_back(std::move(column));
  }
  return true;
}

// Row numbers that bring every part into the order of the first, by the key column.
bool Loader::add_key_rows(const ir::Source& source, const std::vector<Dataset>& parts,
                          std::vector<std::vector<std::int64_t>>& rows) {
  std::vector<const Column*> keys;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const Column* key = parts[i].find(joined_path(source.parts[i].first, source.on));
    if (!key || !key->shape().empty()) {
      sink_.report(source.span, diag::DataColumnMissing, joined_path(source.parts[i].first, source.on));
      return false;
    }
    keys.push_back(key);
  }
  for (std::size_t i = 1; i < parts.size(); ++i) {
    std::unordered_map<std::string, std::int64_t> index;
    for (std::int64_t row = 0; row < parts[i].rows; ++row) {
      const auto [it, fresh] = index.try_emplace(keys[i]->shown(row), row);
      if (!fresh) {
        sink_.report(source.span, diag::DataKeyMissing,
                     fmt::format("{}: the key `{}` stands twice, first at {}", keys[i]->place(row), it->first,
                                 keys[i]->place(it->second)));
        return false;
      }
    }
    for (std::int64_t row = 0; row < parts[0].rows; ++row) {
      const auto it = index.find(keys[0]->shown(row));
      if (it == index.end()) {
        sink_.report(
            source.span, diag::DataKeyMissing,
            fmt::format("{}: the key `{}` is not in {}", keys[0]->place(row), keys[0]->shown(row), keys[i]->file));
        return false;
      }
      rows[i].push_back(it->second);
    }
  }
  return true;
}

std::optional<Dataset> Loader::load_zip(const ir::Source& source, const std::string& salt, const std::string& prefix) {
  std::vector<Dataset> parts;
  for (const auto& [name, part] : source.parts) {
    auto loaded = load_tree(part, fmt::format("{}/{}", salt, name), joined_path(prefix, name));
    if (!loaded) return std::nullopt;
    if (loaded->size() != 1) {
      sink_.report(part.span, diag::NotSupportedYet, "`alternate` within `zip`");
      return std::nullopt;
    }
    parts.push_back(std::move(*(*loaded)[0]));
  }
  if (parts.empty()) return std::nullopt;
  std::vector<std::vector<std::int64_t>> rows(parts.size());
  if (!source.on.empty()) {
    if (!add_key_rows(source, parts, rows)) return std::nullopt;
  }
  Dataset data;
  data.rows = parts[0].rows;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (source.on.empty() && parts[i].rows != data.rows) {
      sink_.report(source.span, diag::DataRowsDiffer, fmt::format("`{}`", source.parts[i].first),
                   support::counted(parts[i].rows, "row"), fmt::format("`{}`", source.parts[0].first), data.rows);
      return std::nullopt;
    }
    for (Column& column : parts[i].columns) {
      if (!source.on.empty() && i > 0) column = column.select(rows[i]);
      data.columns.push_back(std::move(column));
    }
    for (const auto& [name, word] : parts[i].words) data.words[joined_path(source.parts[i].first, name)] = word;
  }
  // The key is one column for all, under its own name too.
  if (!source.on.empty())
    if (const Column* key = data.find(joined_path(source.parts[0].first, source.on)); key && !data.find(source.on)) {
      Column shared = *key;
      shared.name = source.on;
      data.columns.push_back(std::move(shared));
    }
  return data;
}

}  // namespace modelc::data
