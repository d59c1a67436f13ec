// `synthetic(rows, x=normal(3, 32), xs=[normal(10), normal(15)], z=EXPRESSION)`: columns that are drawn, what the model
// asks for and nothing names among them, and columns that are computed from those.
#include <fmt/format.h>

#include <algorithm>

#include "eval/access.h"
#include "eval/actual.h"
#include "eval/evaluate.h"
#include "ir/builder.h"
#include "recipe/carry.h"
#include "recipe/columns.h"
#include "recipe/draws.h"
#include "recipe/source_kinds.h"
#include "support/counted.h"
#include "trace/nodes.h"

namespace modelc::recipe {

using ast::ExprKind;
using ast::ExprPtr;
using catalogue::Actual;
using catalogue::Bound;
using ir::Draw;
using ir::Source;

namespace {

void add_column(Source& source, const std::string& name, Draw draw, types::DType dtype) {
  formats::ColumnType column;
  column.name = name;
  column.dtype = dtype;
  column.shape = draw.shape;
  source.columns.push_back(column);
  source.draws.emplace_back(name, std::move(draw));
}

bool are_draws(const std::vector<ExprPtr>& all) {
  return std::all_of(all.begin(), all.end(), [](const ExprPtr& one) { return is_draw(*one); });
}

/// A column that says how it is drawn, or a list of such, `name.0` the first.
bool is_drawn(const ast::Expr& e) {
  if (e.kind == ExprKind::List) return are_draws(e.children);
  return is_draw(e.kind == ExprKind::Comprehension ? *e.children[0] : e);
}

/// False after reporting.
bool add_drawn(Tracer& t, const std::string& name, const ast::Expr& e, const Scope& scope, Source& source) {
  const auto add = [&](const std::string& column, const ast::Expr& call, const Scope& inner) {
    const auto draw = read_draw(t, call, inner);
    if (draw) add_column(source, column, *draw, drawn_dtype(*draw));
    return draw.has_value();
  };
  if (e.kind == ExprKind::Call) return add(name, e, scope);
  bool ok = true;
  if (e.kind == ExprKind::List) {
    for (std::size_t i = 0; i < e.children.size(); ++i) ok &= add(fmt::format("{}.{}", name, i), *e.children[i], scope);
    return ok;
  }
  const auto rows = elements(t, evaluate(t, e.children[1], scope), e.span, "a comprehension");
  if (!rows) return false;
  for (std::size_t i = 0; ok && i < rows->size(); ++i) {
    const auto inner = bind_loop(t, e.variables, (*rows)[i], e.children[1]->span, e.children[1]->span, scope);
    ok = inner && add(fmt::format("{}.{}", name, i), *e.children[0], *inner);
  }
  return ok;
}

/// The sizes of one row of a type, a number in place of each symbol.
std::vector<std::int64_t> row_sizes(const TensorType& type, const std::vector<ir::Graph>& graphs) {
  static constexpr std::int64_t kSize = 8;
  std::vector<std::int64_t> sizes;
  for (std::size_t i = 1; i < type.shape.size(); ++i) {
    std::map<types::SymbolId, std::int64_t> point;
    for (const types::SymbolId s : type.shape[i].symbols())
      point[s] = graphs.empty() ? kSize : graphs[0].conditions.admissible(s, kSize).value_or(kSize);
    sizes.push_back(type.shape[i].evaluate(point).value_or(kSize));
  }
  return sizes;
}

void draw_by_type(const Type& type, const std::string& name, const std::vector<ir::Graph>& graphs, Source& source) {
  if (!type.is_tensor()) {
    for (std::size_t i = 0; i < type.parts().size(); ++i)
      draw_by_type(type.parts()[i], fmt::format("{}.{}", name, i), graphs, source);
    return;
  }
  Draw draw = draw_of(type.tensor.dtype);
  draw.shape = row_sizes(type.tensor, graphs);
  const types::DType dtype = drawn_dtype(draw);
  add_column(source, name, std::move(draw), dtype);
}

/// An input or target that nothing names is drawn by its type.
void draw_unnamed(const Given& given, const std::set<std::string>& named, Source& source) {
  for (const trace::ModelInput& input : given.model.inputs) {
    const bool carried = is_carried(given.statics, given.scope(), input.name);
    const bool left_out = (input.optional && !input.target) || carried;
    if (left_out || input.type.kind == types::TypeKind::Choice || named.count(input.name)) continue;
    draw_by_type(input.type, input.name, given.graphs, source);
  }
}

/// The names that columns and the feed take, of `xs.0` also `xs`.
std::set<std::string> names_taken(const Given& given, const ast::Expr& call, const Bound& bound) {
  std::set<std::string> names;
  for (const std::size_t i : bound.named) names.insert(call.args[i].name);
  for (const auto& item : given.file().feed.entries)
    for (const ast::Name& target : item.value.targets) names.insert(target.text);
  return names;
}

/// A column that is computed from the whole columns that stand before it. False after reporting.
bool add_computed(const SourceContext& context, const ast::Argument& argument, Source& source) {
  ir::Graph graph;
  FeedColumns columns(source.columns, Dim(source.rows), context.root, context.given.options);
  const Value value = in_feed(context.given, graph, columns, [&](Tracer& feed, Scope scope) {
    scope.vocabulary = catalogue::Kind::Draw;
    return evaluate(feed, argument.value, scope);
  });
  if (value.is_poison()) return false;
  const Type type = value.kind == Value::Tensor ? graph.values[value.tensor].type : Type::none();
  if (!type.is_tensor() || type.tensor.rank() < 1 || type.tensor.shape[0] != Dim(source.rows)) {
    context.given.statics.fault(
        argument.value->span, diag::SourceArgument, fmt::format("the column `{}`", argument.name),
        type.is_tensor() ? type.str() : value.describe(), "a tensor with " + support::counted(source.rows, "row"));
    return false;
  }
  graph.outputs.push_back({argument.name, trace::operand(value), type, argument.value->span});
  Draw draw;
  draw.kind = catalogue::DrawId::Graph;
  bool fixed = true;
  for (std::size_t i = 1; i < type.tensor.rank(); ++i) {
    fixed &= type.tensor.shape[i].is_constant();
    draw.shape.push_back(fixed ? type.tensor.shape[i].constant() : 1);
  }
  draw.graph = static_cast<std::uint32_t>(context.column_graphs.size());
  ir::tidy(graph);
  context.column_graphs.push_back(std::move(graph));
  add_column(source, argument.name, std::move(draw), type.tensor.dtype);
  return true;
}

/// The arguments that are columns are looked at later, one after the other.
std::optional<Bound> bind_call(const SourceContext& context, const catalogue::Entry& entry, const ast::Expr& call,
                               const Scope& scope) {
  std::vector<Actual> actuals;
  for (const ast::Argument& a : call.args) {
    const bool column = !a.name.empty() && !entry.argument(a.name);
    const Value value = column ? Value::null() : evaluate(context.statics(), a.value, scope);
    actuals.push_back(actual_of({a.name, value, a.value->span, a.name_span}));
  }
  return bound_to(context.statics(), entry, actuals, call.span);
}

}  // namespace

std::optional<Source> read_synthetic(const SourceContext& context, const ast::Expr& call, const Scope& scope,
                                     Source source) {
  const auto bound = bind_call(context, catalogue::entry(source.kind), call, scope);
  if (!bound) return std::nullopt;
  source.rows = bound->value("rows").as_int();
  source.shuffle = bound->value("shuffle").as_bool();
  bool ok = true;
  std::vector<std::size_t> computed;
  for (const std::size_t i : bound->named) {
    const ast::Argument& a = call.args[i];
    if (is_drawn(*a.value)) ok &= add_drawn(context.statics(), a.name, *a.value, scope, source);
    else computed.push_back(i);
  }
  draw_unnamed(context.given, names_taken(context.given, call, *bound), source);
  for (const std::size_t i : computed) ok &= add_computed(context, call.args[i], source);
  return ok ? std::optional(std::move(source)) : std::nullopt;
}

}  // namespace modelc::recipe
