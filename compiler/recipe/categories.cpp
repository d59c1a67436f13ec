#include "recipe/categories.h"

#include <fmt/format.h>

#include "eval/evaluate.h"
#include "formats/arrays.h"
#include "formats/categories.h"
#include "recipe/data.h"
#include "resolve/qualifier.h"

namespace modelc::recipe {
namespace {

using catalogue::SourceId;

struct Found {
  std::optional<std::int64_t> count;
  formats::Fault fault;
  std::vector<std::string> known;
};

bool has_rows(const ir::Source& source) { return source.kind == SourceId::Csv || source.kind == SourceId::Sqlite; }

std::optional<formats::Fault> read_rows(const ir::Source& source, formats::TableReading& reading) {
  if (source.kind == SourceId::Sqlite) return formats::for_sqlite_rows(source.files[0], source.query, reading);
  return formats::for_csv_rows(source.files[0], source.csv, reading);
}

std::optional<std::size_t> place_of(const std::vector<formats::ColumnType>& columns, const std::string& name) {
  for (std::size_t i = 0; i < columns.size(); ++i)
    if (columns[i].name == name && !columns[i].duplicate) return i;
  return std::nullopt;
}

/// A fault where the file was not there when the source was read.
void find_absent(const ir::Source& source, Found& found) {
  found.fault.not_found = true;
  found.fault.file = source.files[0];
  found.fault.message = "is not there";
}

Found count_in_rows(const ir::Source& source, const std::string& column, const formats::KeyedRows* only) {
  Found found;
  if (!source.known) {
    find_absent(source, found);
    return found;
  }
  for (const formats::ColumnType& one : source.columns) found.known.push_back(one.name);
  const auto place = place_of(source.columns, column);
  if (!place) return found;
  formats::TableReading reading;
  reading.schema.columns = source.columns;
  const auto counted = formats::categories_in(std::move(reading), *place, only,
                                              [&](formats::TableReading& all) { return read_rows(source, all); });
  if (counted) found.count = counted.value->count();
  else found.fault = counted.fault;
  return found;
}

Found count_in_idx(const ir::Source& source, const std::string& column) {
  Found found;
  const auto table = formats::read_idx(source.files[0], source.files[1]);
  if (!table) {
    found.fault = table.fault;
    return found;
  }
  for (const formats::Column& one : table.value->columns) {
    found.known.push_back(one.type.name);
    if (one.type.name == column) found.count = formats::categories_of(one).count();
  }
  return found;
}

Found count_in(const ir::Source& source, const std::string& column, const formats::KeyedRows* only = nullptr);

/// The keys of the first part of a `zip`, which are all that its rows have; nullopt where they cannot be read.
std::optional<std::set<std::string>> keys_of(const ir::Source& part, const std::string& on) {
  if (part.kind == SourceId::With) return keys_of(part.parts[0].second, on);
  const auto place = place_of(part.columns, on);
  if (!has_rows(part) || !part.known || !place) return std::nullopt;
  formats::TableReading reading;
  reading.schema.columns = part.columns;
  auto keys =
      formats::keys_in(std::move(reading), *place, [&](formats::TableReading& all) { return read_rows(part, all); });
  return std::move(keys.value);
}

/// Of sources over sources: the part that has the column.
Found count_in_parts(const ir::Source& source, const std::string& column, const formats::KeyedRows* only) {
  Found found;
  for (const auto& [name, value] : source.constants)
    if (name == column) found.count = 1;
  const bool zip = source.kind == SourceId::Zip;
  std::optional<std::set<std::string>> keys;
  for (const auto& [name, part] : source.parts) {
    const std::string prefix = zip && !name.empty() ? name + "." : "";
    const bool key = zip && !source.on.empty() && column == source.on;
    if (found.count || !(key || column.starts_with(prefix))) continue;
    formats::KeyedRows keyed{source.on, nullptr};
    if (zip && !source.on.empty() && &part != &source.parts[0].second) {
      if (!keys) keys = keys_of(source.parts[0].second, source.on);
      if (keys) keyed.keys = &*keys;
    }
    Found inner = count_in(part, key ? column : column.substr(prefix.size()), keyed.keys ? &keyed : only);
    for (const std::string& known : inner.known) found.known.push_back(prefix + known);
    found.count = inner.count;
    if (!inner.fault.message.empty()) found.fault = std::move(inner.fault);
  }
  return found;
}

Found count_in(const ir::Source& source, const std::string& column, const formats::KeyedRows* only) {
  switch (source.kind) {
    case SourceId::With:
    case SourceId::Alternate:
    case SourceId::Mix:
    case SourceId::Zip:
      return count_in_parts(source, column, only);
    case SourceId::Csv:
    case SourceId::Sqlite:
      return count_in_rows(source, column, only);
    case SourceId::Idx:
      return count_in_idx(source, column);
    default:
      return {};
  }
}

}  // namespace

bool is_categories(const ast::Expr& call) { return resolve::is_categories(*call.children[0]); }

Value categories(Tracer& t, const trace::Model& model, const Options& options, const ast::Expr& call,
                 const Scope& scope) {
  const auto args = evaluate_arguments(t, call, scope);
  if (!args) return Value::poison();
  for (const GivenArgument& a : *args)
    if (a.value.is_poison()) return Value::poison();
  if (args->size() != 1 || !((*args)[0].value.kind == Value::String || (*args)[0].value.is_int())) {
    t.fault(call.span, diag::WrongArgumentCount, "data.categories", "the name of a column", args->size());
    return Value::poison();
  }
  const std::string column = (*args)[0].value.str();
  // What is wrong with the source is reported when the recipe is read. A source that asks for its own categories,
  // perhaps through a `define`, would be read for ever.
  Sink unheard;
  const trace::SpecialCall circle = [](Tracer& inner, const ast::Expr& again, const Scope&) -> std::optional<Value> {
    if (!is_categories(again)) return std::nullopt;
    inner.fault(again.span, diag::SourceArgument, "the training source", "its own categories",
                "files and options that do not depend on them");
    return Value::poison();
  };
  trace::Trace aside;
  Tracer reading(unheard, t.budget, t.conditions, t.document, t.tree, t.calls, t.graph, aside, circle);
  const auto source = read_training_source({reading, model, {}, options});
  if (!source) {
    t.fault(call.span, diag::SettingMissing, "data", "train")
        .help("`data.categories` counts the values of a column of the training source");
    return Value::poison();
  }
  const Found found = count_in(*source, column);
  if (found.count) return Value::of(types::Dim(*found.count));
  if (found.fault.not_found) {
    t.fault(call.span, diag::DataFileNotThere, found.fault.file)
        .help("its values are needed for the model's sizes; `--set data.root=FOLDER` says where the files are");
  } else if (!found.fault.message.empty()) {
    t.fault(call.span, diag::DataUnreadable, found.fault.str());
  } else {
    auto report = t.fault((*args)[0].span, diag::DataColumnMissing, column);
    report.did_you_mean(column, found.known);
  }
  return Value::poison();
}

}  // namespace modelc::recipe
