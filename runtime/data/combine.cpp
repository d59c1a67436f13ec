// Sources over sources: `zip` by row or by key, `mix`.
#include <ATen/Functions.h>
#include <fmt/format.h>

#include <cmath>

#include "data/dataset.h"
#include "support/counted.h"
#include "support/dotted_path.h"
#include "weights/tensor_file.h"

namespace modelc::data {
namespace {

using support::joined_path;

/// The rows of several stored columns, one below the other.
class MixedRows : public StoredRows {
 public:
  MixedRows(std::shared_ptr<const Mixture> of, at::ScalarType type) : of_(std::move(of)), type_(type) {}
  std::int64_t count() const override { return static_cast<std::int64_t>(of_->rows->size()); }
  at::ScalarType type() const override { return type_; }
  std::vector<std::int64_t> shape() const override { return of_->parts[0].shape(); }

  at::Tensor read(const std::vector<std::int64_t>& rows) const override {
    std::vector<std::int64_t> sizes = shape();
    sizes.insert(sizes.begin(), static_cast<std::int64_t>(rows.size()));
    at::Tensor out = at::empty(sizes, at::TensorOptions().dtype(type_));
    for (std::size_t part = 0; part < of_->parts.size(); ++part) {
      std::vector<std::int64_t> there, places;
      for (std::size_t i = 0; i < rows.size(); ++i) {
        const Mixture::From& from = (*of_->rows)[static_cast<std::size_t>(rows[i])];
        if (from.part != part) continue;
        there.push_back(from.row);
        places.push_back(static_cast<std::int64_t>(i));
      }
      if (!there.empty()) out.index_copy_(0, at::tensor(places, at::kLong), of_->parts[part].take(there).to(type_));
    }
    return out;
  }

  std::uint64_t checksum(std::uint64_t sum) const override {
    for (const Column& part : of_->parts) sum = part.checksum(sum);
    return sum;
  }

 private:
  std::shared_ptr<const Mixture> of_;
  at::ScalarType type_;
};

/// Keys as texts that are equal where the keys are: 1 and 1.0, but no two numbers that only look alike.
std::vector<std::string> keys_of(const Column& column) {
  const at::Tensor values = column.take(consecutive(0, column.rows()));
  std::vector<std::string> keys;
  keys.reserve(static_cast<std::size_t>(column.rows()));
  if (column.text || !at::isFloatingType(values.scalar_type())) {
    const at::Tensor whole = values.to(at::kLong).contiguous();
    for (std::int64_t row = 0; row < whole.numel(); ++row) {
      const std::int64_t value = whole.data_ptr<std::int64_t>()[row];
      keys.push_back(column.text ? column.text->word(value) : fmt::format("{}", value));
    }
    return keys;
  }
  const at::Tensor numbers = values.to(at::kDouble).contiguous();
  constexpr double kExact = 9007199254740992.0;  // up to which a double holds every integer
  for (std::int64_t row = 0; row < numbers.numel(); ++row) {
    const double value = numbers.data_ptr<double>()[row];
    const bool whole = std::floor(value) == value && std::abs(value) < kExact;
    keys.push_back(whole ? fmt::format("{}", static_cast<std::int64_t>(value)) : fmt::format("{}", value));
  }
  return keys;
}

/// The first row without a key, -1 where all have one.
std::int64_t row_without_key(const Column& column) {
  if (!column.has_missing) return -1;
  const at::Tensor values = column.take(consecutive(0, column.rows()));
  const at::Tensor bad = column.text ? values.eq(column.text->has_missing() ? column.text->missing() : -1)
                         : at::isFloatingType(values.scalar_type()) ? values.isnan()
                                                                    : at::zeros_like(values, at::kBool);
  return bad.any().item<bool>() ? bad.nonzero()[0].item<std::int64_t>() : -1;
}

}  // namespace

// Row numbers that bring every part into the order of the first, by the key column.
bool Loader::add_key_rows(const ir::Source& source, const std::vector<Dataset>& parts,
                          std::vector<std::vector<std::int64_t>>& rows, const std::string& prefix) {
  const auto refuse = [&](std::string words) {
    sink_.report(source.span, diag::DataKeyMissing, std::move(words));
    return false;
  };
  std::vector<const Column*> columns;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const std::string name = joined_path(joined_path(prefix, source.parts[i].first), source.on);
    const Column* key = parts[i].find(name);
    if (!key || !key->shape().empty()) {
      sink_.report(source.span, diag::DataColumnMissing, name);
      return false;
    }
    if (const std::int64_t row = row_without_key(*key); row >= 0)
      return refuse(fmt::format("{}: the row has no key `{}`", key->place(row), source.on));
    columns.push_back(key);
  }
  const std::vector<std::string> wanted = keys_of(*columns[0]);
  for (std::size_t i = 1; i < parts.size(); ++i) {
    const std::vector<std::string> keys = keys_of(*columns[i]);
    std::unordered_map<std::string_view, std::int64_t> index;
    for (std::size_t row = 0; row < keys.size(); ++row) {
      const auto [it, fresh] = index.try_emplace(keys[row], static_cast<std::int64_t>(row));
      if (!fresh)
        return refuse(fmt::format("{}: the key `{}` stands twice, first at {}",
                                  columns[i]->place(static_cast<std::int64_t>(row)), keys[row],
                                  columns[i]->place(it->second)));
    }
    std::int64_t first = -1, lacking = 0;
    for (std::size_t row = 0; row < wanted.size(); ++row) {
      const auto it = index.find(wanted[row]);
      if (it != index.end()) {
        rows[i].push_back(it->second);
        continue;
      }
      if (lacking++ == 0) first = static_cast<std::int64_t>(row);
    }
    if (lacking == 0) continue;
    const std::string where =
        columns[i]->file.empty() ? fmt::format("part `{}`", source.parts[i].first) : columns[i]->file;
    return refuse(fmt::format(
        "{}: the key `{}` is not in {}{}", columns[0]->place(first), wanted[static_cast<std::size_t>(first)], where,
        lacking == 1 ? "" : fmt::format(", nor are those of {} more", support::counted(lacking - 1, "row"))));
  }
  return true;
}

