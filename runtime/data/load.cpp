#include <ATen/Functions.h>
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "catalogue/bind.h"
#include "data/dataset.h"
#include "data/windows.h"
#include "support/counted.h"
#include "support/dotted_path.h"
#include "weights/npz.h"

namespace modelc::data {
namespace {

using catalogue::SourceId;
using types::DType;

using support::joined_path;

/// A window is of the group that it begins in.
std::shared_ptr<const Shares> shares_of_windows(const Shares& shares, const ir::Windows& windows, std::int64_t rows) {
  auto out = std::make_shared<Shares>();
  out->weights = shares.weights;
  for (const std::int64_t step : first_steps(windows, rows))
    out->group.push_back(shares.group[static_cast<std::size_t>(step)]);
  return out;
}

}  // namespace

std::shared_ptr<Dictionary> Loader::dictionary(const std::string& name) {
  std::shared_ptr<Dictionary>& found = dictionaries_[name];
  if (!found) found = std::make_shared<Dictionary>();
  return found;
}

const formats::ColumnType* Loader::trained_type(const ir::Source& source, const std::string& local_name,
                                                const std::string& full_name) const {
  const auto find = [](const ir::Source& in, const std::string& name) -> const formats::ColumnType* {
    for (const formats::ColumnType& type : in.columns)
      if (type.name == name) return &type;
    return nullptr;
  };
  if (training_ || !recipe_.train || !recipe_.train->known) return find(source, local_name);
  // The parts of an `alternate` have columns of their own, each its own feed.
  if (recipe_.train->kind == SourceId::Alternate)
    for (const auto& [name, part] : recipe_.train->parts)
      if (const formats::ColumnType* type = find(part, full_name)) return type;
  return find(*recipe_.train, full_name);
}

bool Loader::files_there(const ir::Source& source) {
  bool there = true;
  std::error_code error;
  for (const std::string& file : source.files) {
    // The tokenizer of a text travels in the checkpoint.
    const bool travels = source.kind == SourceId::Text && &file != source.files.data();
    if (travels || std::filesystem::exists(file, error)) continue;
    sink_.report(source.span, diag::DataFileNotThere, file).help("`--set data.root=FOLDER` says where the files are");
    there = false;
  }
  for (const auto& [name, part] : source.parts) there = files_there(part) && there;
  return there;
}

std::optional<std::vector<std::shared_ptr<Dataset>>> Loader::load(const ir::Source& source, const std::string& role) {
  training_ = role == "train";
  predicting_ = role == kGivenRole;
  if (!files_there(source)) return std::nullopt;
  auto parts = load_tree(source, role, "");
  for (std::size_t i = 0; parts && i < parts->size() && !recipe_.feeds.empty(); ++i) {
    const std::size_t feed = std::min(i, recipe_.feeds.size() - 1);
    Dataset& data = *(*parts)[i];
    data.own = data.columns.size();
    if (!add_derived(data, static_cast<std::uint32_t>(feed), source.span) || !take_windows(data, feed, source.span))
      return std::nullopt;
    if (data.shares && data.windows.n > 0) data.shares = shares_of_windows(*data.shares, data.windows, data.rows);
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
      if (!add_constants(source, *data, prefix)) return std::nullopt;
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
    case SourceId::Images:
      data = load_images(source, prefix);
      break;
    case SourceId::Idx:
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
    case SourceId::Mix:
      return load_mix(source, salt, prefix);
    case SourceId::Alternate:  // several datasets: load_tree takes them apart
    case SourceId::With:
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

bool Loader::add_constants(const ir::Source& source, Dataset& data, const std::string& prefix) {
  for (const auto& [name, constant] : source.constants) {
    if (constant.is_string()) {
      data.words[name] = constant.as_string();
    }
    Column column;
    column.name = joined_path(prefix, name);
    if (constant.is_string()) {
      column.text = dictionary(column.name);
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

}  // namespace modelc::data
