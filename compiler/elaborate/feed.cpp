// The functions of a recipe's feed (LANGUAGE §11), and the graph from columns to the model's inputs and targets.
#include <fmt/format.h>

#include <algorithm>

#include "elaborate/recipe_reader.h"
#include "ir/builder.h"
#include "trace/forward.h"
#include "trace/modules.h"

namespace modelc::elaborate {

using formats::ColumnType;

std::optional<Value> FeedColumns::column(Tracer& t, const std::string& name, Span span) {
  if (!columns) return std::nullopt;
  for (const ColumnType& one : *columns) {
    if (one.name != name) continue;
    if (one.duplicate) {
      t.sink.report(span, diag::ColumnTwice, name);
      return Value::poison();
    }
    const auto made = values.find(name);
    if (made != values.end()) return made->second;
    TensorType type;
    type.dtype = one.dtype;
    type.shape.push_back(rows);
    for (std::int64_t n : one.shape) type.shape.emplace_back(n);
    ir::ValueInfo info;
    info.kind = ir::ValueKind::Input;
    info.type = Type::of(type);
    info.name = name;
    info.source = static_cast<std::uint32_t>(t.graph->inputs.size());
    info.span = span;
    const auto id = static_cast<ir::ValueId>(t.graph->values.size());
    t.graph->values.push_back(info);
    t.graph->inputs.push_back({name, info.type, id, false, span});
    Value v = Value::of_tensor(id);
    v.span = span;
    values[name] = v;
    return v;
  }
  return std::nullopt;
}

std::optional<Value> FeedColumns::part(Tracer& t, const std::string& name, Span span) {
  if (!columns) return std::nullopt;
  std::vector<Value> items;
  std::vector<std::string> names;
  for (const ColumnType& one : *columns) {
    if (!one.name.starts_with(name + ".")) continue;
    names.push_back(one.name.substr(name.size() + 1));
    if (one.duplicate) {
      items.push_back(Value::poison());
      continue;
    }
    items.push_back(column(t, one.name, span).value_or(Value::poison()));
  }
  if (items.empty()) return std::nullopt;
  return Value::of_list(std::move(items), false, std::move(names));
}

std::optional<Value> FeedColumns::name(Tracer& t, const std::string& name, Span span) {
  if (auto value = column(t, name, span)) return value;
  return part(t, name, span);
}

std::vector<std::string> FeedColumns::known() const {
  std::vector<std::string> names;
  if (!columns) return names;
  for (const ColumnType& c : *columns) names.push_back(c.name);
  return names;
}

Value RecipeReader::in_feed_graph(ir::Graph& graph, FeedColumns& columns,
                                  const std::function<Value(Tracer&, const Scope&)>& body) {
  Frame frame;
  frame.instance = trace::kNoInstance;
  frame.symbols = model_.symbols;
  trace::Trace gathered;
  Tracer feed = t_;
  feed.graph = &graph;
  feed.trace = &gathered;
  feed.conditions = &graph.conditions;
  feed.feed = &columns;
  feed.training = false;
  Scope scope;
  scope.level = model_.level;
  scope.frame = &frame;
  scope.feed = true;
  return body(feed, scope);
}

std::optional<Value> FeedColumns::function(Tracer& t, const std::string& name, Arguments& args, Span span) {
  for (const GivenArgument& a : args)
    if (a.value.is_poison()) return Value::poison();
  const auto call = [&](const char* op, Arguments given) {
    return trace::call_function(t, *ops::Catalogue::get().function(op), given, span);
  };
  if (name == "column") {
    if (args.size() != 1 || !(args[0].value.kind == Value::String || args[0].value.is_int())) {
      t.sink.report(span, diag::WrongArgumentCount, name, "the name of a column", args.size());
      return Value::poison();
    }
    const std::string wanted = args[0].value.str();
    if (const auto value = column(t, wanted, span)) return *value;
    report_no_column(t, wanted, args[0].span);
    return Value::poison();
  }
  if (name == "numeric") {
    std::set<std::string> except;
    std::vector<Value> chosen;
    bool named = false, ok = true;
    const auto take = [&](const Value& v, Span at) {
      if (v.kind == Value::String || v.is_int()) {
        const auto found = column(t, v.str(), at);
        if (found) chosen.push_back(*found);
        else {
          report_no_column(t, v.str(), at);
          ok = false;
        }
      } else {
        chosen.push_back(v);
      }
    };
    std::vector<std::string> record_names;
    for (const GivenArgument& a : args) {
      if (a.name == "except") {
        const std::vector<Value> names =
            a.value.kind == Value::List ? a.value.list->items : std::vector<Value>{a.value};
        for (const Value& v : names) except.insert(v.str());
        continue;
      }
      named = true;
      if (a.value.kind == Value::List && !a.value.list->names.empty()) {
        for (std::size_t i = 0; i < a.value.list->items.size(); ++i) {
          chosen.push_back(a.value.list->items[i]);
          record_names.resize(chosen.size());
          record_names.back() = a.value.list->names[i];
        }
      } else if (a.value.kind == Value::List) {
        for (const Value& v : a.value.list->items) take(v, a.span);
      } else {
        take(a.value, a.span);
      }
    }
    if (!ok) return Value::poison();
    for (const std::string& e : except) {
      const bool known = std::any_of(columns->begin(), columns->end(),
                                     [&](const ColumnType& c) { return c.name == e || c.name.ends_with("." + e); });
      if (!known) {
        report_no_column(t, e, span);
        return Value::poison();
      }
    }
    if (named) {
      record_names.resize(chosen.size());
      std::vector<Value> kept;
      for (std::size_t i = 0; i < chosen.size(); ++i) {
        if (!record_names[i].empty() && except.count(record_names[i])) continue;
        // Of a whole part the columns of text are passed over; one that is named is an error of the operator.
        const Type type = chosen[i].is_poison() ? Type::poison() : t.type_of(chosen[i]);
        if (!record_names[i].empty() && (!type.is_tensor() || type.tensor.dtype == types::DType::String)) continue;
        kept.push_back(chosen[i]);
      }
      chosen = std::move(kept);
    } else {
      for (const ColumnType& c : *columns) {
        if (c.dtype == types::DType::String || except.count(c.name) || c.shape.size() > 1) continue;
        if (const auto found = column(t, c.name, span)) chosen.push_back(*found);
      }
    }
    for (const Value& v : chosen)
      if (v.is_poison()) return Value::poison();
    return call("_columns", {{"", Value::of_list(std::move(chosen)), span, {}}});
  }
  // A name that is no word is a string, one that counts the columns a number.
  if ((name == "standardize" || name == "category" || name == "normalize") && !args.empty() &&
      (args[0].value.kind == Value::String || args[0].value.is_int())) {
    const std::string wanted = args[0].value.str();
    const auto value = column(t, wanted, args[0].span);
    if (!value) {
      report_no_column(t, wanted, args[0].span);
      return Value::poison();
    }
    if (value->is_poison()) return *value;
    args[0].value = *value;
  }
  if (name == "standardize" || name == "category") {
    const Value result = call(name.c_str(), args);
    if (result.kind == Value::Tensor) fits.push_back(static_cast<std::uint32_t>(t.graph->nodes.size() - 1));
    return result;
  }
  if (name == "normalize") return call("_feed_normalize", args);
  static const std::set<std::string> later = {"windows", "tokens", "lengths", "augment", "random_crop", "random_flip"};
  if (later.count(name)) {
    t.sink.report(span, diag::NotSupportedYet, fmt::format("`{}` in a feed", name));
    return Value::poison();
  }
  return std::nullopt;
}

void FeedColumns::report_no_column(Tracer& t, const std::string& name, Span span) {
  std::vector<std::string> known;
  for (const ColumnType& c : *columns) known.push_back(c.name);
  auto report = t.sink.report(span, diag::DataColumnMissing, name);
  if (!report.did_you_mean(name, known) && !known.empty()) {
    std::string list;
    for (std::size_t i = 0; i < known.size() && i < 20; ++i) list += (i ? ", " : "") + known[i];
    if (known.size() > 20) list += fmt::format(", … ({} in all)", known.size());
    report.help("it has " + list);
  }
}

bool RecipeReader::read_feed(const ir::Source& source) {
  ir::Graph graph;
  FeedColumns columns;
  columns.rows = types::DimTable::current().symbol("rows");
  columns.columns = &source.columns;
  bool ok = true;
  std::vector<std::uint32_t> fits;
  in_feed_graph(graph, columns, [&](Tracer& feed_tracer, const Scope& outer) {
    Scope scope = outer;
    const std::size_t faults = t_.sink.error_count();
    run_bindings(feed_tracer, t_.document.root().feed, scope);
    std::map<types::SymbolId, Dim> bound;
    std::vector<Dim> wants, haves;
    std::vector<std::pair<std::string, Span>> whose;
    for (const auto& input : model_.inputs) {
      if (input.type.kind == types::TypeKind::Choice) continue;
      std::function<void(const Type&, const std::string&)> feed = [&](const Type& type, const std::string& name) {
        if (!type.is_tensor()) {
          const auto bundle = scope.frame->bindings.find(name);
          for (std::size_t i = 0; i < type.parts.size(); ++i) {
            const std::string part = fmt::format("{}.{}", name, i);
            if (bundle != scope.frame->bindings.end() && bundle->second.kind == Value::List &&
                i < bundle->second.list->items.size()) {
              scope.frame->bindings[part] = bundle->second.list->items[i];
            }
            feed(type.parts[i], part);
          }
          return;
        }
        std::optional<Value> value;
        Span at = source.span;
        const auto binding = scope.frame->bindings.find(name);
        if (binding != scope.frame->bindings.end()) {
          value = binding->second;
          if (value->span.valid()) at = value->span;
        } else {
          value = columns.column(feed_tracer, name, input.span);
        }
        if (!value) {
          if (input.optional) return;
          auto report = t_.sink.report(input.span, diag::NothingFeeds, name);
          if (source.span.valid()) report.note(source.span, "the source is here");
          report.help(fmt::format("bind it under `data.feed`: `{}: …`", name));
          ok = false;
          return;
        }
        if (value->is_poison()) {
          ok = false;
          return;
        }
        if (value->kind != Value::Tensor) {
          t_.sink.report(at, diag::FeedMismatch, name, value->describe(), type.str());
          ok = false;
          return;
        }
        TensorType have = graph.values[value->tensor].type.tensor;
        const TensorType& want = type.tensor;
        // No value is lost when integers widen or become floats.
        const bool widens =
            (types::is_integral(have.dtype) || have.dtype == types::DType::Bool)
                ? (types::is_floating(want.dtype) ||
                   (types::is_integral(want.dtype) && types::byte_size(want.dtype) >= types::byte_size(have.dtype)))
                : types::is_floating(have.dtype) && types::is_floating(want.dtype);
        if (have.dtype != want.dtype && widens) {
          Arguments args{{"", *value, at, {}}, {"", Value::of(want.dtype), at, {}}};
          *value = trace::call_function(feed_tracer, *ops::Catalogue::get().function("to"), args, at);
          if (value->is_poison()) {
            ok = false;
            return;
          }
          have.dtype = want.dtype;
        }
        if (have.dtype != want.dtype || have.rank() != want.rank()) {
          auto report = t_.sink.report(at, diag::FeedMismatch, name, have.str(), want.str());
          report.note(input.span, "it is declared here");
          if (have.dtype == types::DType::String)
            report.help(fmt::format("number its values: `category(\"{}\")`", name));
          ok = false;
          return;
        }
        for (std::size_t i = 0; i < want.rank(); ++i) {
          wants.push_back(want.shape[i]);
          haves.push_back(have.shape[i]);
          whose.emplace_back(name, at);
        }
        graph.outputs.push_back({name, ir::Operand::of(value->tensor), Type::of(have), at});
      };
      feed(input.type, input.name);
    }
    if (t_.sink.error_count() != faults) ok = false;
    if (!ok) return Value::null();
    // The model's own symbols take what the columns have; its conditions must then hold.
    std::set<types::SymbolId> model;
    for (const auto& [name, dim] : model_.symbols)
      for (types::SymbolId s : dim.symbols()) model.insert(s);
    types::Conditions scratch;
    const auto result =
        types::unify(wants, haves, [&](types::SymbolId s) { return model.count(s) != 0; }, bound, scratch, {});
    if (!result.ok && !wants.empty()) {
      const std::size_t i = std::min(result.index, whose.size() - 1);
      auto report = t_.sink.report(whose[i].second, diag::FeedSize, whose[i].first, haves[i].str(),
                                   wants[i].substitute(result.values).str());
      for (const auto& input : model_.inputs)
        if (input.name == whose[i].first)
          report.note(input.span, fmt::format("it is declared here as {}", input.type.str()));
      ok = false;
      return Value::null();
    }
    for (const ir::Graph& g : graphs_) {
      for (const types::Requirement& r : g.conditions.requirements()) {
        const Dim a = r.a.substitute(result.values), b = r.b.substitute(result.values);
        if (!a.is_constant() || !b.is_constant()) continue;
        const bool holds =
            r.relation == types::Relation::Equal ? a.constant() == b.constant() : a.constant() >= b.constant();
        if (holds || !ok) continue;
        t_.sink.report(source.span, diag::FeedCondition, r.words)
            .note(r.origin.span, fmt::format("the condition comes from here ({})", r.origin.what));
        ok = false;
      }
    }
    return Value::null();
  });
  const auto index = static_cast<std::uint32_t>(recipe_.feeds.size());
  for (const std::uint32_t node : columns.fits) {
    ir::Fit fit;
    fit.feed = index;
    fit.node = node;
    fit.key = fmt::format("{}.{}.{}", ir::op_of(graph.nodes[node]).name, index, node);
    recipe_.fits.push_back(fit);
  }
  ir::tidy(graph);
  recipe_.feeds.push_back(std::move(graph));
  return ok;
}

}  // namespace modelc::elaborate
