#include "recipe/sources.h"

#include <fmt/format.h>

#include "ast/raw.h"
#include "eval/actual.h"
#include "eval/evaluate.h"
#include "recipe/source_kinds.h"

namespace modelc::recipe {

using ast::Expr;
using ast::ExprKind;
using catalogue::SourceId;
using ir::Source;

namespace {

types::DType dtype_of(const types::Constant& constant) {
  if (constant.is_string()) return types::DType::String;
  if (constant.is_float()) return types::DType::Float32;
  return constant.is_bool() ? types::DType::Bool : types::DType::Int64;
}

/// The name that a call is of, or null.
const Expr* callee_of(const Expr& e) {
  return e.kind == ExprKind::Call && e.children[0]->kind == ExprKind::Name ? e.children[0].get() : nullptr;
}

/// A source with constants beside its columns; of an `alternate` each part. nullopt after reporting.
std::optional<Source> with_constants(Source inner, const StaticCall& call, Span at, Tracer& t) {
  if (inner.kind == SourceId::Alternate) {
    for (ir::SourcePart& part : inner.parts) {
      auto one = with_constants(std::move(part.second), call, at, t);
      if (!one) return std::nullopt;
      part.second = std::move(*one);
    }
    inner.columns = inner.parts[0].second.columns;
    return inner;
  }
  Source source;
  source.kind = SourceId::With;
  source.span = at;
  source.known = inner.known;
  source.rows = inner.rows;
  source.shuffle = inner.shuffle;
  source.columns = inner.columns;
  for (const std::size_t i : call.bound.named) {
    const GivenArgument& argument = call.args[i];
    for (const formats::ColumnType& column : inner.columns) {
      if (column.name != argument.name) continue;
      t.fault(argument.name_span, diag::SourceArgument, "`with`",
              fmt::format("the name `{}`, which a column has", argument.name), "another name");
      return std::nullopt;
    }
    const types::Constant value = *to_constant(argument.value);
    formats::ColumnType column;
    column.name = argument.name;
    column.dtype = dtype_of(value);
    source.columns.push_back(column);
    source.constants.emplace_back(argument.name, value);
  }
  source.parts.emplace_back("", std::move(inner));
  return source;
}

/// `source -> with(name=constant)`: a column of one value for each name.
std::optional<Source> read_with(const SourceContext& context, const Expr& pipe, const Scope& scope) {
  const Expr& right = *pipe.children[1];
  const Expr* callee = callee_of(right);
  const catalogue::Entry& with = catalogue::entry(SourceId::With);
  if (!callee || catalogue::find(catalogue::Kind::Source, callee->text) != &with) {
    auto report = context.given.statics.fault(right.span, diag::SourceUnknown, "the right side of `->`");
    if (!callee || !report.did_you_mean(callee->text, {with.name}))
      report.help("`source -> with(kind=\"text\")` adds constant columns");
    return std::nullopt;
  }
  auto inner = read_source(context, pipe.children[0], scope);
  const auto call = static_call(context, with, right, scope);
  if (!inner || !call) return std::nullopt;
  return with_constants(std::move(*inner), *call, pipe.span, context.statics());
}

/// What is declared under the name of a source that can stand alone; nullptr after reporting.
const catalogue::Entry* find_source(const Expr& callee, Tracer& t) {
  const catalogue::Entry* entry = catalogue::find(catalogue::Kind::Source, callee.text);
  if (!entry || catalogue::id_of<SourceId>(*entry) == SourceId::With) {
    auto report = t.fault(callee.span, diag::SourceUnknown, fmt::format("`{}`", callee.text));
    const std::vector<std::string> known = catalogue::names(catalogue::Kind::Source);
    if (!entry && !report.did_you_mean(callee.text, known, callee.span))
      report.help(fmt::format("there are {}", fmt::join(known, ", ")));
    return nullptr;
  }
  return refused(t, *entry, callee.span) ? nullptr : entry;
}

std::optional<Source> read_call(const SourceContext& context, const Expr& call, const Expr& callee,
                                const Scope& scope) {
  const catalogue::Entry* entry = find_source(callee, context.statics());
  if (!entry) return std::nullopt;
  Source source;
  source.kind = catalogue::id_of<SourceId>(*entry);
  source.span = call.span;
  switch (source.kind) {
    case SourceId::Alternate:
    case SourceId::Mix:
    case SourceId::Zip:
      return read_combined(context, call, scope, std::move(source));
    case SourceId::Synthetic:
      return read_synthetic(context, call, scope, std::move(source));
    default:
      return read_file_source(context, call, scope, std::move(source));
  }
}

}  // namespace

const GivenArgument* StaticCall::given(std::string_view parameter) const {
  const auto at = bound.argument(parameter);
  return at ? &args[*at] : nullptr;
}

std::optional<StaticCall> static_call(const SourceContext& context, const catalogue::Entry& entry, const Expr& call,
                                      const Scope& scope) {
  auto args = evaluate_arguments(context.statics(), call, scope);
  if (!args) return std::nullopt;
  auto bound = bound_to(context.statics(), entry, actuals_of(*args), call.span);
  if (!bound) return std::nullopt;
  return StaticCall{std::move(*args), std::move(*bound)};
}

std::optional<Source> read_source(const SourceContext& context, const ast::ExprPtr& expr, const Scope& scope) {
  const Expr& e = *expr;
  switch (e.kind) {
    case ExprKind::Hole:
      return std::nullopt;
    case ExprKind::Raw:
      return read_source(context, ast::expression_in(expr, context.sink()), scope);
    case ExprKind::Conditional: {
      const auto first = decide(context.statics(), e.children[1], scope);
      return first ? read_source(context, e.children[*first ? 0 : 2], scope) : std::nullopt;
    }
    case ExprKind::Pipe:
      return read_with(context, e, scope);
    default:
      break;
  }
  if (const Expr* callee = callee_of(e)) return read_call(context, e, *callee, scope);
  auto report = context.given.statics.fault(e.span, diag::SourceUnknown, "this");
  if (e.kind == ExprKind::Float) report.help("a share of the rows of `train` is `{split: 0.2}`");
  else report.help("a source is a call: `csv(\"wine.csv\")`, `synthetic(1000, …)`");
  return std::nullopt;
}

}  // namespace modelc::recipe
