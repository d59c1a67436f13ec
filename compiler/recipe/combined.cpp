// `alternate(…)` and `zip(…)`: sources over sources.
#include <fmt/format.h>

#include "eval/actual.h"
#include "eval/evaluate.h"
#include "recipe/source_kinds.h"
#include "support/counted.h"

namespace modelc::recipe {

using catalogue::Actual;
using catalogue::SourceId;
using ir::Source;

namespace {

/// Whether the argument is declared as a source: one by position, or under a name that is the user's.
bool is_part(const catalogue::Entry& entry, const ast::Argument& argument) {
  return argument.name.empty() || !entry.argument(argument.name);
}

/// The columns of all parts side by side, `part.column` where the part has a name; nullopt after reporting.
std::optional<Source> side_by_side(Source source, Tracer& t) {
  for (const auto& [name, part] : source.parts) {
    if (source.on.empty() && part.rows >= 0) {
      if (source.rows >= 0 && source.rows != part.rows) {
        t.fault(source.span, diag::ZipRowsDiffer, support::counted(source.rows, "row"), part.rows);
        return std::nullopt;
      }
      source.rows = part.rows;
    }
    for (formats::ColumnType column : part.columns) {
      if (!name.empty()) column.name = name + "." + column.name;
      source.columns.push_back(std::move(column));
    }
  }
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
  if (source.kind == SourceId::Alternate) {
    source.columns = source.parts[0].second.columns;
    return source;
  }
  if (!bound->value("on").is_null()) source.on = bound->value("on").as_string();
  return side_by_side(std::move(source), context.statics());
}

}  // namespace modelc::recipe
