#include "recipe/draws.h"

#include <fmt/format.h>

#include "catalogue/bind.h"
#include "eval/actual.h"
#include "eval/evaluate.h"

namespace modelc::recipe {

using catalogue::Bound;
using catalogue::DrawId;
using ir::Draw;
using types::Constant;

namespace {

/// The integers that stand one by one or in lists.
std::vector<std::int64_t> integers_of(const eval::Arguments& args, const std::vector<std::size_t>& which) {
  std::vector<std::int64_t> numbers;
  for (const std::size_t i : which) {
    const Constant value = *to_constant(args[i].value);
    for (const Constant& one : value.is_list() ? value.as_list() : types::ConstantList{value})
      numbers.push_back(one.as_int());
  }
  return numbers;
}

/// Without `high`, one number is it, two are low and high; what follows is the shape. False after reporting.
bool read_bounds(const eval::Arguments& args, const Bound& bound, const ast::Expr& call, Draw& draw,
                 eval::Environment& env) {
  std::vector<std::size_t> sizes = bound.rest;
  const auto next = [&] {
    const std::size_t i = sizes.front();
    sizes.erase(sizes.begin());
    return static_cast<double>(args[i].value.dim.constant());
  };
  std::size_t bounds = 0;  // how many of what stands by position are bounds
  while (bounds < sizes.size() && bounds < 2 && args[sizes[bounds]].value.is_int()) ++bounds;
  draw.a = static_cast<double>(bound.value("low").as_int());
  if (bound.given("high")) {
    draw.b = static_cast<double>(bound.value("high").as_int());
  } else if (bounds == 0) {
    env.fault(call.span, diag::MissingArgument, "randint", "high").help("`randint(5)` is 0 to 4");
    return false;
  } else {
    if (bounds == 2 && !bound.given("low")) draw.a = next();
    draw.b = next();
  }
  draw.shape = integers_of(args, sizes);
  if (draw.a < draw.b) return true;
  env.fault(call.span, diag::ArgumentRange, "high", "randint", fmt::format("{}", draw.b),
            fmt::format("more than {}, the lowest", draw.a));
  return false;
}

bool has_sizes(const Draw& draw, const ast::Expr& call, eval::Environment& env) {
  for (const std::int64_t size : draw.shape) {
    if (size >= 1) continue;
    env.fault(call.span, diag::ArgumentRange, "size", call.children[0]->text, fmt::format("{}", size), "at least 1");
    return false;
  }
  return true;
}

}  // namespace

bool is_draw(const ast::Expr& e) {
  return e.kind == ast::ExprKind::Call && e.children[0]->kind == ast::ExprKind::Name &&
         catalogue::find(catalogue::Kind::Draw, e.children[0]->text);
}

std::optional<Draw> read_draw(eval::Environment& env, const ast::Expr& call, const eval::Scope& scope) {
  const catalogue::Entry& entry = *catalogue::find(catalogue::Kind::Draw, call.children[0]->text);
  const auto args = evaluate_arguments(env, call, scope);
  if (!args) return std::nullopt;
  const auto bound = bound_to(env, entry, actuals_of(*args), call.span);
  if (!bound) return std::nullopt;
  Draw draw;
  switch (catalogue::id_of<DrawId>(entry)) {
    case DrawId::Normal:
      draw.a = bound->value("mean").as_double();
      draw.b = bound->value("std").as_double();
      break;
    case DrawId::Uniform:
      draw.kind = DrawId::Uniform;
      draw.a = bound->value("low").as_double();
      draw.b = bound->value("high").as_double();
      break;
    case DrawId::Rand:
      draw.kind = DrawId::Uniform;
      break;
    case DrawId::Randint:
      draw.kind = DrawId::Randint;
      if (!read_bounds(*args, *bound, call, draw, env)) return std::nullopt;
      return has_sizes(draw, call, env) ? std::optional(draw) : std::nullopt;
    case DrawId::Randn:
    case DrawId::Graph:
      break;
  }
  draw.shape = integers_of(*args, bound->rest);
  return draw;
}

Draw draw_of(types::DType dtype) {
  Draw draw;
  if (types::is_floating(dtype)) return draw;
  draw.kind = DrawId::Randint;
  draw.b = dtype == types::DType::UInt8 ? 256 : 2;
  return draw;
}

types::DType drawn_dtype(const Draw& draw) {
  return draw.kind == DrawId::Randint ? types::DType::Int64 : types::DType::Float32;
}

}  // namespace modelc::recipe
