// Rows with their predictions as CSV.
#include <ATen/Functions.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "commands/row_outputs.h"
#include "commands/written_cells.h"
#include "support/whole_file.h"

namespace modelc::runtime {
namespace {

/// As RFC 4180 has it.
std::string quoted(const std::string& text) {
  const bool plain = text.find_first_of(",\"\r\n") == std::string::npos &&
                     (text.empty() || (text.front() != ' ' && text.back() != ' '));
  if (plain) return text;
  std::string out = "\"";
  for (const char c : text) out += c == '"' ? std::string("\"\"") : std::string(1, c);
  return out + "\"";
}

/// Numbers one below the other, as texts that read back to the same number.
std::vector<std::string> texts_of(const at::Tensor& column) {
  std::vector<std::string> out;
  const auto add_all = [&]<class T>(const at::Tensor& values) {
    const at::Tensor whole = values.contiguous();
    for (std::int64_t i = 0; i < whole.numel(); ++i) out.push_back(fmt::format("{}", whole.data_ptr<T>()[i]));
  };
  if (column.scalar_type() == at::kBool) add_all.operator()<bool>(column);
  else if (column.scalar_type() == at::kDouble) add_all.operator()<double>(column);
  else if (at::isFloatingType(column.scalar_type())) add_all.operator()<float>(column.to(at::kFloat));
  else add_all.operator()<std::int64_t>(column.to(at::kLong));
  return out;
}

using Cells = std::vector<std::string>;  // of one column
using Columns = std::vector<std::pair<std::string, Cells>>;

/// A column of the source; a missing value is an empty cell.
Cells cells_of(const data::Column& column, const std::vector<std::int64_t>& rows) {
  const at::Tensor values = column.take(rows);
  Cells cells;
  if (column.text) {
    const at::Tensor codes = values.to(at::kLong).contiguous();
    for (std::int64_t i = 0; i < codes.numel(); ++i) {
      const std::int64_t code = codes.data_ptr<std::int64_t>()[i];
      cells.push_back(column.text->is_missing(code) ? "" : column.text->word(code));
    }
    return cells;
  }
  cells = texts_of(values.reshape({-1}));
  if (at::isFloatingType(values.scalar_type()))
    for (std::string& cell : cells)
      if (cell.find("nan") != std::string::npos) cell.clear();
  return cells;
}

/// The parts of an output of several values a row, `name.0.1`.
void add_values(Columns& columns, const std::string& name, const at::Tensor& values) {
  if (values.dim() == 1) {
    columns.emplace_back(name, texts_of(values));
    return;
  }
  for (std::int64_t i = 0; i < values.size(1); ++i)
    add_values(columns, values.size(1) == 1 && values.dim() == 2 ? name : fmt::format("{}.{}", name, i),
               values.select(1, i));
}

class RowTable final : public RowOutput {
 public:
  RowTable(std::string path, std::map<std::string, ClassScores> classes, const ir::Source& source)
      : path_(std::move(path)), classes_(std::move(classes)), written_(WrittenCells::of(source)) {}

  std::string add(const data::Dataset& data, const std::vector<std::int64_t>& rows, const NamedBatch& batch) override {
    Columns columns;
    std::set<std::string> own;
    // A window is made of several of the source's rows, which have no place in one line.
    const std::size_t kept = data.windows.n > 0 ? 0 : data.own;
    std::string fault;
    std::vector<Cells> written;
    if (written_ && kept > 0) written = written_->next(rows.size(), fault);
    if (!fault.empty()) return fault;
    for (std::size_t i = 0; i < kept; ++i) {
      const data::Column& column = data.columns[i];
      if (!column.shape().empty() || !own.insert(column.name).second) continue;
      columns.emplace_back(column.name, i < written.size() ? std::move(written[i]) : cells_of(column, rows));
    }
    Columns made;
    for (const auto& [name, tensor] : batch) {
      const auto scores = classes_.find(name);
      if (scores != classes_.end()) add_classes(made, scores->second, tensor);
      else add_values(made, name, tensor);
    }
    for (auto& [name, cells] : made) {
      while (!own.insert(name).second) name = "predicted." + name;
      columns.emplace_back(std::move(name), std::move(cells));
    }
    return write(columns, rows.size());
  }

  std::string finish() override {
    std::string fault;
    if (!begun_) return "there are no rows";
    const std::string_view bytes = spool_.bytes(fault);
    return fault.empty() ? support::write_atomically(path_, {bytes}) : fault;
  }

 private:
  void add_classes(Columns& columns, const ClassScores& scores, const at::Tensor& output) const {
    Cells names;
    const at::Tensor predicted = scores.predicted(output).contiguous();
    for (std::int64_t i = 0; i < predicted.numel(); ++i) {
      const auto at = static_cast<std::size_t>(predicted.data_ptr<std::int64_t>()[i]);
      names.push_back(at < scores.names.size() ? scores.names[at] : fmt::format("{}", at));
    }
    columns.emplace_back(scores.target, std::move(names));
    const at::Tensor probabilities = scores.probabilities(output);
    if (!probabilities.defined()) return;
    // Which target a probability is of, must be said where there are several.
    std::set<std::string> targets;
    for (const auto& [name, other] : classes_) targets.insert(other.target);
    for (std::size_t k = 0; k < scores.names.size(); ++k)
      columns.emplace_back(fmt::format("{}p({})", targets.size() > 1 ? scores.target + "." : "", scores.names[k]),
                           texts_of(probabilities.select(1, static_cast<std::int64_t>(k)).to(at::kFloat)));
  }

  std::string write(const Columns& columns, std::size_t rows) {
    std::string text;
    const auto add_line = [&](const auto& cell) {
      std::string line;
      for (std::size_t i = 0; i < columns.size(); ++i) line += (i ? "," : "") + quoted(cell(columns[i]));
      text += line.empty() ? "\"\"\n" : line + "\n";  // a blank line would be no row
    };
    if (!begun_) {
      if (std::string fault = spool_.open(path_); !fault.empty()) return fault;
      add_line([](const auto& column) { return column.first; });
      for (const auto& [name, cells] : columns) header_.push_back(name);
      begun_ = true;
    }
    const bool same = std::equal(header_.begin(), header_.end(), columns.begin(), columns.end(),
                                 [](const std::string& name, const auto& column) { return name == column.first; });
    if (!same) return "the rows have other columns than those before them";
    for (std::size_t row = 0; row < rows; ++row) add_line([&](const auto& column) { return column.second.at(row); });
    return spool_.append(text);
  }

  std::string path_;
  std::map<std::string, ClassScores> classes_;
  std::optional<WrittenCells> written_;
  Spool spool_;
  bool begun_ = false;
  std::vector<std::string> header_;
};

}  // namespace

std::unique_ptr<RowOutput> row_table(const std::string& path, std::map<std::string, ClassScores> classes,
                                     const ir::Source& source) {
  return std::make_unique<RowTable>(path, std::move(classes), source);
}

}  // namespace modelc::runtime
