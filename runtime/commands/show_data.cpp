// `data show`: the sources of a recipe column by column, how rows are shared out, and rows before and after the feed.
#include <ATen/Functions.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "data/column_summary.h"
#include "data/contact_sheet.h"
#include "train/session.h"

namespace modelc::runtime {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kRows = 3;          // that are shown
constexpr std::size_t kImages = 64;       // on a sheet
constexpr std::int64_t kValuesShown = 8;  // of an array
constexpr std::size_t kWords = 8;         // of a column, in a line

/// Datasets by what they are for: `train`, or `train.0` where there are several.
using Named = std::vector<std::pair<std::string, const data::Dataset*>>;

void add_datasets(Named& all, const std::string& role, const std::vector<data::Part>& parts) {
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const data::Dataset* dataset = parts[i].data.get();
    const bool known = std::any_of(all.begin(), all.end(), [&](const auto& one) { return one.second == dataset; });
    if (!known) all.emplace_back(parts.size() > 1 ? fmt::format("{}.{}", role, i) : role, dataset);
  }
}

Json number_of(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

/// A tensor's numbers: one as it is, several as a list that is cut.
Json shown(const at::Tensor& value) {
  const auto one = [](const at::Tensor& number) {
    if (at::isFloatingType(number.scalar_type())) return number_of(number.item<double>());
    return number.scalar_type() == at::kBool ? Json(number.item<bool>()) : Json(number.item<std::int64_t>());
  };
  if (value.dim() == 0) return one(value);
  Json list = Json::array();
  const at::Tensor flat = value.reshape({-1});
  for (std::int64_t i = 0; i < std::min(kValuesShown, flat.numel()); ++i) list.push_back(one(flat[i]));
  if (flat.numel() > kValuesShown) list.push_back(fmt::format("… {} in all", flat.numel()));
  return list;
}

Json shown(const data::Column& column, std::int64_t row) {
  const at::Tensor value = column.row(row);
  if (!column.text) return shown(value);
  if (value.dim() > 0) return fmt::format("{} words", value.numel());
  const auto code = value.item<std::int64_t>();
  return column.text->is_missing(code) ? Json(nullptr) : Json(column.text->word(code));
}

Json described(const data::ColumnSummary& column) {
  Json out = {{"name", column.name}, {"type", column.type}, {"missing", column.missing}};
  if (column.range) {
    out["min"] = number_of(column.range->min);
    out["max"] = number_of(column.range->max);
    out["mean"] = number_of(column.range->mean);
    out["std"] = number_of(column.range->std);
  }
  if (!column.values.empty()) {
    out["distinct"] = column.distinct;
    for (const auto& [value, count] : column.values) out["values"].push_back({{"value", value}, {"count", count}});
  }
  return out;
}

class DataShow {
 public:
  explicit DataShow(const Request& request) : request_(request), session_(request) {}

  int run() {
    const bool whole = session_.open_data_alone();
    if (session_.training_parts().empty()) return 1;
    if (!whole && request_.json) return 1;  // what is wrong is the result
    gather(whole);
    const std::string text =
        request_.json ? told_.dump(2, ' ', false, Json::error_handler_t::replace) + "\n" : as_text();
    const bool written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
    if (!whole) return 1;
    if (!request_.output.empty())
      if (const int code = write_sheet(); code != 0) return code;
    return written ? 0 : 3;
  }

 private:
  void gather(bool fed) {
    Named datasets;
    add_datasets(datasets, "train", session_.training_parts());
    add_datasets(datasets, "valid", session_.valid_parts());
    add_datasets(datasets, "test", session_.test_parts());
    told_["sources"] = Json::array();
    for (const auto& [name, dataset] : datasets) {
      Json columns = Json::array();
      for (std::size_t i = 0; i < dataset->own; ++i)
        columns.push_back(described(data::summary_of(dataset->columns[i])));
      told_["sources"].push_back({{"name", name}, {"rows", dataset->rows}, {"columns", std::move(columns)}});
    }
    told_["splits"] = {{"train", data::row_count(session_.training_parts())},
                       {"valid", data::row_count(session_.valid_parts())},
                       {"test", data::row_count(session_.test_parts())}};
    told_["rows"] = Json::array();
    const data::Part& part = session_.training_parts()[0];
    const std::vector<std::int64_t> rows(
        part.rows.begin(), part.rows.begin() + static_cast<std::ptrdiff_t>(std::min(kRows, part.rows.size())));
    for (const std::int64_t row : rows) {
      Json before = Json::object();
      // Of a window the row that it begins with.
      const std::int64_t own = part.data->windows.n > 0 ? row * part.data->windows.stride : row;
      for (std::size_t i = 0; i < part.data->own; ++i)
        before[part.data->columns[i].name] = shown(part.data->columns[i], own);
      told_["rows"].push_back({{"row", row + 1}, {"source", std::move(before)}});
    }
    if (!fed) return;
    data::Feed& feed = session_.feed(part, 0);
    const std::vector<at::Tensor> values = feed.run(rows, first_epoch());
    for (std::size_t i = 0; i < rows.size(); ++i)
      for (std::size_t k = 0; k < values.size(); ++k) {
        const at::Tensor& value = values[k];
        const bool by_row = value.dim() > 0 && value.size(0) == static_cast<std::int64_t>(rows.size());
        told_["rows"][i]["fed"][feed.names()[k]] = shown(by_row ? value[static_cast<std::int64_t>(i)] : value);
      }
  }

  static std::string figure(const Json& column, const char* name) {
    if (!column.contains(name)) return "";
    return column[name].is_null() ? "-" : fmt::format("{:.6g}", column[name].get<double>());
  }

  static std::string values_words(const Json& column) {
    if (!column.contains("values")) return "";
    std::string out = fmt::format("{}:", column["distinct"].get<std::int64_t>());
    const std::size_t shown = std::min(column["values"].size(), kWords);
    for (std::size_t i = 0; i < shown; ++i) {
      const Json& value = column["values"][i];
      out += fmt::format(" {} {},", value["value"].get<std::string>(), value["count"].get<std::int64_t>());
    }
    out.pop_back();
    return shown < column["distinct"].get<std::size_t>() ? out + ", …" : out;
  }

  static std::string source_text(const Json& source) {
    std::vector<std::vector<std::string>> lines{{"column", "type", "missing", "min", "max", "mean", "std", "values"}};
    for (const Json& column : source["columns"])
      lines.push_back({column["name"].get<std::string>(), column["type"].get<std::string>(),
                       fmt::format("{}", column["missing"].get<std::int64_t>()), figure(column, "min"),
                       figure(column, "max"), figure(column, "mean"), figure(column, "std"), values_words(column)});
    std::vector<std::size_t> widths(lines[0].size(), 0);
    for (const auto& line : lines)
      for (std::size_t i = 0; i + 1 < line.size(); ++i) widths[i] = std::max(widths[i], line[i].size());
    std::string out =
        fmt::format("{}: {} rows\n", source["name"].get<std::string>(), source["rows"].get<std::int64_t>());
    for (const auto& line : lines) {
      std::string text = "  ";
      for (std::size_t i = 0; i < line.size(); ++i) text += fmt::format("{:<{}}  ", line[i], widths[i]);
      text.erase(text.find_last_not_of(' ') + 1);
      out += text + "\n";
    }
    return out;
  }

  static std::string row_words(const Json& values) {
    std::string out;
    for (const auto& [name, value] : values.items())
      out += fmt::format("  {}={}", name, value.is_string() ? value.get<std::string>() : words_of(value));
    return out;
  }

  static std::string words_of(const Json& value) {
    if (value.is_null()) return "";
    if (value.is_number_float()) return fmt::format("{:.6g}", value.get<double>());
    if (value.is_string()) return value.get<std::string>();
    if (!value.is_array()) return value.dump();
    std::vector<std::string> words;
    for (const Json& one : value) words.push_back(words_of(one));
    return fmt::format("[{}]", fmt::join(words, ", "));
  }

  std::string as_text() const {
    std::string out;
    for (const Json& source : told_["sources"]) out += source_text(source) + "\n";
    out += "splits:";
    for (const auto& [name, rows] : told_["splits"].items())
      if (rows.get<std::int64_t>() > 0) out += fmt::format("  {} {}", name, rows.get<std::int64_t>());
    out += "\n";
    for (const Json& row : told_["rows"]) {
      out += fmt::format("\nrow {} of train\n  before{}\n", row["row"].get<std::int64_t>(), row_words(row["source"]));
      if (row.contains("fed")) out += fmt::format("  after {}\n", row_words(row["fed"]));
    }
    return out;
  }

  /// The first of the fed tensors that has the shape of images: [rows, at most four channels, height, width], or
  /// [rows, height, width].
  static bool is_image(const at::Tensor& value) {
    constexpr std::int64_t kLeast = 4;  // pixels a side
    if (value.dim() == 3) return value.size(1) >= kLeast && value.size(2) >= kLeast;
    return value.dim() == 4 && value.size(1) <= 4 && value.size(2) >= kLeast && value.size(3) >= kLeast;
  }

  /// As training draws them: crops and colours are seen as the model will see them.
  data::Drawing first_epoch() const { return {true, session_.seed(), 1}; }

  int write_sheet() {
    const data::Part& part = session_.training_parts()[0];
    // From all over the rows, which a folder of images has by class.
    const std::size_t count = std::min(kImages, part.rows.size());
    std::vector<std::int64_t> rows;
    for (std::size_t i = 0; i < count; ++i) rows.push_back(part.rows[i * part.rows.size() / count]);
    for (const at::Tensor& value : session_.feed(part, 0).run(rows, first_epoch())) {
      if (!is_image(value)) continue;
      const std::string fault = data::write_contact_sheet(request_.output, value);
      if (fault.empty()) return 0;
      request_.sink->report({}, diag::CannotWriteFile, request_.output, fault);
      return 3;
    }
    request_.sink->report({}, diag::CannotWriteFile, request_.output, "nothing that is fed has the shape of images");
    return 1;
  }

  const Request& request_;
  train::Session session_;
  Json told_;
};

}  // namespace

int show_data(const Request& request) {
  try {
    return DataShow(request).run();
  } catch (const exec::RuntimeFault& fault) {
    return data::report_fault(fault, *request.sink);
  }
}

}  // namespace modelc::runtime
