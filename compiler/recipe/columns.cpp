#include "recipe/columns.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "ir/builder.h"
#include "ir/recipe.h"
#include "recipe/text_functions.h"
#include "support/utf8.h"

namespace modelc::recipe {

using formats::ColumnType;

namespace {

Value input_of(Tracer& t, const ColumnType& column, Dim rows, Span span) {
  TensorType type;
  type.dtype = column.dtype;
  type.shape.push_back(rows);
  for (const std::int64_t size : column.shape) type.shape.emplace_back(size);
  Value value = Value::of_tensor(ir::add_input(*t.graph, column.name, std::move(type), span));
  value.span = span;
  return value;
}

}  // namespace

std::optional<Value> FeedColumns::column(Tracer& t, const std::string& name, Span span) {
  for (const ColumnType& one : columns_) {
    if (one.name != name) continue;
    if (one.duplicate) {
      t.fault(span, diag::ColumnTwice, name);
      return Value::poison();
    }
    const auto [at, fresh] = values_.emplace(name, Value::poison());
    if (fresh) at->second = input_of(t, one, rows_, span);
    if (fresh && one.tokens) at->second = numbered(t, *this, at->second, 0, span);
    Value value = at->second;
    value.span = span;  // where it is read this time
    return value;
  }
  return std::nullopt;
}

Value FeedColumns::draws(Tracer& t, Span span) {
  const auto [at, fresh] = values_.emplace(ir::kDraws, Value::poison());
  if (fresh) at->second = input_of(t, {ir::kDraws, types::DType::Int64, {}}, rows_, span);
  return at->second;
}

Value FeedColumns::required(Tracer& t, const std::string& name, Span span) {
  if (const auto value = column(t, name, span)) return *value;
  if (!holds_rows() || !std::exchange(rows_told_, true)) report_missing(t, name, span);
  return Value::poison();
}

std::optional<Value> FeedColumns::part(Tracer& t, const std::string& name, Span span) {
  std::vector<Value> items;
  std::vector<std::string> names;
  for (const ColumnType& one : columns_) {
    if (!one.name.starts_with(name + ".")) continue;
    names.push_back(one.name.substr(name.size() + 1));
    items.push_back(one.duplicate ? Value::poison() : column(t, one.name, span).value_or(Value::poison()));
  }
  if (items.empty()) return std::nullopt;
  return Value::of_list(std::move(items), false, std::move(names));
}

std::optional<Value> FeedColumns::name(Tracer& t, const std::string& name, Span span) {
  if (auto value = column(t, name, span)) return value;
  if (auto value = part(t, name, span)) return value;
  return holds_rows() ? std::optional(required(t, name, span)) : std::nullopt;
}

bool FeedColumns::holds_rows() const {
  return columns_.size() == 1 && columns_[0].name.find_first_of(";\t|") != std::string::npos;
}

void FeedColumns::pass_over(const ColumnType& column) {
  const bool known = std::find(passed_over_.begin(), passed_over_.end(), &column) != passed_over_.end();
  if (!known && !column.text_place.empty()) passed_over_.push_back(&column);
}

void FeedColumns::note_passed_over(diagnostics::Report& report, Span at) const {
  static constexpr std::size_t kShown = 10;
  std::vector<const ColumnType*> columns = passed_over_;
  // Text below numbers is a slip more often than a column of text is.
  std::stable_sort(columns.begin(), columns.end(),
                   [](const ColumnType* a, const ColumnType* b) { return a->after_numbers > b->after_numbers; });
  std::vector<std::string> words;
  for (std::size_t i = 0; i < std::min(columns.size(), kShown); ++i)
    words.push_back(fmt::format("`{}` ({}: `{}`)", columns[i]->name, columns[i]->text_place, columns[i]->text_cell));
  if (columns.size() > kShown) words.push_back(fmt::format("… ({} in all)", columns.size()));
  if (!words.empty()) report.note(at, fmt::format("passed over as text: {}", fmt::join(words, ", ")));
}

void FeedColumns::note_cell(const Tracer& t, const Value& value, diagnostics::Report& report, Span at) const {
  if (value.kind == Value::List)
    for (const Value& part : value.list->items) note_cell(t, part, report, at);
  if (value.kind != Value::Tensor) return;
  const std::string& name = t.graph->values[value.tensor].name;
  for (const ColumnType& column : columns_) {
    if (column.name != name) continue;
    if (column.dtype == types::DType::String && !column.text_place.empty())
      report.note(at, fmt::format("`{}` is text because of {}: `{}`", name, column.text_place, column.text_cell));
    else if (column.dtype == types::DType::Float32 && !column.real_place.empty())
      report.note(at,
                  fmt::format("`{}` is no column of integers because of {}: {}", name, column.real_place,
                              column.real_cell.empty() ? "a missing value" : fmt::format("`{}`", column.real_cell)));
  }
}

std::vector<std::string> FeedColumns::known() const {
  std::vector<std::string> names;
  for (const ColumnType& column : columns_) names.push_back(column.name);
  return names;
}

void FeedColumns::report_missing(Tracer& t, const std::string& name, Span span) const {
  static constexpr std::size_t kShown = 20;
  const std::vector<std::string> all = known();
  auto report = t.fault(span, diag::DataColumnMissing, name);
  if (report.did_you_mean(name, all) || all.empty()) return;
  if (all.size() == 1)
    for (const auto& [mark, written] : {std::pair(';', ";"), std::pair('\t', "\\t"), std::pair('|', "|")})
      if (all[0].find(mark) != std::string::npos) {
        report.help(fmt::format("its one column is `{}`; are its cells separated by `sep=\"{}\"`?",
                                support::shortened(all[0], 80), written));
        return;
      }
  std::string list;
  for (std::size_t i = 0; i < all.size() && i < kShown; ++i) list += (i ? ", " : "") + all[i];
  if (all.size() > kShown) list += fmt::format(", … ({} in all)", all.size());
  report.help("it has " + list);
}

Value FeedColumns::derive(Tracer& t, ir::DerivedColumn column, TensorType type, Span span) {
  const auto [at, fresh] = values_.emplace(column.name, Value::poison());
  if (fresh) {
    at->second = Value::of_tensor(ir::add_input(*t.graph, column.name, std::move(type), span));
    derived_.push_back(std::move(column));
  }
  Value value = at->second;
  value.span = span;
  return value;
}

std::optional<std::string> FeedColumns::name_of(const Tracer& t, const Value& value) const {
  if (value.kind != Value::Tensor) return std::nullopt;
  const ir::ValueInfo& info = t.graph->values[value.tensor];
  return info.kind == ir::ValueKind::Input ? std::optional(t.graph->inputs[info.source].name) : std::nullopt;
}

const ir::DerivedColumn* FeedColumns::derivation(const Tracer& t, const Value& value) const {
  const auto name = name_of(t, value);
  const auto found = std::find_if(derived_.begin(), derived_.end(),
                                  [&](const ir::DerivedColumn& column) { return name && column.name == *name; });
  return found == derived_.end() ? nullptr : &*found;
}

bool FeedColumns::is_ragged(const Tracer& t, const Value& value) const {
  const ir::DerivedColumn* column = derivation(t, value);
  return column && column->kind == ir::DerivedColumn::Tokens;
}

Value in_feed(const Given& given, ir::Graph& graph, FeedColumns& columns,
              const std::function<Value(Tracer&, const Scope&)>& body) {
  Frame frame;
  frame.instance = trace::kNoInstance;
  frame.symbols = given.model.symbols;
  trace::Trace gathered;
  Tracer feed = given.statics;
  feed.graph = &graph;
  feed.trace = &gathered;
  feed.conditions = &graph.conditions;
  feed.feed = &columns;
  feed.training = false;
  Scope scope;
  scope.level = given.model.level;
  scope.frame = &frame;
  scope.feed = true;
  return body(feed, scope);
}

}  // namespace modelc::recipe
