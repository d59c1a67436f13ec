// The functions of a recipe's feed, which go before torch's there: their arguments held against the catalogue, columns
// in place of names and numbers of columns, one lowering each (LANGUAGE §11).
#include <fmt/format.h>

#include <algorithm>

#include "catalogue/bind.h"
#include "eval/actual.h"
#include "recipe/text_functions.h"
#include "trace/modules.h"

namespace modelc::recipe {

using catalogue::Bound;
using catalogue::FeedId;
using formats::ColumnType;

namespace {

struct FeedCall {
  Tracer& t;
  FeedColumns& columns;
  Arguments& args;
  Span span;
};

bool names_column(const Value& value) { return value.kind == Value::String || value.is_int(); }

bool is_poisoned(const std::vector<Value>& values) {
  return std::any_of(values.begin(), values.end(), [](const Value& value) { return value.is_poison(); });
}

Value call(FeedCall& f, std::string_view op, Arguments args) {
  const Value result = trace::call_function(f.t, *ops::Catalogue::get().function(std::string(op)), args, f.span);
  const bool refused = result.is_poison() && std::none_of(args.begin(), args.end(), [](const GivenArgument& argument) {
                         return argument.value.is_poison();
                       });
  auto report = refused ? f.t.sink.last() : std::nullopt;
  for (const GivenArgument& argument : args)
    if (report) f.columns.note_cell(f.t, argument.value, *report, f.span);
  return result;
}

/// A call whose result needs a value that the rows which train are asked for.
Value fitted(FeedCall& f, std::string_view op) {
  const Value result = call(f, op, f.args);
  if (result.kind == Value::Tensor) f.columns.add_fit(static_cast<std::uint32_t>(f.t.graph->nodes.size() - 1));
  return result;
}

/// A column that `numeric` joins; `name` where it is one of a whole part.
struct Chosen {
  std::string name;
  Value value;
};

std::vector<Chosen> chosen_by(FeedCall& f, const GivenArgument& argument) {
  const auto one = [&](const Value& value) {
    return names_column(value) ? f.columns.required(f.t, value.str(), argument.span) : value;
  };
  if (argument.value.kind != Value::List) return {{"", one(argument.value)}};
  const auto& list = *argument.value.list;
  std::vector<Chosen> all;
  for (std::size_t i = 0; i < list.items.size(); ++i) {
    if (list.names.empty()) all.push_back({"", one(list.items[i])});
    else all.push_back({list.names[i], list.items[i]});
  }
  return all;
}

/// All columns of numbers, where none is named, and those of text, which are passed over.
std::vector<Chosen> all_numbers(FeedCall& f) {
  std::vector<Chosen> all;
  for (const ColumnType& column : f.columns.types())
    if (column.dtype == types::DType::String || column.shape.size() <= 1) all.push_back({column.name, Value::null()});
  return all;
}

/// The arguments of the entry by name, columns as they are, the others with their defaults.
Arguments named_arguments(const FeedCall& f, const catalogue::Entry& entry, const Bound& bound) {
  Arguments named;
  for (std::size_t i = 0; i < entry.arguments.size(); ++i) {
    const bool given = !bound.from[i].empty();
    const Span at = given ? f.args[bound.from[i][0]].span : f.span;
    const types::Constant& value = bound.values[i];
    named.push_back({entry.arguments[i].name,
                     value.is_null() && given ? f.args[bound.from[i][0]].value : from_constant(value),
                     at,
                     {}});
  }
  return named;
}

/// A call that draws: its arguments, and what the draws follow from.
Value drawn(FeedCall& f, const catalogue::Entry& entry, const Bound& bound) {
  Arguments args = named_arguments(f, entry, bound);
  args.push_back({"draws", f.columns.draws(f.t, f.span), f.span, {}});
  args.push_back({"place", from_constant(types::Constant(f.columns.next_place())), f.span, {}});
  return call(f, "_feed_" + entry.name, std::move(args));
}

std::vector<std::string> names_in(const types::Constant& value) {
  std::vector<std::string> names;
  for (const auto& one : value.is_list() ? value.as_list() : types::ConstantList{value})
    names.push_back(one.is_string() ? one.as_string() : one.str());
  return names;
}

/// Of a whole part the columns of text are passed over; one that is named is an error of the operator.
bool is_text(Tracer& t, const Value& value) {
  if (value.is_poison()) return false;
  const Type type = t.type_of(value);
  return !type.is_tensor() || type.tensor.dtype == types::DType::String;
}

/// The column that a name or a value read from it stands for, where it is text and is passed over.
const ColumnType* text_column(const FeedCall& f, const Chosen& one) {
  const std::string& name = one.value.kind == Value::Tensor ? f.t.graph->values[one.value.tensor].name : one.name;
  for (const ColumnType& column : f.columns.types())
    if (column.name == name && column.dtype == types::DType::String) return &column;
  return nullptr;
}

/// A column of a whole part whose name stands twice in its file, which is an error where it is used.
void report_twice(FeedCall& f, const Chosen& one) {
  if (one.name.empty() || !one.value.is_poison()) return;
  for (const ColumnType& column : f.columns.types())
    if (column.duplicate && column.name.ends_with("." + one.name)) {
      f.columns.required(f.t, column.name, f.span);
      return;
    }
}

Value numeric(FeedCall& f, const Bound& bound) {
  const std::vector<std::string> except = names_in(bound.value("except"));
  for (const std::string& name : except) {
    const bool known = std::any_of(f.columns.types().begin(), f.columns.types().end(), [&](const ColumnType& column) {
      return column.name == name || column.name.ends_with("." + name);
    });
    if (known) continue;
    f.columns.report_missing(f.t, name, f.args[*bound.argument("except")].span);
    return Value::poison();
  }
  std::vector<Chosen> chosen;
  for (const std::size_t i : bound.rest)
    for (Chosen& one : chosen_by(f, f.args[i])) chosen.push_back(std::move(one));
  const bool named = !bound.rest.empty();
  if (!named) chosen = all_numbers(f);
  std::vector<Value> kept;
  for (const Chosen& one : chosen) {
    if (!one.name.empty() && std::find(except.begin(), except.end(), one.name) != except.end()) continue;
    report_twice(f, one);
    const ColumnType* text = one.name.empty() ? nullptr : text_column(f, one);
    if (text) f.columns.pass_over(*text);
    else if (!named) kept.push_back(f.columns.required(f.t, one.name, f.span));
    else if (one.name.empty() || !is_text(f.t, one.value)) kept.push_back(one.value);
  }
  if (is_poisoned(kept)) return Value::poison();
  return call(f, "_columns", {{"", Value::of_list(std::move(kept)), f.span, {}}});
}

/// Of text there is a mode only, which need not be said.
Value impute(FeedCall& f, const Bound& bound) {
  if (is_text(f.t, f.args[bound.from[0][0]].value) && !bound.argument("by"))
    f.args.push_back({"by", Value::of(std::string("mode")), f.span, {}});
  return fitted(f, "impute");
}

/// Columns in place of their names and numbers, under the parameters that take one.
void resolve_columns(FeedCall& f, const catalogue::Entry& entry, const Bound& bound) {
  for (std::size_t i = 0; i < entry.arguments.size(); ++i) {
    const auto& alternatives = entry.arguments[i].alternatives;
    const bool column = std::any_of(alternatives.begin(), alternatives.end(),
                                    [](const auto& a) { return a.kind == types::Param::Column; });
    if (!column || bound.from[i].empty()) continue;
    GivenArgument& argument = f.args[bound.from[i][0]];
    if (names_column(argument.value)) argument.value = f.columns.required(f.t, argument.value.str(), argument.span);
  }
}

/// Functions that torch has too are torch's where they are not asked about a column by its name.
bool is_torchs(const Tracer& t, const FeedColumns& columns, const catalogue::Entry& entry, const Arguments& args) {
  const auto id = catalogue::id_of<FeedId>(entry);
  if (id != FeedId::Pad && id != FeedId::Clip && id != FeedId::Log1p) return false;
  if (id == FeedId::Pad && !args.empty() && is_raw(t, columns, args[0].value)) return false;
  return args.empty() || args[0].value.kind != Value::String;
}

/// nullopt: torch's function of that name does it, with `f.args`.
std::optional<Value> apply(FeedCall& f, const catalogue::Entry& entry, const Bound& bound) {
  resolve_columns(f, entry, bound);
  for (const GivenArgument& a : f.args)
    if (a.value.is_poison()) return Value::poison();
  switch (catalogue::id_of<FeedId>(entry)) {
    case FeedId::Column:
      return f.columns.required(f.t, from_constant(bound.value("name")).str(), f.args[0].span);
    case FeedId::Numeric:
      return numeric(f, bound);
    case FeedId::Standardize:
      return fitted(f, "standardize");
    case FeedId::Category:
      return fitted(f, "category");
    case FeedId::Impute:
      return impute(f, bound);
    case FeedId::Bins:
      return call(f, "bins", f.args);
    case FeedId::Normalize:
      return call(f, "_feed_normalize", f.args);
    case FeedId::Strip:
    case FeedId::Lower:
    case FeedId::Replace:
      return text_function(f.t, f.columns, f.args[bound.from[0][0]], entry, bound, f.span);
    case FeedId::Tokens:
      return tokens(f.t, f.columns, f.args[bound.from[0][0]], bound, f.span);
    case FeedId::Pad:
      return padded(f.t, f.columns, f.args[bound.from[0][0]], bound, f.span);
    case FeedId::Lengths:
      return lengths(f.t, f.columns, f.args[bound.from[0][0]], f.span);
    case FeedId::Windows:
      return windows(f.t, f.columns, f.args[bound.from[0][0]], bound, f.span);
    case FeedId::Resize:
    case FeedId::CenterCrop:
      return call(f, "_feed_" + entry.name, named_arguments(f, entry, bound));
    case FeedId::RandomCrop:
    case FeedId::RandomResizedCrop:
    case FeedId::RandomFlip:
    case FeedId::RandomRotation:
    case FeedId::ColorJitter:
    case FeedId::RandomErasing:
    case FeedId::Augment:
    case FeedId::Mixup:
    case FeedId::Cutmix:
      return drawn(f, entry, bound);
    default:
      return std::nullopt;
  }
}

/// A whole part is a list of tensors, be it that a column of it stands twice: that is an error where it is used.
std::vector<catalogue::Actual> actuals_in_feed(const Arguments& args) {
  std::vector<catalogue::Actual> actuals = actuals_of(args);
  for (std::size_t i = 0; i < args.size(); ++i) {
    const Value& value = args[i].value;
    if (value.kind != Value::List || value.list->names.empty()) continue;
    const auto& items = value.list->items;
    if (std::all_of(items.begin(), items.end(),
                    [](const Value& item) { return item.kind == Value::Tensor || item.is_poison(); }))
      actuals[i].kind = catalogue::Actual::Tensors;
  }
  return actuals;
}

}  // namespace

std::optional<Value> FeedColumns::function(Tracer& t, const std::string& name, Arguments& args, Span span) {
  const catalogue::Entry* entry = catalogue::find(catalogue::Kind::FeedFunction, name);
  if (!entry || is_torchs(t, *this, *entry, args)) return std::nullopt;
  if (refused(t, *entry, span)) return Value::poison();
  const auto bound = bound_to(t, *entry, actuals_in_feed(args), span);
  if (!bound) return Value::poison();
  FeedCall call{t, *this, args, span};
  return apply(call, *entry, *bound);
}

}  // namespace modelc::recipe
