#include "recipe/split.h"

#include <fmt/format.h>

#include <algorithm>

namespace modelc::recipe {

using catalogue::KeyId;

namespace {

/// Of the ways to divide rows that exclude each other the one that is given; nullopt after reporting two or none.
std::optional<KeyId> way_of(const Fields& fields, const ast::Setting& section, Tracer& t) {
  std::optional<KeyId> first;
  for (const KeyId way : {KeyId::Valid_split, KeyId::Valid_folds, KeyId::Valid_by}) {
    if (!fields.at(way)) continue;
    if (first) {
      t.fault(fields.span(way), diag::SettingConflict, catalogue::key(*first).name, catalogue::key(way).name)
          .note(fields.span(*first), "the other is here");
      return std::nullopt;
    }
    first = way;
  }
  if (fields.at(KeyId::Valid_fold) && first != KeyId::Valid_folds) {
    t.fault(fields.span(KeyId::Valid_fold), diag::SettingMissing, "data.valid", "folds").help("`{folds: 5, fold: 0}`");
    return std::nullopt;
  }
  if (first == KeyId::Valid_by && fields.at(KeyId::Valid_stratify)) {
    t.fault(fields.span(KeyId::Valid_stratify), diag::SettingConflict, "by", "stratify")
        .note(fields.span(KeyId::Valid_by), "a column that marks the rows leaves nothing to share out");
    return std::nullopt;
  }
  if (!first && !fields.misspelt)
    t.fault(section.span, diag::SettingMissing, "data.valid", "split")
        .help("`valid: {split: 0.2}` or `{folds: 5, fold: 0}`, or a source");
  return first;
}

}  // namespace

std::string read_column(const Given& given, const Fields& fields, KeyId key, const ir::Source* train) {
  const auto name = read_text(given.statics, fields, key);
  if (!name) return "";
  const auto bound = [&](const ast::Item<ast::Binding>& item) {
    const auto& targets = item.value.targets;
    return std::any_of(targets.begin(), targets.end(), [&](const ast::Name& target) { return target.text == *name; });
  };
  const auto& feed = given.file().feed.entries;
  const bool known = !train || !train->known || given.statics.document.names_missing ||
                     std::any_of(feed.begin(), feed.end(), bound) ||
                     std::any_of(train->columns.begin(), train->columns.end(),
                                 [&](const formats::ColumnType& column) { return column.name == *name; });
  if (!known) {
    std::vector<std::string> names;
    for (const formats::ColumnType& column : train->columns) names.push_back(column.name);
    for (const auto& item : feed)
      for (const ast::Name& target : item.value.targets) names.push_back(target.text);
    auto report = given.statics.fault(fields.span(key), diag::DataColumnMissing, *name);
    if (!report.did_you_mean(*name, names)) report.help(fmt::format("it has {}", fmt::join(names, ", ")));
  }
  return *name;
}

ir::Split read_split(const Given& given, const ast::Setting& section, const ir::Source* train) {
  ir::Split split;
  const Scope scope = given.scope();
  const Fields fields = read_fields(given.statics, section, catalogue::Place::Valid, scope);
  if (!way_of(fields, section, given.statics)) return split;
  split.fraction = read_number(given.statics, fields, KeyId::Valid_split, scope).value_or(0);
  split.folds = read_integer(given.statics, fields, KeyId::Valid_folds, scope).value_or(0);
  split.fold = read_integer(given.statics, fields, KeyId::Valid_fold, scope).value_or(0);
  if (split.folds > 0 && split.fold >= split.folds)
    given.statics.fault(fields.span(KeyId::Valid_fold), diag::SettingValue, "data.valid.fold",
                        std::to_string(split.fold), fmt::format("0 to {}", split.folds - 1));
  split.stratify = read_column(given, fields, KeyId::Valid_stratify, train);
  split.by = read_column(given, fields, KeyId::Valid_by, train);
  if (fields.at(KeyId::Valid_stratify)) split.stratify_at = fields.span(KeyId::Valid_stratify);
  for (const KeyId way : {KeyId::Valid_split, KeyId::Valid_folds, KeyId::Valid_by})
    if (fields.at(way)) split.by_at = fields.span(way);
  return split;
}

}  // namespace modelc::recipe