std::optional<Dataset> Loader::load_zip(const ir::Source& source, const std::string& salt, const std::string& prefix) {
  std::vector<Dataset> parts;
  for (const auto& [name, part] : source.parts) {
    auto loaded = load_tree(part, fmt::format("{}/{}", salt, name), joined_path(prefix, name));
    if (!loaded) return std::nullopt;
    parts.push_back(std::move(*loaded->at(0)));  // an `alternate` stands outside of the zip
  }
  if (parts.empty()) return std::nullopt;
  std::vector<std::vector<std::int64_t>> rows(parts.size());
  if (!source.on.empty() && !add_key_rows(source, parts, rows, prefix)) return std::nullopt;
  Dataset data;
  data.rows = parts[0].rows;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (source.on.empty() && parts[i].rows != data.rows) {
      sink_.report(source.span, diag::DataRowsDiffer, fmt::format("`{}`", source.parts[i].first),
                   support::counted(parts[i].rows, "row"), fmt::format("`{}`", source.parts[0].first), data.rows);
      return std::nullopt;
    }
    for (Column& column : parts[i].columns) {
      if (!source.on.empty() && data.find(column.name)) continue;  // the key, where parts have no names
      if (!source.on.empty() && i > 0) column = column.select(rows[i]);
      data.columns.push_back(std::move(column));
    }
    for (const auto& [name, word] : parts[i].words) data.words[joined_path(source.parts[i].first, name)] = word;
    // Rows that are drawn by weight bring those beside them along.
    if (!data.shares && (source.on.empty() || i == 0)) data.shares = parts[i].shares;
  }
  return data;
}

std::optional<Column> Loader::mixed_column(const ir::Source& source, std::vector<Dataset>& parts,
                                           const std::string& name,
                                           const std::shared_ptr<const std::vector<Mixture::From>>& rows,
                                           const std::string& prefix) {
  auto mixture = std::make_shared<Mixture>();
  mixture->rows = rows;
  bool stored = false, missing = false;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const Column* column = parts[i].find(name);
    const bool agrees = column && column->shape() == parts[0].find(name)->shape() &&
                        static_cast<bool>(column->text) == static_cast<bool>(parts[0].find(name)->text);
    if (!agrees) {
      sink_.report(source.parts[i].second.span, diag::SourceArgument, "`mix`",
                   column ? fmt::format("a part with another kind of `{}`", name)
                          : fmt::format("a part without the column `{}`", name),
                   "the columns of the first part");
      return std::nullopt;
    }
    stored = stored || column->stored;
    missing = missing || column->has_missing;
    mixture->parts.push_back(*column);
  }
  Column out = mixture->parts[0];
  out.lines = nullptr;
  out.places = nullptr;
  out.file.clear();
  out.has_missing = missing;
  const std::string local = prefix.empty() ? name : name.substr(prefix.size() + 1);
  const formats::ColumnType* type = trained_type(source, local, name);
  const at::ScalarType dtype =
      type && type->dtype != types::DType::String ? weights::scalar_type(type->dtype) : out.type();
  if (stored) {
    out.values = at::Tensor();
    out.stored = std::make_shared<MixedRows>(mixture, dtype);
    out.mixture = std::move(mixture);
    return out;
  }
  std::vector<at::Tensor> values;
  for (Column& part : mixture->parts) {
    values.push_back(part.values.to(dtype));
    part.values = at::Tensor();  // the places are all that is asked of them
  }
  out.values = at::cat(values, 0);
  out.mixture = std::move(mixture);
  return out;
}

std::optional<Dataset> Loader::load_mix(const ir::Source& source, const std::string& salt, const std::string& prefix) {
  std::vector<Dataset> parts;
  auto rows = std::make_shared<std::vector<Mixture::From>>();
  auto shares = std::make_shared<Shares>();
  Dataset data;
  for (std::size_t i = 0; i < source.parts.size(); ++i) {
    auto loaded = load_tree(source.parts[i].second, fmt::format("{}/{}", salt, i), prefix);
    if (!loaded) return std::nullopt;
    parts.push_back(std::move(*loaded->at(0)));
    for (std::int64_t row = 0; row < parts[i].rows; ++row) rows->push_back({static_cast<std::uint32_t>(i), row});
    shares->group.insert(shares->group.end(), static_cast<std::size_t>(parts[i].rows), static_cast<std::int32_t>(i));
    data.rows += parts[i].rows;
  }
  for (const Column& first : parts.at(0).columns) {
    auto column = mixed_column(source, parts, first.name, rows, prefix);
    if (!column) return std::nullopt;
    data.columns.push_back(std::move(*column));
  }
  shares->weights = source.weights;
  if (!source.weights.empty()) data.shares = std::move(shares);
  // A constant that is the same in all parts is one of the whole.
  data.words = parts[0].words;
  for (const Dataset& part : parts)
    std::erase_if(data.words, [&](const auto& word) {
      const auto found = part.words.find(word.first);
      return found == part.words.end() || found->second != word.second;
    });
  return data;
}

}  // namespace modelc::data
