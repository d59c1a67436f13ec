#include <ATen/Functions.h>
#include <fmt/format.h>

#include <algorithm>

#include "catalogue/bind.h"
#include "data/dataset.h"
#include "support/counted.h"
#include "support/dotted_path.h"
#include "weights/npz.h"

namespace modelc::data {
namespace {

using catalogue::SourceId;
using types::DType;

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
  return load_tree(source, role, "");
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
    case SourceId::Sqlite:
      data = load_table(source, prefix);
      break;
    case SourceId::Idx:
    case SourceId::Npy:
    case SourceId::Npz:
    case SourceId::Safetensors:
      data = load_arrays(source);
      break;
    case SourceId::Zip:
      return load_zip(source, salt, prefix);
    case SourceId::Alternate:  // several datasets: load_tree takes them apart
    case SourceId::With:
    case SourceId::Images:  // refused when the description is compiled
    case SourceId::Text:
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
