// `alternate(…)`, `mix(…)` and `zip(…)`: sources over sources.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <set>

#include "eval/actual.h"
#include "eval/evaluate.h"
#include "recipe/source_kinds.h"
#include "support/counted.h"

namespace modelc::recipe {

using catalogue::Actual;
using catalogue::SourceId;
using formats::ColumnType;
using ir::Source;
using types::DType;

namespace {

/// Whether the argument is declared as a source: one by position, or under a name that is the user's.
bool is_part(const catalogue::Entry& entry, const ast::Argument& argument) {
  return argument.name.empty() || !entry.argument(argument.name);
}

// ---- zip

/// The type of the column that the parts of a zip are joined by; nullptr: there is none, or it is not known.
const ColumnType* key_of(const ir::SourcePart& part, const std::string& on) {
  for (const ColumnType& column : part.second.columns)
    if (column.name == on) return &column;
  return nullptr;
}

/// Keys are equal as texts or as numbers, and stand in each part. False after reporting.
bool check_keys(const Source& source, Tracer& t) {
  const ir::SourcePart* first = nullptr;
  for (const ir::SourcePart& part : source.parts) {
    if (!part.second.known) continue;
    const ColumnType* key = key_of(part, source.on);
    if (!key) {
      t.fault(part.second.span, diag::DataColumnMissing, source.on).note(source.span, "the parts are joined by it");
      return false;
    }
    if (!key->shape.empty()) {
      t.fault(part.second.span, diag::SourceArgument, "`on`", "a column with several values a row", "one value a row");
      return false;
    }
    if (!first) first = &part;
    const bool text = key->dtype == DType::String;
    if (text == (key_of(*first, source.on)->dtype == DType::String)) continue;
    const auto words = [](bool is_text) { return is_text ? "text" : "numbers"; };
    t.fault(part.second.span, diag::SourceArgument, fmt::format("the key `{}`", source.on),
            fmt::format("as {}", words(text)), fmt::format("{} as in the first part", words(!text)))
        .note(first->second.span, "the first part is here")
        .help(fmt::format("`types={{\"{}\": str}}` of a csv reads its cells as text", source.on));
    return false;
  }
  return true;
}

/// The columns of all parts side by side, `part.column` where the part has a name; nullopt after reporting.
std::optional<Source> side_by_side(Source source, Tracer& t) {
  if (!source.on.empty()) {
    if (!check_keys(source, t)) return std::nullopt;
    source.rows = source.parts[0].second.rows;
  }
  for (const auto& [name, part] : source.parts) {
    if (source.on.empty() && part.rows >= 0) {
      if (source.rows >= 0 && source.rows != part.rows) {
        t.fault(source.span, diag::ZipRowsDiffer, support::counted(source.rows, "row"), part.rows);
        return std::nullopt;
      }
      source.rows = part.rows;
    }
    for (ColumnType column : part.columns) {
      if (!name.empty()) column.name = name + "." + column.name;
      // Without names of the parts, the key is one column of them all; another one twice says nothing.
      const auto same = std::find_if(source.columns.begin(), source.columns.end(),
                                     [&](const ColumnType& other) { return other.name == column.name; });
      if (same == source.columns.end()) source.columns.push_back(std::move(column));
      else if (column.name != source.on) same->duplicate = true;
    }
  }
  return source;
}

/// A zip with an `alternate` among its parts is an `alternate` of zips: the i-th part of each, and every other part
/// with all of them. nullopt after reporting.
std::optional<Source> zipped(Source source, Tracer& t) {
  std::size_t count = 0;
  for (const auto& [name, part] : source.parts) {
    if (part.kind != SourceId::Alternate) continue;
    if (count != 0 && count != part.parts.size()) {
      t.fault(part.span, diag::SourceArgument, "`zip`", fmt::format("an `alternate` of {} sources", part.parts.size()),
              fmt::format("{} as in the one before", count));
      return std::nullopt;
    }
    count = part.parts.size();
  }
  if (count == 0) return side_by_side(std::move(source), t);
  Source turns;
  turns.kind = SourceId::Alternate;
  turns.span = source.span;
  turns.shuffle = source.shuffle;
  turns.known = source.known;
  for (std::size_t i = 0; i < count; ++i) {
    Source one = source;
    for (ir::SourcePart& part : one.parts)
      if (part.second.kind == SourceId::Alternate) part.second = Source(part.second.parts[i].second);
    auto zip = side_by_side(std::move(one), t);
    if (!zip) return std::nullopt;
    turns.parts.emplace_back("", std::move(*zip));
  }
  turns.columns = turns.parts[0].second.columns;
  return turns;
}

// ---- mix

/// The type that holds the values of both columns; nullopt: there is none.
std::optional<DType> joined(DType a, DType b) {
  if (a == b) return a;
  if (a == DType::String || b == DType::String) return std::nullopt;
  if (types::is_floating(a) || types::is_floating(b))
    return a == DType::Float64 || b == DType::Float64 ? DType::Float64 : DType::Float32;
  return DType::Int64;
}

/// The columns of all parts, which are the same ones; one report of the first difference.
std::optional<Source> mixed(Source source, Tracer& t) {
  const Source* first = nullptr;
  const auto refuse = [&](const Source& part, std::string what) {
    auto report = t.fault(part.span, diag::SourceArgument, "`mix`", std::move(what), "the columns of the first part");
    if (first && first != &part) report.note(first->span, "the first part is here");
    return std::nullopt;
  };
  source.rows = 0;
  for (const auto& [name, part] : source.parts) {
    if (part.kind == SourceId::Alternate) {
      t.fault(part.span, diag::SourceArgument, "`mix`", "an `alternate`, whose batches come in turn",
              "sources whose rows can be drawn one by one");
      return std::nullopt;
    }
    source.rows = source.rows < 0 || part.rows < 0 ? -1 : source.rows + part.rows;
    if (!part.known) continue;
    if (!first) {
      first = &part;
      source.columns = part.columns;
      continue;
    }
    for (const ColumnType& column : part.columns)
      if (std::none_of(source.columns.begin(), source.columns.end(),
                       [&](const ColumnType& own) { return own.name == column.name; }))
        return refuse(part, fmt::format("a part with the further column `{}`", column.name));
    for (ColumnType& own : source.columns) {
      const auto other = std::find_if(part.columns.begin(), part.columns.end(),
                                      [&](const ColumnType& column) { return column.name == own.name; });
      if (other == part.columns.end()) return refuse(part, fmt::format("a part without the column `{}`", own.name));
      const auto type = joined(own.dtype, other->dtype);
      if (!type)
        return refuse(part, fmt::format("a part whose column `{}` holds {}", own.name,
                                        other->dtype == DType::String ? "text" : "numbers"));
      if (own.shape != other->shape)
        return refuse(part, fmt::format("a part whose column `{}` has rows of another shape", own.name));
      own.dtype = *type;
      own.has_missing |= other->has_missing;
      own.duplicate |= other->duplicate;
    }
  }
  return source;
}

/// Nothing where none are given; nullopt after reporting.
std::optional<std::vector<double>> weights_of(const catalogue::Bound& bound, const std::vector<Actual>& actuals,
                                              std::size_t parts, Tracer& t) {
  std::vector<double> weights;
  const types::Constant& given = bound.value("weights");
  if (given.is_null()) return weights;
  for (const types::Constant& weight : given.as_list()) weights.push_back(weight.as_double());
  const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
  if (weights.size() == parts && sum > 0 && std::isfinite(sum)) return weights;
  t.fault(actuals[*bound.argument("weights")].span, diag::SourceArgument, "`weights` of `mix`", given.str(),
          weights.size() == parts ? "a finite weight above 0 among them" : fmt::format("{} of them", parts));
  return std::nullopt;
}

// ---- classes of images

/// A column of the source, and of the parts it comes from, is numbered by these classes.
void number_by(Source& source, const std::string& name, const std::vector<std::string>& classes) {
  for (ColumnType& column : source.columns)
    if (column.name == name && !column.categories.empty()) column.categories = classes;
  for (ir::SourcePart& part : source.parts) {
    const std::string prefix = source.kind == SourceId::Zip && !part.first.empty() ? part.first + "." : "";
    if (name.starts_with(prefix)) number_by(part.second, name.substr(prefix.size()), classes);
  }
}

/// The classes that folders of images name have the same numbers in all parts: their places among the sorted names of
/// all of them.
void number_alike(Source& source) {
  std::map<std::string, std::set<std::string>> classes;  // by column
  for (const auto& [name, part] : source.parts)
    for (const ColumnType& column : part.columns)
      classes[column.name].insert(column.categories.begin(), column.categories.end());
  for (const auto& [name, all] : classes)
    if (!all.empty()) number_by(source, name, {all.begin(), all.end()});
}

/// Parts of an `alternate` that are such themselves take their turns among the others.
Source in_turn(Source source) {
  std::vector<ir::SourcePart> flat;
  for (ir::SourcePart& part : source.parts) {
    if (part.second.kind != SourceId::Alternate) {
      flat.push_back(std::move(part));
      continue;
    }
    for (ir::SourcePart& inner : part.second.parts) flat.push_back(std::move(inner));
  }
  source.parts = std::move(flat);
  source.columns = source.parts[0].second.columns;
  return source;
}

}  // namespace

std::optional<Source> read_combined(const SourceContext& context, const ast::Expr& call, const Scope& scope,
                                    Source source) {
  const catalogue::Entry& entry = catalogue::entry(source.kind);
  std::vector<Actual> actuals;
  for (const ast::Argument& a : call.args) {
    GivenArgument given{a.name, {}, a.value->span, a.name_span};
    Actual actual;
    if (is_part(entry, a)) {
      auto part = read_source(context, a.value, scope);
      actual = actual_of(given);  // poison, as long as it is no source
      if (part) actual.kind = Actual::Source;
      if (part) source.parts.emplace_back(a.name, std::move(*part));
    } else {
      given.value = evaluate(context.statics(), a.value, scope);
      actual = actual_of(given);
    }
    actuals.push_back(std::move(actual));
  }
  const auto bound = bound_to(context.statics(), entry, actuals, call.span);
  if (!bound) return std::nullopt;
  if (source.parts.empty()) {
    context.given.statics.fault(call.span, diag::SourceArgument, fmt::format("`{}`", entry.name), "nothing", "sources");
    return std::nullopt;
  }
  source.shuffle = bound->value("shuffle").as_bool();
  for (const auto& [name, part] : source.parts) source.known = source.known && part.known;
  if (source.kind == SourceId::Alternate || source.kind == SourceId::Mix) number_alike(source);
  if (source.kind == SourceId::Alternate) return in_turn(std::move(source));
  if (source.kind == SourceId::Mix) {
    auto weights = weights_of(*bound, actuals, source.parts.size(), context.statics());
    if (!weights) return std::nullopt;
    source.weights = std::move(*weights);
    return mixed(std::move(source), context.statics());
  }
  if (!bound->value("on").is_null()) source.on = bound->value("on").as_string();
  return zipped(std::move(source), context.statics());
}

}  // namespace modelc::recipe
