#include "recipe/feed.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "recipe/carry.h"
#include "recipe/columns.h"
#include "recipe/text_functions.h"
#include "trace/forward.h"
#include "trace/modules.h"

namespace modelc::recipe {

using trace::ModelInput;

namespace {

/// A size that is fed, and the one that is wanted there.
struct Size {
  std::string name;  // of the input
  Span at;
  Dim have, want;
};

/// One feed while it is made.
struct Feeding {
  Tracer& t;
  FeedColumns& columns;
  const ir::Source& source;
  std::map<std::string, Value>& bindings;
  std::set<std::string> carried;  // inputs that a batch before gives
  std::vector<Size> sizes = {};
  bool whole = true;  // false: an input is not fed, for a fault that was reported
};

bool widens(types::DType from, types::DType to) {
  // No value is lost when integers widen or become floats.
  if (types::is_floating(from)) return types::is_floating(to);
  if (!types::is_integral(from) && from != types::DType::Bool) return false;
  return types::is_floating(to) || (types::is_integral(to) && types::byte_size(to) >= types::byte_size(from));
}

TensorType type_of(const Feeding& f, const Value& value) { return f.t.graph->values[value.tensor].type.tensor; }

/// The value of a binding or column; nullopt: nothing has that name.
std::optional<Value> value_for(Feeding& f, const std::string& name, Span asked) {
  const auto binding = f.bindings.find(name);
  if (binding != f.bindings.end()) return binding->second;
  return f.columns.column(f.t, name, asked);
}

/// Widened to the dtype that is wanted, where nothing is lost by it.
Value widened(Feeding& f, const Value& value, types::DType dtype, Span at) {
  const types::DType have = type_of(f, value).dtype;
  if (have == dtype || !widens(have, dtype)) return value;
  Arguments args{{"", value, at, {}}, {"", Value::of(dtype), at, {}}};
  return trace::call_function(f.t, *ops::Catalogue::get().function("to"), args, at);
}

bool makes_tokens(const std::vector<formats::ColumnType>& columns) {
  return std::any_of(columns.begin(), columns.end(), [](const formats::ColumnType& one) { return one.tokens; });
}

void report_nothing_feeds(Feeding& f, const std::string& name, Span asked) {
  auto report = f.t.fault(asked, diag::NothingFeeds, name);
  if (f.source.span.valid()) report.note(f.source.span, "the source is here");
  report.help(fmt::format("bind it under `data.feed`: `{}: …`", name));
}

/// The value of one tensor of an input or target. False where there is none, after reporting.
bool feed_tensor(Feeding& f, const ModelInput& input, const TensorType& want, const std::string& name) {
  std::optional<Value> value = value_for(f, name, input.span);
  if (!value) {
    const bool needed = !input.optional && !f.carried.contains(input.name);
    if (needed) report_nothing_feeds(f, name, input.span);
    return !needed;
  }
  if (value->is_poison()) return false;
  const bool bound = f.bindings.count(name) && value->span.valid();
  const Span at = bound ? value->span : f.source.span;
  if (value->kind != Value::Tensor) {
    f.t.fault(at, diag::FeedMismatch, name, value->describe(), Type::of(want).str());
    return false;
  }
  if (f.columns.is_ragged(f.t, *value)) {
    report_ragged(f.t, *f.columns.name_of(f.t, *value), name, at);
    return false;
  }
  *value = widened(f, *value, want.dtype, at);
  if (value->is_poison()) return false;
  const TensorType have = type_of(f, *value);
  if (have.dtype != want.dtype || have.rank() != want.rank()) {
    auto report = f.t.fault(at, diag::FeedMismatch, name, have.str(), want.str());
    report.note(input.span, "it is declared here");
    if (have.dtype != want.dtype) f.columns.note_cell(f.t, *value, report, at);
    f.columns.note_passed_over(report, at);
    if (have.dtype == types::DType::String)
      report.help(fmt::format("number its values: `category(\"{}\")`", f.t.graph->values[value->tensor].name));
    else if (f.columns.windows.n == 0 && makes_tokens(f.columns.types()) && want.rank() == 2)
      report.help("cut the text into rows: `windows(tokens, 64)`");
    return false;
  }
  const ir::Windows& windows = f.columns.windows;
  if (windows.n > 0 && (have.rank() == 0 || have.shape[0] != types::floor_div(f.columns.rows(), windows.n))) {
    f.t.fault(at, diag::FeedNotWindowed, name).note(f.columns.windows_span, "the windows are here");
    return false;
  }
  for (std::size_t i = 0; i < want.rank(); ++i) f.sizes.push_back({name, at, have.shape[i], want.shape[i]});
  f.t.graph->outputs.push_back({name, ir::Operand::of(value->tensor), Type::of(have), at});
  return true;
}

/// A list or tuple is fed part by part, `name.0` the first.
bool feed_input(Feeding& f, const ModelInput& input, const Type& type, const std::string& name) {
  if (type.is_tensor()) return feed_tensor(f, input, type.tensor, name);
  const auto bundle = f.bindings.find(name);
  const auto list = bundle != f.bindings.end() && bundle->second.kind == Value::List ? bundle->second.list : nullptr;
  bool ok = true;
  for (std::size_t i = 0; i < type.parts().size(); ++i) {
    const std::string part = fmt::format("{}.{}", name, i);
    if (list && i < list->items.size()) f.bindings[part] = list->items[i];
    ok &= feed_input(f, input, type.parts()[i], part);
  }
  return ok;
}

/// The model's own symbols take what the columns have; nullopt after reporting.
std::optional<std::map<types::SymbolId, Dim>> bind_symbols(const Given& given, const FeedColumns& columns,
                                                           const std::vector<Size>& sizes) {
  std::set<types::SymbolId> own;
  for (const auto& [name, dim] : given.model.symbols)
    for (const types::SymbolId s : dim.symbols()) own.insert(s);
  std::vector<Dim> wants, haves;
  for (const Size& size : sizes) wants.push_back(size.want), haves.push_back(size.have);
  types::Conditions scratch;
  std::map<types::SymbolId, Dim> bound;
  const auto result =
      types::unify(wants, haves, [&](types::SymbolId s) { return own.count(s) != 0; }, bound, scratch, {});
  if (result.ok || sizes.empty()) return result.values;
  const Size& at = sizes[std::min(result.index, sizes.size() - 1)];
  auto report =
      given.statics.fault(at.at, diag::FeedSize, at.name, at.have.str(), at.want.substitute(result.values).str());
  for (const ModelInput& input : given.model.inputs)
    if (input.name == at.name) report.note(input.span, fmt::format("it is declared here as {}", input.type.str()));
  columns.note_passed_over(report, at.at);
  return std::nullopt;
}

/// Reports the first condition of the model that does not hold of the sizes that are fed.
void check_conditions(const Given& given, const FeedColumns& columns, const ir::Source& source,
                      const std::map<types::SymbolId, Dim>& sizes) {
  for (const ir::Graph& graph : given.graphs) {
    for (const types::Requirement& r : graph.conditions.requirements()) {
      const Dim a = r.a.substitute(sizes), b = r.b.substitute(sizes);
      if (!a.is_constant() || !b.is_constant()) continue;
      const bool equal = r.relation == types::Relation::Equal;
      if (equal ? a.constant() == b.constant() : a.constant() >= b.constant()) continue;
      auto report = given.statics.fault(source.span, diag::FeedCondition, r.words);
      report.note(r.origin.span, fmt::format("the condition comes from here ({})", r.origin.what));
      columns.note_passed_over(report, source.span);
      return;
    }
  }
}

}  // namespace

Fed read_feed(const Given& given, const ir::Source& source, const std::string& root) {
  Fed fed;
  FeedColumns columns(source.columns, types::DimTable::current().symbol("rows"), root, given.options);
  std::set<std::string> carried;
  for (const ModelInput& input : given.model.inputs)
    if (is_carried(given.statics, given.scope(), input.name)) carried.insert(input.name);
  in_feed(given, fed.graph, columns, [&](Tracer& t, const Scope& scope) {
    trace::run_bindings(t, given.file().feed.entries, scope);
    if (!check_ragged(t, columns) || !check_windows(t, columns, source.rows)) return Value::null();
    Feeding feeding{t, columns, source, scope.frame->bindings, carried};
    for (const ModelInput& input : given.model.inputs)
      if (input.type.kind != types::TypeKind::Choice)
        feeding.whole &= feed_input(feeding, input, input.type, input.name);
    if (!feeding.whole) return Value::null();
    if (const auto sizes = bind_symbols(given, columns, feeding.sizes))
      check_conditions(given, columns, source, *sizes);
    return Value::null();
  });
  fed.fits = columns.fits();
  fed.derived = columns.derived();
  fed.windows = columns.windows;
  return fed;
}

}  // namespace modelc::recipe
