#include "recipe/categories.h"

#include <fmt/format.h>

#include <numeric>

#include "eval/evaluate.h"
#include "formats/arrays.h"
#include "formats/categories.h"
#include "recipe/data.h"
#include "recipe/text_categories.h"
#include "resolve/qualifier.h"

namespace modelc::recipe {
namespace {

using catalogue::SourceId;

Value weights_value(const std::vector<double>& weights) {
  std::vector<Value> items;
  for (const double weight : weights) items.push_back(Value::of(weight));
  return Value::of_list(std::move(items));
}

struct Found {
  std::optional<formats::Tally> tally;
  formats::Fault fault;
  std::vector<std::string> known;
};

bool has_rows(const ir::Source& source) { return source.kind == SourceId::Csv || source.kind == SourceId::Sqlite; }

std::optional<formats::Fault> read_rows(const ir::Source& source, formats::TableReading& reading) {
  if (source.kind == SourceId::Sqlite) return formats::for_sqlite_rows(source.files[0], source.contents.query, reading);
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
  auto counted = formats::tally_in(std::move(reading), *place, only,
                                   [&](formats::TableReading& all) { return read_rows(source, all); });
  if (counted) found.tally = std::move(counted.value);
  else found.fault = counted.fault;
  return found;
}

formats::Tally tally_of(const formats::ImageFolder& images, const formats::ColumnType& type) {
  // By their names: parts of a `mix` may have some classes in common.
  formats::Column column;
  column.type.name = type.name;
  column.type.dtype = types::DType::String;
  column.strings = images.classes;
  for (const formats::ImageFile& file : images.files) {
    if (!type.categories.empty()) {
      column.codes.push_back(static_cast<std::int32_t>(file.label));
      continue;
    }
    column.codes.push_back(static_cast<std::int32_t>(column.strings.size()));
    column.strings.push_back(file.name);
  }
  formats::Tally tally;
  tally.add(column);
  return tally;
}

/// The classes of a folder of images, or its files: each has a name of its own.
Found count_in_images(const ir::Source& source, const std::string& column) {
  Found found;
  if (!source.contents.images) {
    find_absent(source, found);
    return found;
  }
  for (const formats::ColumnType& one : source.columns) {
    found.known.push_back(one.name);
    if (one.name == column && one.shape.empty()) found.tally = tally_of(*source.contents.images, one);
  }
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
    if (one.type.name == column) found.tally.emplace().add(one);
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

/// A constant is one category.
formats::Tally of_one_value() {
  formats::Column column;
  column.type.dtype = types::DType::Int64;
  column.integers = {0};
  formats::Tally tally;
  tally.add(column);
  return tally;
}

/// Of sources over sources: the parts of a `mix` or an `alternate` all have a share in the values; else the part that
/// has the column.
Found count_in_parts(const ir::Source& source, const std::string& column, const formats::KeyedRows* only) {
  Found found;
  for (const auto& [name, value] : source.constants)
    if (name == column) return {of_one_value(), {}, {}};
  const bool joined = source.kind == SourceId::Mix || source.kind == SourceId::Alternate;
  const bool zip = source.kind == SourceId::Zip;
  std::optional<std::set<std::string>> keys;
  for (const auto& [name, part] : source.parts) {
    const std::string prefix = zip && !name.empty() ? name + "." : "";
    const bool key = zip && !source.on.empty() && column == source.on;
    if ((found.tally && !joined) || !(key || column.starts_with(prefix))) continue;
    formats::KeyedRows keyed{source.on, nullptr};
    if (zip && !source.on.empty() && &part != &source.parts[0].second) {
      if (!keys) keys = keys_of(source.parts[0].second, source.on);
      if (keys) keyed.keys = &*keys;
    }
    Found inner = count_in(part, key ? column : column.substr(prefix.size()), keyed.keys ? &keyed : only);
    for (const std::string& known : inner.known) found.known.push_back(prefix + known);
    if (inner.tally && found.tally) found.tally->add(*inner.tally);
    else if (inner.tally) found.tally = std::move(inner.tally);
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
    case SourceId::Images:
      return count_in_images(source, column);
    case SourceId::Idx:
      return count_in_idx(source, column);
    default:
      return {};
  }
}

/// The value of a call, noted for a checkpoint.
Value answer(resolve::DataFunction function, const std::string& column, const formats::Tally& tally,
             ir::DataMemory& asked) {
  const std::vector<std::int64_t> counts = tally.counts();
  if (function == resolve::DataFunction::Categories) {
    asked.categories[column] = tally.categories();
    return Value::of(types::Dim(tally.categories()));
  }
  const auto rows = static_cast<double>(std::accumulate(counts.begin(), counts.end(), std::int64_t{0}));
  std::vector<double>& weights = asked.weights[column];
  weights.clear();
  for (const std::int64_t count : counts)
    weights.push_back(rows / (static_cast<double>(counts.size()) * static_cast<double>(count)));
  return weights_value(weights);
}

/// What a checkpoint remembers of the call; noted anew.
std::optional<Value> remembered(resolve::DataFunction function, const std::string& column, const ir::DataMemory* memory,
                                ir::DataMemory& asked) {
  if (!memory) return std::nullopt;
  if (function == resolve::DataFunction::Categories) {
    const auto found = memory->categories.find(column);
    if (found == memory->categories.end()) return std::nullopt;
    asked.categories.insert(*found);
    return Value::of(types::Dim(found->second));
  }
  const auto found = memory->weights.find(column);
  if (found == memory->weights.end()) return std::nullopt;
  asked.weights.insert(*found);
  return weights_value(found->second);
}

}  // namespace

bool asks_of_data(const ast::Expr& call) { return resolve::data_function_of(*call.children[0]).has_value(); }

Value asked_of_data(Tracer& t, const trace::Model& model, const Options& options, const ast::Expr& call,
                    const Scope& scope, ir::DataMemory& asked) {
  const resolve::DataFunction function = *resolve::data_function_of(*call.children[0]);
  const auto args = evaluate_arguments(t, call, scope);
  if (!args) return Value::poison();
  for (const GivenArgument& a : *args)
    if (a.value.is_poison()) return Value::poison();
  if (args->size() != 1 || !((*args)[0].value.kind == Value::String || (*args)[0].value.is_int())) {
    t.fault(call.span, diag::WrongArgumentCount, "data." + call.children[0]->text, "the name of a column",
            args->size());
    return Value::poison();
  }
  const std::string column = (*args)[0].value.str();
  if (auto value = remembered(function, column, options.memory.get(), asked)) return *value;
  // What is wrong with the source is reported when the recipe is read. A source that asks for its own categories,
  // perhaps through a `define`, would be read for ever.
  Sink unheard;
  bool circular = false;
  const trace::SpecialCall circle = [&](Tracer& inner, const ast::Expr& again, const Scope&) -> std::optional<Value> {
    if (!asks_of_data(again)) return std::nullopt;
    circular = true;
    inner.fault(again.span, diag::SourceArgument, "the training source", "its own categories",
                "files and options that do not depend on them");
    return Value::poison();
  };
  trace::Trace aside;
  Tracer reading(unheard, t.budget, t.conditions, t.document, t.tree, t.calls, t.graph, aside, circle);
  const std::vector<ir::Graph> no_graphs;
  const Given given{reading, model, no_graphs, options};
  const auto source = read_training_source(given);
  if (!source && !circular && names_training_source(given)) return Value::poison();
  if (!source) {
    t.fault(call.span, diag::SettingMissing, "data", "train")
        .help(fmt::format("`data.{}` looks at the values of a column of the training source", call.children[0]->text));
    return Value::poison();
  }
  Found found = count_in(*source, column);
  if (found.tally) return answer(function, column, *found.tally, asked);
  if (function == resolve::DataFunction::Categories && found.fault.message.empty()) {
    TokenCount tokens = count_tokens(given, *source, data_root(given), column);
    if (tokens.count) return Value::of(types::Dim(asked.categories[column] = *tokens.count));
    found.fault = std::move(tokens.fault);
  }
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
