#include "recipe/data.h"

#include <fmt/format.h>

#include <algorithm>

#include "compose/compose.h"
#include "ir/builder.h"
#include "recipe/feed.h"
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

/// `null` takes away what a base or an earlier layer gave.
bool is_taken_away(const Setting& setting) {
  if (setting.kind == Setting::Null) return true;
  if (setting.kind != Setting::Scalar || !setting.scalar) return false;
  const ast::Expr& scalar = *setting.scalar;
  const bool raw = scalar.kind == ast::ExprKind::Raw && scalar.children[0];
  return (raw ? *scalar.children[0] : scalar).kind == ast::ExprKind::Null;
}

Fields without_taken_away(Fields fields) {
  for (const KeyId key : {KeyId::Data_valid, KeyId::Data_test})
    if (const Setting* setting = fields.at(key); setting && is_taken_away(*setting)) fields.keys.erase(key);
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
      data.derived.push_back(std::move(column));
    }
    data.windows.push_back(fed.windows);
    ir::tidy(fed.graph);
    data.feeds.push_back(std::move(fed.graph));
  };
  if (source.kind != SourceId::Alternate) return add(source);
  for (const auto& [name, part] : source.parts) add(part);
}

/// What validates and tests has the columns that the feed of `train` reads.
void check_columns(const ir::Source& train, const ir::Source& other, const ir::Data& data, Tracer& t) {
  const bool comparable =
      train.known && other.known && train.kind != SourceId::Alternate && other.kind != SourceId::Alternate;
  if (!comparable) return;
  for (const ir::Input& input : data.feeds[0].inputs) {
    const bool derived = std::any_of(data.derived.begin(), data.derived.end(),
                                     [&](const ir::DerivedColumn& column) { return column.name == input.name; });
    if (derived) continue;
    const bool there = std::any_of(other.columns.begin(), other.columns.end(),
                                   [&](const formats::ColumnType& column) { return column.name == input.name; });
    if (!there) t.fault(other.span, diag::DataColumnMissing, input.name).note(train.span, "`train` has it");
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
  data.train = source_at(context, fields, KeyId::Data_train);
  const Setting* valid = fields.at(KeyId::Data_valid);
  if (valid && valid->kind != Setting::Scalar)
    data.split = read_split(given, *valid, data.train ? &*data.train : nullptr);
  else data.valid = source_at(context, fields, KeyId::Data_valid);
  data.test = source_at(context, fields, KeyId::Data_test);
  if (!judged || !data.train) return data;
  add_feeds(given, *data.train, data);
  for (const auto* other : {&data.valid, &data.test})
    if (*other) check_columns(*data.train, **other, data, given.statics);
  return data;
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
