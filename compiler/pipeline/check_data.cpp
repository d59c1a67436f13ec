#include "pipeline/check_data.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "catalogue/entry.h"
#include "formats/categories.h"
#include "passes/index_limits.h"

namespace modelc::pipeline {
namespace {

using passes::IndexLimit;

/// A value that is too high or negative, where it stands, and what helps.
struct Outside {
  std::string place;
  std::int64_t value = 0;
  std::string cure = {};
};

bool fits(std::int64_t value, const IndexLimit& limit) {
  return (value >= 0 && value <= limit.high) || value == limit.spare;
}

/// The column that an input of the model is, perhaps numbered by `category`.
struct Origin {
  std::string column;
  bool numbered = false;
};

std::optional<Origin> origin_of(const ir::Graph& feed, const ir::Operand& operand) {
  if (operand.kind != ir::Operand::Value) return std::nullopt;
  const ir::ValueInfo& value = feed.values[operand.value];
  if (value.kind == ir::ValueKind::Input) return Origin{feed.inputs[value.source].name, false};
  if (value.kind != ir::ValueKind::Result) return std::nullopt;
  const ir::Node& node = feed.nodes[value.source];
  if (ir::op_of(node).name != catalogue::entry(catalogue::FeedId::Category).name) return std::nullopt;
  const std::optional<Origin> before = origin_of(feed, node.operands.front());
  return before && !before->numbered ? std::optional(Origin{before->column, true}) : std::nullopt;
}

/// The whole of a file that is read in no time.
std::optional<formats::Table> small_table(const ir::Source& source) {
  constexpr std::uintmax_t kMost = 1u << 20;
  std::error_code error;
  if (source.files.size() != 1 || std::filesystem::file_size(source.files[0], error) > kMost || error)
    return std::nullopt;
  return formats::read_csv(source.files[0], source.csv).value;
}

std::optional<Outside> outside_of_file(const ir::Source& source, const Origin& origin, const IndexLimit& limit) {
  const std::optional<formats::Table> table = small_table(source);
  if (!table) return std::nullopt;
  for (const formats::Column& column : table->columns) {
    if (column.type.name != origin.column) continue;
    if (origin.numbered) {
      const std::int64_t count = formats::categories_of(column).count();
      if (count - 1 <= limit.high) return std::nullopt;
      return Outside{fmt::format("{}: the last of {} values of `{}`", table->file, count, origin.column), count - 1};
    }
    const auto bad = std::find_if_not(column.integers.begin(), column.integers.end(),
                                      [&](std::int64_t value) { return fits(value, limit); });
    if (bad == column.integers.end()) return std::nullopt;
    const auto row = static_cast<std::size_t>(bad - column.integers.begin());
    return Outside{fmt::format("{}:{}:{}", table->file, column.lines.at(row), column.file_column), *bad,
                   fmt::format("`category(\"{}\")` numbers the values from 0", origin.column)};
  }
  return std::nullopt;
}

/// A draw is judged by what it may give, whatever the seed.
std::optional<Outside> outside_of_draw(const ir::Source& source, const Origin& origin, const IndexLimit& limit) {
  for (const auto& [name, draw] : source.draws) {
    if (name != origin.column || draw.kind != catalogue::DrawId::Randint || origin.numbered) continue;
    const auto low = static_cast<std::int64_t>(draw.a), high = static_cast<std::int64_t>(draw.b) - 1;
    for (const std::int64_t value : {low, high})
      if (!fits(value, limit)) return Outside{fmt::format("a draw from {} to {}", low, high), value};
  }
  return std::nullopt;
}

/// The classes that a folder of images names are numbered from 0.
std::optional<Outside> outside_of_classes(const ir::Source& source, const Origin& origin, const IndexLimit& limit) {
  for (const formats::ColumnType& column : source.columns) {
    const auto count = static_cast<std::int64_t>(column.categories.size());
    if (column.name != origin.column || origin.numbered || count - 1 <= limit.high) continue;
    return Outside{fmt::format("{}: the last of {} classes, `{}`", source.files.empty() ? column.name : source.files[0],
                               count, column.categories.back()),
                   count - 1, fmt::format("`data.categories(\"{}\")` is their number", column.name)};
  }
  return std::nullopt;
}

std::optional<Outside> outside(const ir::Source& source, const Origin& origin, const IndexLimit& limit) {
  if (!source.known) return std::nullopt;
  if (source.kind == catalogue::SourceId::With && source.parts.size() == 1)
    return outside(source.parts[0].second, origin, limit);
  if (source.kind == catalogue::SourceId::Csv) return outside_of_file(source, origin, limit);
  if (source.kind == catalogue::SourceId::Synthetic) return outside_of_draw(source, origin, limit);
  if (source.kind == catalogue::SourceId::Images) return outside_of_classes(source, origin, limit);
  return std::nullopt;
}

std::optional<std::int64_t> rows_of(const ir::Source& source) {
  if (source.kind == catalogue::SourceId::With && source.parts.size() == 1) return rows_of(source.parts[0].second);
  if (source.rows >= 0) return source.rows;
  if (source.kind != catalogue::SourceId::Csv) return std::nullopt;
  const std::optional<formats::Table> table = small_table(source);
  return table ? std::optional(table->rows) : std::nullopt;
}

/// How many rows train, as runtime/data/split.cpp chooses them; unknown where values of a column decide.
std::optional<std::int64_t> trained_rows(const ir::Data& data) {
  const std::optional<std::int64_t> rows = data.train ? rows_of(*data.train) : std::nullopt;
  const bool windowed =
      std::any_of(data.made.windows.begin(), data.made.windows.end(), [](const auto& w) { return w.n > 0; });
  if (!rows || windowed || !data.split.by.empty()) return std::nullopt;
  if (data.split.fraction > 0) return *rows - std::llround(static_cast<double>(*rows) * data.split.fraction);
  if (data.split.folds < 2) return rows;
  if (!data.split.stratify.empty()) return std::nullopt;
  return *rows - (*rows - data.split.fold + data.split.folds - 1) / data.split.folds;
}

/// True where only the rows of the batch lie beside each channel: one row has no variance.
bool needs_rows(const ir::Graph& graph, const ir::Node& node) {
  const ops::Writes& writes = ir::op_of(node).writes;
  const types::Constant* on = writes.inputs.empty() ? nullptr : ir::attribute_of(node, writes.mode);
  const ir::Operand& input = node.operands.front();
  if (!on || !on->is_bool() || !on->as_bool() || input.kind != ir::Operand::Value) return false;
  const std::vector<types::Dim>& shape = graph.values[input.value].type.tensor.shape;
  const bool rows = std::any_of(graph.inputs.begin(), graph.inputs.end(), [&](const ir::Input& one) {
    return one.type.is_tensor() && !one.type.tensor.shape.empty() && !shape.empty() &&
           one.type.tensor.shape[0] == shape[0];
  });
  return rows && shape.size() >= 2 && !shape[0].is_constant() &&
         std::all_of(shape.begin() + 2, shape.end(), [](const types::Dim& size) { return size == types::Dim(1); });
}

/// The symbol that counts the rows of everything that the training feeds.
std::optional<types::SymbolId> rows_symbol(const ir::Graph& graph) {
  std::optional<types::SymbolId> symbol;
  for (const ir::Input& input : graph.inputs) {
    if (!input.type.is_tensor() || input.type.tensor.shape.empty()) return std::nullopt;
    const types::Dim first = input.type.tensor.shape[0];
    const std::vector<types::SymbolId> symbols = first.symbols();
    if (symbols.size() != 1 || first.evaluate({{symbols[0], 7}}) != 7) return std::nullopt;
    if (symbol && *symbol != symbols[0]) return std::nullopt;
    symbol = symbols[0];
  }
  return symbol;
}

void check_last_batch(const ir::Program& program, const ir::Recipe& recipe, const ir::Phase& phase, std::int64_t rows,
                      diagnostics::Sink& sink) {
  const ir::Training& training = phase.training;
  if (training.batching.drop_last || rows % training.batch != 1 % training.batch) return;
  for (const ir::Graph& graph : program.graphs) {
    if (!graph.training || graph.losses.empty()) continue;
    for (const ir::Node& node : graph.nodes) {
      // What stands still in a phase takes its statistics, not the batch's.
      const bool held = std::find(phase.held.begin(), phase.held.end(), node.path) != phase.held.end();
      if (held || !needs_rows(graph, node)) continue;
      sink.report(node.span, diag::LastBatchOfOne, rows, training.batch, node.path)
          .note(recipe.data.span, "the rows come from here")
          .help("`drop_last: true` under `train` leaves it out, or take another `batch`");
      return;
    }
  }
}

}  // namespace

bool check_batch(const ir::Program& program, const ir::Recipe& recipe, diagnostics::Sink& sink) {
  const std::int64_t batch = recipe.training.batch;
  const std::optional<std::int64_t> rows = trained_rows(recipe.data);
  if (!recipe.data.train || (rows && *rows < batch)) return true;
  for (const ir::Graph& graph : program.graphs) {
    const auto symbol = graph.training && !graph.losses.empty() ? rows_symbol(graph) : std::nullopt;
    if (!symbol) continue;
    for (const types::Requirement& required : graph.conditions.requirements()) {
      const auto a = required.a.evaluate({{*symbol, batch}}), b = required.b.evaluate({{*symbol, batch}});
      const bool equal = required.relation == types::Relation::Equal;
      if (!a || !b || (equal ? *a == *b : *a >= *b)) continue;
      const std::string& name = types::DimTable::current().symbol_name(*symbol);
      const bool turned = equal && required.a.is_constant();  // the number stands behind
      const types::Dim left = turned ? required.b : required.a, right = turned ? required.a : required.b;
      sink.report(required.origin.span, diag::SizesDiffer, required.origin.what,
                  fmt::format("`{} = {}` in a batch of the training", name, batch), left.str(),
                  equal ? "==" : ">=", right.str())
          .note(recipe.data.span, "the rows come from here")
          .help(fmt::format("`{}` counts the rows of a batch, `train.batch`; rows stand for themselves", name));
      return false;
    }
  }
  return true;
}

void check_last_batch(const ir::Program& program, const ir::Recipe& recipe, diagnostics::Sink& sink) {
  const std::optional<std::int64_t> rows = trained_rows(recipe.data);
  if (!rows) return;
  if (recipe.phases.empty()) return check_last_batch(program, recipe, {recipe.training, {}, {}, {}}, *rows, sink);
  for (const ir::Phase& phase : recipe.phases) check_last_batch(program, recipe, phase, *rows, sink);
}

bool check_data(const ir::Program& program, const ir::Data& data, diagnostics::Sink& sink) {
  // With several feeds each part of the source has columns of its own.
  if (!data.train || data.feeds.size() != 1) return true;
  bool good = true;
  const std::map<std::string, IndexLimit> limits = passes::index_limits(program);
  for (const ir::Output& fed : data.feeds[0].outputs) {
    const auto limit = limits.find(fed.name);
    const std::optional<Origin> origin = origin_of(data.feeds[0], fed.value);
    if (limit == limits.end() || !origin) continue;
    const std::optional<Outside> found = outside(*data.train, *origin, limit->second);
    if (!found) continue;
    good = false;
    auto report = sink.report(fed.span, diag::DataOutOfRange, found->place, fed.name, found->value,
                              fmt::format("0 to {} ({})", limit->second.high, limit->second.what));
    if (!found->cure.empty()) report.help(found->cure);
  }
  return good;
}

}  // namespace modelc::pipeline
