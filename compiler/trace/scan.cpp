#include "trace/scan.h"

#include <fmt/format.h>

#include <algorithm>

#include "catalogue/entry.h"
#include "ir/loops.h"
#include "trace/calls.h"
#include "trace/types.h"

namespace modelc::trace {

namespace {

/// What is given to `scan`; `rest` goes to every step.
struct Given {
  std::vector<GivenArgument> own;  // in the order of the declaration: step, xs, state, dim
  Arguments rest;
};

/// nullopt after reporting.
std::optional<Given> given(Tracer& t, Arguments args, Span span) {
  const catalogue::Entry& scan = catalogue::entry(catalogue::FunctionId::Scan);
  Given out;
  std::vector<bool> filled(scan.arguments.size(), false);
  out.own.resize(scan.arguments.size());
  for (std::size_t i = 0; i < out.own.size(); ++i) out.own[i].value = from_constant(scan.arguments[i].default_value);
  std::size_t position = 0;
  for (GivenArgument& a : args) {
    std::size_t at = position;
    if (a.name.empty()) {
      ++position;
    } else {
      for (at = 0; at < filled.size() && scan.arguments[at].name != a.name;) ++at;
    }
    if (at >= filled.size() && !a.name.empty()) {
      out.rest.push_back(std::move(a));
      continue;
    }
    if (at >= filled.size() || filled[at]) {
      t.fault(span, diag::WrongArgumentCount, scan.name, "a step, what it goes along, a state and `dim`", args.size());
      return std::nullopt;
    }
    filled[at] = true;
    out.own[at] = std::move(a);
  }
  for (std::size_t i = 0; i < filled.size(); ++i) {
    if (filled[i] || scan.arguments[i].has_default) continue;
    t.fault(span, diag::WrongArgumentCount, scan.name, "a step, what it goes along, and a state", args.size())
        .help(fmt::format("`{}` is missing", scan.arguments[i].name));
    return std::nullopt;
  }
  return out;
}

/// The tensors in a value, in order; false where something else is in it.
bool tensors_in(const Value& value, std::vector<Value>& tensors) {
  if (value.is_null()) return true;
  if (value.kind == Value::Tensor) {
    tensors.push_back(value);
    return true;
  }
  if (value.kind != Value::List) return false;
  for (const Value& item : value.list->items)
    if (!tensors_in(item, tensors)) return false;
  return true;
}

/// The value with other tensors in the places of its own.
Value filled(const Value& like, std::vector<Value>::const_iterator& next) {
  if (like.kind == Value::Tensor) return *next++;
  if (like.kind != Value::List) return like;
  std::vector<Value> items;
  for (const Value& item : like.list->items) items.push_back(filled(item, next));
  return Value::of_list(std::move(items), like.list->tuple, like.list->names);
}

/// One structure, one dtype and one size in every place; sizes may be equal under conditions.
bool keeps_type(Tracer& t, const Type& before, const Type& after, Span span) {
  if (before.is_tensor() || after.is_tensor()) {
    if (!before.is_tensor() || !after.is_tensor() || before.tensor.dtype != after.tensor.dtype ||
        before.tensor.rank() != after.tensor.rank())
      return false;
    for (std::size_t d = 0; d < before.tensor.rank(); ++d)
      if (!t.conditions->require(after.tensor.shape[d], types::Relation::Equal, before.tensor.shape[d], {span, "scan"})
               .ok())
        return false;
    return true;
  }
  const bool none = before.kind == types::TypeKind::None || after.kind == types::TypeKind::None;
  if (none || before.parts().size() != after.parts().size()) return before.kind == after.kind && none;
  for (std::size_t i = 0; i < before.parts().size(); ++i)
    if (!keeps_type(t, before.parts()[i], after.parts()[i], span)) return false;
  return true;
}

/// Null where there is none: what an operator is given that may do without.
Value list_or_null(const std::vector<Value>& tensors) {
  return tensors.empty() ? Value::null() : Value::of_list(tensors);
}

/// Whether the data of each step decide a size of the tensor: a node from `first` on measures it.
bool varies(const ir::Graph& graph, const TensorType& type, std::size_t first) {
  std::vector<types::SymbolId> symbols;
  for (const Dim size : type.shape)
    for (const types::SymbolId symbol : size.symbols()) symbols.push_back(symbol);
  for (std::size_t n = first; n < graph.nodes.size() && !symbols.empty(); ++n) {
    if (!ir::op_of(graph.nodes[n]).has(ops::Trait::MeasuresSize)) continue;
    for (const ir::ValueId result : graph.nodes[n].results)
      for (const Dim size : graph.values[result].type.tensor.shape)
        if (const auto measured = types::measured_symbol(size);
            measured && std::find(symbols.begin(), symbols.end(), *measured) != symbols.end())
          return true;
  }
  return false;
}

/// A step that was traced: what it gives, and the tensors of both.
struct Step {
  Value y, state;
  std::vector<Value> ys, states;
};

/// nullopt after reporting.
std::optional<Step> checked(Tracer& t, const Value& result, const Value& before, std::size_t first, Span span) {
  if (result.is_poison()) return std::nullopt;
  Step step;
  const bool pair = result.kind == Value::List && result.list->items.size() == 2;
  if (!pair || !tensors_in(result.list->items[0], step.ys)) {
    t.fault(span, diag::ScanResult, pair ? "a first part that is no tensor" : t.type_of(result).str())
        .help("give both from the step: `outputs: [y, state]`, or a tuple `(y, state)`");
    return std::nullopt;
  }
  for (const Value& y : step.ys) {
    if (!varies(*t.graph, t.type_of(y).tensor, first)) continue;
    t.fault(span, diag::ScanResult,
            fmt::format("a first part of {}, with a size of its own at each step", t.type_of(y).str()))
        .help("what is stacked has one size: keep the shape with `where(mask, x, 0)`");
    return std::nullopt;
  }
  step.y = result.list->items[0];
  step.state = result.list->items[1];
  const Type was = t.type_of(before);
  if (!tensors_in(step.state, step.states) || !keeps_type(t, was, t.type_of(step.state), span)) {
    const bool tensors = step.state.kind == Value::List || step.state.kind == Value::Tensor;
    t.fault(span, diag::ScanStateChanges, was.str(), tensors ? t.type_of(step.state).str() : step.state.describe());
    return std::nullopt;
  }
  return step;
}

}  // namespace

Value scan(Tracer& t, Arguments args, Span span, const Scope& scope) {
  const catalogue::Entry& declared = catalogue::entry(catalogue::FunctionId::Scan);
  if (!t.graph) {
    t.fault(span, diag::TensorWhereStatic, declared.name);
    return Value::poison();
  }
  auto call = given(t, std::move(args), span);
  if (!call) return Value::poison();
  const GivenArgument &step = call->own[0], &along = call->own[1], &start = call->own[2], &dim = call->own[3];
  std::vector<Value> xs, states;
  for (const auto& [what, tensors] : {std::pair{&along, &xs}, std::pair{&start, &states}}) {
    if (tensors_in(what->value, *tensors) && (what == &start || !tensors->empty())) continue;
    t.fault(what->span, diag::BadBuiltinArgument, declared.name, what->value.describe())
        .help(what == &start ? "the state is a tensor, or a tuple or list of tensors: `zeros(B, 8)`" : "");
    return Value::poison();
  }
  if (!dim.value.is_int()) {
    t.fault(dim.span, diag::BadBuiltinArgument, declared.name, dim.value.describe()).help("`dim` is a known integer");
    return Value::poison();
  }
  const auto argument = [&](const Value& value, const GivenArgument& from) {
    return GivenArgument{"", value, from.span.valid() ? from.span : span, {}};
  };
  const Value opened = t.operate(
      "_scan", {argument(Value::of_list(xs), along), argument(list_or_null(states), start), argument(dim.value, dim)},
      span);
  if (opened.is_poison()) return opened;
  const std::vector<Value>& parts = opened.list->items;
  const ir::Graph& graph = *t.graph;
  const std::size_t first = graph.values[parts[0].tensor].source;
  const Dim turns = ir::turns_of(graph, graph.nodes[first]);
  const Scanning scanning{t.scanning ? t.scanning->turns * turns : turns};
  Tracer inside = t;
  inside.scanning = &scanning;
  auto next = parts.begin();
  Arguments given_to_step{argument(filled(along.value, next), along)};
  given_to_step.push_back(argument(filled(start.value, next), start));
  given_to_step.insert(given_to_step.end(), call->rest.begin(), call->rest.end());
  const Value result = call_value(inside, step.value, std::move(given_to_step), span, scope);
  const auto made = checked(t, result, start.value, first, span);
  if (!made) return Value::poison();
  const std::vector<Value> carried(parts.begin() + static_cast<std::ptrdiff_t>(xs.size()), parts.end());
  const Value closed = t.operate(
      "_scanned",
      {argument(list_or_null(made->ys), along), argument(list_or_null(made->states), start), argument(parts[0], along),
       argument(list_or_null(carried), start), argument(xs[0], along), argument(dim.value, dim)},
      span);
  if (closed.is_poison()) return closed;
  auto last = closed.list->items.begin();
  Value stacked = filled(made->y, last);
  Value state = filled(made->state, last);
  return Value::of_list({std::move(stacked), std::move(state)}, true);
}

}  // namespace modelc::trace
