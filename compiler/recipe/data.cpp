#include "recipe/data.h"

#include <fmt/format.h>

#include <algorithm>

#include "compose/compose.h"
#include "ir/builder.h"
#include "recipe/feed.h"
#include "recipe/given_rows.h"
#include "recipe/settings.h"
#include "recipe/sources.h"
#include "recipe/split.h"

namespace modelc::recipe {

using ast::Setting;
using catalogue::KeyId;
using catalogue::Place;
using catalogue::SourceId;

namespace {

/// Where relative files are looked for.
std::string root_of(const Given& given, const Fields& fields) {
  const std::string& folder = given.file().file.folder;
  const auto stated = read_text(given.statics, fields, KeyId::Data_root);
  if (!stated) return folder;
  // A path in a file is relative to the file, one of the command line to where the command runs.
  const support::SourceManager* sources = given.options.sources;
  const support::FileId at = fields.span(KeyId::Data_root).file;
  const bool typed = sources && sources->contains(at) && sources->file(at).path().starts_with("--set");
  return typed ? *stated : compose::resolve_path(folder, *stated);
}

/// The source under a key; nullopt where none is given, or after reporting.
std::optional<ir::Source> source_at(const SourceContext& context, const Fields& fields, KeyId key) {
  const Setting* setting = fields.at(key);
  if (!setting) return std::nullopt;
  if (setting->kind == Setting::Scalar) return read_source(context, setting->scalar, context.given.scope());
  context.given.statics.fault(setting->span, diag::SettingKind, catalogue::path_of(catalogue::key(key)), "a source");
  return std::nullopt;
}

Fields without_taken_away(Fields fields) {
  for (const KeyId key : {KeyId::Data_valid, KeyId::Data_test})
    if (const Setting* setting = fields.at(key); setting && is_null(*setting)) fields.keys.erase(key);
  return fields;
}

/// The feeds of the parts of an `alternate`, else the one of the source itself: one for each set of columns. An empty
/// one where the columns are not known.
void add_feeds(const Given& given, const ir::Source& source, ir::Data& data) {
  const auto add = [&](const ir::Source& one) {
    const auto index = static_cast<std::uint32_t>(data.feeds.size());
    Fed fed = one.known ? read_feed(given, one, data.root) : Fed();
    for (const std::uint32_t node : fed.fits)
      data.fits.push_back({index, node, fmt::format("{}.{}.{}", ir::op_of(fed.graph.nodes[node]).name, index, node)});
    for (ir::DerivedColumn& column : fed.derived) {
      column.feed = index;
      data.made.derived.push_back(std::move(column));
    }
    data.made.windows.push_back(fed.windows);
    ir::tidy(fed.graph);
    data.feeds.push_back(std::move(fed.graph));
  };
  if (source.kind != SourceId::Alternate) return add(source);
  for (const auto& [name, part] : source.parts) add(part);
}

/// The training source as a checkpoint remembers it, whatever became of its files.
void remember(ir::Source& train, const ir::DataMemory& memory) {
  const auto recall = [](ir::Source& source, const std::vector<formats::ColumnType>& columns) {
    source.columns = columns;
    source.known = true;
  };
  const bool parts = train.kind == SourceId::Alternate;
  if (memory.columns.size() != (parts ? train.parts.size() : 1)) return;
  recall(train, memory.columns[0]);
  for (std::size_t i = 0; parts && i < train.parts.size(); ++i) recall(train.parts[i].second, memory.columns[i]);
}

/// What a checkpoint of a training on these data is to keep.
void add_columns(const ir::Source& train, ir::DataMemory& memory) {
  memory.columns.clear();
  if (train.kind != SourceId::Alternate) memory.columns.push_back(train.columns);
  else
    for (const auto& [name, part] : train.parts) memory.columns.push_back(part.columns);
}

/// Weights of a `mix` and `balance` both say how often a row comes.
void check_balance(const Given& given, const Fields& fields, const ir::Data& data) {
  if (data.balance.name.empty() || !data.train || data.train->kind != SourceId::Mix || data.train->weights.empty())
    return;
  given.statics.fault(fields.span(KeyId::Data_balance), diag::SettingConflict, "data.balance", "weights")
      .note(data.train->span, "the other is here");
}

/// A column is what all its cells are, those of other sources included: integers that meet a fraction or a missing
/// value are numbers.
void widen(ir::Source& train, const ir::Source& other) {
  for (formats::ColumnType& column : train.columns)
    for (const formats::ColumnType& there : other.columns)
      if (there.name == column.name && column.dtype == types::DType::Int64 && there.dtype == types::DType::Float32) {
        column.dtype = types::DType::Float32;
        column.real_place = there.real_place;
        column.real_cell = there.real_cell;
      }
}

/// What validates and tests has the columns that the feed of `train` reads.
void check_columns(const ir::Source& train, const ir::Source& other, const ir::Data& data, Tracer& t) {
  const bool comparable =
      train.known && other.known && train.kind != SourceId::Alternate && other.kind != SourceId::Alternate;
  if (!comparable) return;
  std::vector<std::string> missing;
  for (const ir::Input& input : data.feeds[0].inputs) {
    const bool derived = std::any_of(data.made.derived.begin(), data.made.derived.end(),
                                     [&](const ir::DerivedColumn& column) { return column.name == input.name; });
    if (derived || input.name == ir::kDraws) continue;
    const bool there = std::any_of(other.columns.begin(), other.columns.end(),
                                   [&](const formats::ColumnType& column) { return column.name == input.name; });
    if (!there) missing.push_back(input.name);
  }
  if (missing.empty()) return;
  // Another file, or one with other names, is one fault.
  std::vector<std::string> all;
  for (const formats::ColumnType& column : other.columns) all.push_back(column.name);
  auto report = t.fault(other.span, diag::DataColumnMissing, fmt::format("{}", fmt::join(missing, "`, `")));
  report.note(train.span, missing.size() == 1 ? "`train` has it" : "`train` has them");
  constexpr std::size_t kMost = 20;
  if ((missing.size() > 1 || !report.did_you_mean(missing[0], all)) && !all.empty() && all.size() <= kMost)
    report.help(fmt::format("it has {}", fmt::join(all, ", ")));
}

/// The classes that folders of images name are those of `train`.
void check_classes(const ir::Source& train, const ir::Source& other, const ir::Graph& feed, Tracer& t) {
  for (const ir::Input& input : feed.inputs) {
    const auto is_it = [&](const formats::ColumnType& column) { return column.name == input.name; };
    const auto known = std::find_if(train.columns.begin(), train.columns.end(), is_it);
    const auto asked = std::find_if(other.columns.begin(), other.columns.end(), is_it);
    if (known == train.columns.end() || asked == other.columns.end() || known->categories.empty()) continue;
    for (const std::string& name : asked->categories) {
      if (std::find(known->categories.begin(), known->categories.end(), name) != known->categories.end()) continue;
      t.fault(other.span, diag::DataUnseenCategory,
              other.files.empty() ? fmt::format("`{}`", input.name) : other.files[0], name)
          .note(train.span, "its classes are numbered by those of `train`");
      return;
    }
  }
}

}  // namespace

ir::Data read_data(const Given& given, const Setting& section, bool judged) {
  ir::Data data;
  data.span = section.span;
  const Fields fields = without_taken_away(read_fields(given.statics, section, Place::Data, given.scope()));
  data.root = root_of(given, fields);
  data.workers = read_integer(given.statics, fields, KeyId::Data_workers, given.scope()).value_or(data.workers);
  if (!fields.at(KeyId::Data_train)) {
    if (!fields.misspelt)
      given.statics.fault(section.span, diag::SettingMissing, "data", "train").help("`train: csv(\"file.csv\")`");
    return data;
  }
  const SourceContext context{given, data.root, data.column_graphs};
  const ir::DataMemory* memory = given.options.memory.get();
  data.train = source_at({given, data.root, data.column_graphs, memory != nullptr}, fields, KeyId::Data_train);
  if (data.train && memory) remember(*data.train, *memory);
  const Setting* valid = fields.at(KeyId::Data_valid);
  if (valid && valid->kind != Setting::Scalar)
    data.split = read_split(given, *valid, data.train ? &*data.train : nullptr);
  else data.valid = source_at(context, fields, KeyId::Data_valid);
  data.test = source_at(context, fields, KeyId::Data_test);
  data.balance.name = read_column(given, fields, KeyId::Data_balance, data.train ? &*data.train : nullptr);
  if (fields.at(KeyId::Data_balance)) data.balance.at = fields.span(KeyId::Data_balance);
  check_balance(given, fields, data);
  if (given.options.rows.any())
    data.given = read_given_rows(given, data.root, fields.at(KeyId::Data_train)->scalar, data.column_graphs);
  if (!data.train) return data;
  for (const auto* other : {&data.valid, &data.test})
    if (*other && !memory) widen(*data.train, **other);  // what was trained stays what it was
  if (!judged) return data;
  add_feeds(given, *data.train, data);
  add_columns(*data.train, data.memory);
  for (const auto* other : {&data.valid, &data.test})
    if (*other) {
      check_columns(*data.train, **other, data, given.statics);
      check_classes(*data.train, **other, data.feeds[0], given.statics);
    }
  return data;
}

bool names_training_source(const Given& given) {
  const ast::SettingPtr& section = given.file().data;
  if (!section || section->kind != Setting::Mapping) return false;
  return read_fields(given.statics, *section, Place::Data, given.scope()).at(KeyId::Data_train) != nullptr;
}

std::optional<ir::Source> read_training_source(const Given& given) {
  const ast::SettingPtr& section = given.file().data;
  if (!section || section->kind != Setting::Mapping) return std::nullopt;
  const Fields fields = read_fields(given.statics, *section, Place::Data, given.scope());
  std::vector<ir::Graph> columns;
  return source_at({given, root_of(given, fields), columns}, fields, KeyId::Data_train);
}

std::string data_root(const Given& given) {
  const ast::SettingPtr& section = given.file().data;
  if (!section || section->kind != Setting::Mapping) return "";
  return root_of(given, read_fields(given.statics, *section, Place::Data, given.scope()));
}

}  // namespace modelc::recipe
