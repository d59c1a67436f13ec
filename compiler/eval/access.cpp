#include "eval/access.h"

#include <fmt/ranges.h>

#include <algorithm>

#include "catalogue/foreign.h"
#include "eval/evaluate.h"
#include "resolve/attributes.h"
#include "support/counted.h"

namespace modelc::eval {

using ast::Expr;
using ast::ExprKind;
using ast::ExprPtr;

std::optional<std::vector<Value>> elements(Environment& env, const Value& value, Span span, const std::string& what) {
  if (value.is_poison()) return std::nullopt;
  if (value.kind == Value::List) return value.list->items;
  if (value.kind == Value::Module) {
    const Parts parts = env.parts_of(value);
    if (parts.broken || !parts.known) return std::nullopt;
    if (parts.container) {
      std::vector<Value> items;
      for (std::size_t i = 0; i < parts.count; ++i) items.push_back(env.part(value, i));
      return items;
    }
  }
  if (value.kind == Value::Tensor) {
    const Type type = env.type_of(value);
    if (type.is_tensor() && type.tensor.rank() > 0 && type.tensor.shape[0].is_constant() &&
        type.tensor.shape[0].constant() <= 1024) {
      const std::int64_t count = type.tensor.shape[0].constant();
      std::vector<Value> items;
      for (std::int64_t i = 0; i < count; ++i) {
        Arguments args{{"", value, span, {}}, {"", Value::of(Dim(0)), span, {}}, {"", Value::of(Dim(i)), span, {}}};
        items.push_back(env.operate("select", std::move(args), span));
      }
      return items;
    }
    env.fault(span, diag::TensorNotIterable, type.str()).help("its first dimension must be a known number");
    return std::nullopt;
  }
  auto report = env.fault(span, diag::NotIterable, what, value.describe());
  if (value.is_int()) report.help("`range(n)` counts from 0 to n - 1");
  return std::nullopt;
}

Value member(Environment& env, const Value& base, const std::string& name, Span span, Span name_span,
             const Scope& scope) {
  if (base.is_poison()) return base;
  const Span at = name_span.valid() ? name_span : span;
  if (base.kind == Value::Tensor) {
    const Type type = env.type_of(base);
    if (type.is_poison()) return Value::poison();
    if (const auto attribute = resolve::attribute_of(name)) {
      switch (attribute->kind) {
        case resolve::Attribute::Shape: {
          std::vector<Value> items;
          for (Dim d : type.tensor.shape) items.push_back(Value::of(d));
          return Value::of_list(std::move(items), true);
        }
        case resolve::Attribute::Ndim:
          return Value::of(Dim(static_cast<std::int64_t>(type.tensor.rank())));
        case resolve::Attribute::DType:
          return Value::of(type.tensor.dtype);
        case resolve::Attribute::Transposed:
          return env.operate("t", {{"", base, span, {}}}, span);
        case resolve::Attribute::Part:
          return env.operate(name, {{"", base, span, {}}}, span);
        case resolve::Attribute::Size:
        case resolve::Attribute::Rank:
        case resolve::Attribute::Count:
          break;
      }
    }
    auto report = env.sink.report(at, diag::NoMember, "a tensor", name);
    if (const std::string_view words = catalogue::words_for_member(name); !words.empty())
      report.help(std::string(words));
    else if (env.has_function(name)) report.help(fmt::format("call it: `.{}(…)`", name));
    else report.help("a tensor has `shape`, `ndim`, `dtype` and torch's functions as methods");
    return Value::poison();
  }
  if (base.kind == Value::Module || base.kind == Value::Def) return env.member_of(base, name, at, scope);
  if (base.kind == Value::List) {
    for (std::size_t i = 0; i < base.list->names.size(); ++i) {
      if (base.list->names[i] == name) return base.list->items[i];
    }
    if (!name.empty() && name.find_first_not_of("0123456789") == std::string::npos && name.size() < 9) {
      const std::size_t i = std::stoul(name);
      if (i < base.list->items.size()) return base.list->items[i];
    }
    auto report = env.sink.report(at, diag::NoMember, base.describe(), name);
    if (!report.did_you_mean(name, base.list->names) && !base.list->names.empty())
      report.help(fmt::format("it has {}", fmt::join(base.list->names, ", ")));
    return Value::poison();
  }
  env.sink.report(at, diag::NoMember, base.describe(), name);
  return Value::poison();
}

namespace {

/// The parts of a slice; nullopt after reporting.
std::optional<Value> slice_of(Environment& env, const Expr& e, const Scope& scope) {
  std::vector<Value> slice;
  for (const ExprPtr& part : e.children) {
    slice.push_back(part ? evaluate(env, part, scope) : Value::null());
    if (slice.back().is_poison()) return std::nullopt;
    if (slice.back().kind != Value::Int && !slice.back().is_null()) {
      env.sink.report(part->span, diag::BadIndex, slice.back().describe());
      return std::nullopt;
    }
  }
  while (slice.size() < 3) slice.push_back(Value::null());
  return Value::of_list(std::move(slice));
}

/// Integers or truth values, lists of them included.
bool is_positions(const Value& value) {
  if (value.kind != Value::List) return value.is_int() || value.kind == Value::Bool;
  const auto& items = value.list->items;
  return !items.empty() && std::all_of(items.begin(), items.end(), is_positions);
}

bool is_mask(const Environment& env, const Value& value) {
  return value.kind == Value::Tensor && env.type_of(value).tensor.dtype == types::DType::Bool;
}

/// What one index takes of the tensor.
std::size_t dimensions_of(const Environment& env, const Value& index, bool slice) {
  if (slice) return 1;
  if (index.is_null() || index.kind == Value::Ellipsis) return 0;
  return is_mask(env, index) ? env.type_of(index).tensor.rank() : 1;
}

/// `x[a, b]`: positions, slices, tensors; a static list is the tensor that it stands for, a mask the positions that it
/// chooses.
Value index_tensor(Environment& env, const Value& base, const std::vector<ExprPtr>& indices, Span span,
                   const Scope& scope) {
  std::vector<std::pair<Value, bool>> given;  // and whether it is a slice
  std::size_t taken = 0;
  for (const ExprPtr& e : indices) {
    const bool slice = e->kind == ExprKind::Slice;
    std::optional<Value> v = slice ? slice_of(env, *e, scope) : std::optional(evaluate(env, e, scope));
    if (!v || v->is_poison()) return Value::poison();
    if (!slice && v->kind == Value::List && is_positions(*v))
      v = env.operate("tensor", {{"", *v, e->span, {}}}, e->span);
    if (v->is_poison()) return *v;
    if (!slice && v->kind != Value::Int && !v->is_null() && v->kind != Value::Ellipsis && v->kind != Value::Tensor) {
      env.sink.report(e->span, diag::BadIndex, v->describe());
      return Value::poison();
    }
    taken += dimensions_of(env, *v, slice);
    given.emplace_back(std::move(*v), slice);
  }
  const std::size_t rank = env.type_of(base).tensor.rank();
  std::vector<Value> parts;
  std::size_t dim = 0;
  for (std::size_t i = 0; i < given.size(); ++i) {
    const Value& v = given[i].first;
    if (v.kind == Value::Ellipsis && rank > taken) dim += rank - taken;
    if (!given[i].second && is_mask(env, v)) {
      const Span at = indices[i]->span;
      const Value places = env.operate(
          "_positions",
          {{"", v, at, {}}, {"", base, span, {}}, {"", Value::of(Dim(static_cast<std::int64_t>(dim))), at, {}}}, at);
      if (places.is_poison()) return places;
      parts.insert(parts.end(), places.list->items.begin(), places.list->items.end());
    } else {
      parts.push_back(v);
    }
    dim += dimensions_of(env, v, given[i].second);
  }
  return env.operate("_index", {{"", base, span, {}}, {"", Value::of_list(std::move(parts)), span, {}}}, span);
}

}  // namespace

Value index(Environment& env, const Value& base, const std::vector<ExprPtr>& indices, Span span, const Scope& scope) {
  if (base.is_poison()) return base;
  const auto static_index = [&](std::int64_t i, std::size_t size, Span at) -> std::optional<std::size_t> {
    const std::int64_t n = static_cast<std::int64_t>(size);
    if (i < -n || i >= n) {
      env.sink.report(at, diag::IndexOutOfRange, i, support::counted(size, "item"));
      return std::nullopt;
    }
    return static_cast<std::size_t>(i < 0 ? i + n : i);
  };
  if (base.kind == Value::Tensor) return index_tensor(env, base, indices, span, scope);
  if (indices.size() != 1) {
    env.sink.report(span, diag::NotIndexable, base.describe());
    return Value::poison();
  }
  const Expr& e = *indices[0];
  if (base.kind == Value::Module || base.kind == Value::Def) {
    if (e.kind == ExprKind::String) {
      const auto key = text_of(env, indices[0], scope, true);
      if (!key) return Value::poison();
      return member(env, base, *key, span, e.span, scope);
    }
    if (e.kind == ExprKind::Slice) {
      const auto all = elements(env, base, span, "a slice");
      if (!all) return Value::poison();
      return index(env, Value::of_list(*all), indices, span, scope);
    }
    const Value i = evaluate(env, indices[0], scope);
    if (i.is_poison()) return i;
    if (i.kind == Value::String) return member(env, base, i.text, span, e.span, scope);
    if (i.kind == Value::Choice) return member(env, base, i.text, span, e.span, scope);
    if (i.is_int()) {
      const Parts parts = env.parts_of(base);
      if (base.kind == Value::Module && !parts.known) return Value::poison();
      const auto at = static_index(i.dim.constant(), parts.count, e.span);
      return at ? env.part(base, *at) : Value::poison();
    }
    env.sink.report(e.span, diag::BadIndex, i.describe());
    return Value::poison();
  }
  if (base.kind == Value::List || base.kind == Value::String) {
    const std::size_t size = base.kind == Value::List ? base.list->items.size() : base.text.size();
    if (e.kind == ExprKind::Slice) {
      std::int64_t bounds[3] = {0, static_cast<std::int64_t>(size), 1};
      const std::int64_t n = static_cast<std::int64_t>(size);
      bool given[3] = {false, false, false};
      for (std::size_t i = 0; i < e.children.size() && i < 3; ++i) {
        if (!e.children[i]) continue;
        const Value v = evaluate(env, e.children[i], scope);
        if (v.is_null()) continue;
        if (!v.is_int()) {
          if (!v.is_poison()) env.sink.report(e.children[i]->span, diag::BadIndex, v.describe());
          return Value::poison();
        }
        bounds[i] = v.dim.constant();
        given[i] = true;
      }
      const std::int64_t step = bounds[2];
      if (step == 0) {
        env.sink.report(e.span, diag::BadIndex, "a step of 0");
        return Value::poison();
      }
      const auto clamp = [&](std::int64_t v, std::int64_t low, std::int64_t high) {
        if (v < 0) v += n;
        return std::min(std::max(v, low), high);
      };
      const std::int64_t start =
          given[0] ? clamp(bounds[0], step > 0 ? 0 : -1, step > 0 ? n : n - 1) : (step > 0 ? 0 : n - 1);
      const std::int64_t stop =
          given[1] ? clamp(bounds[1], step > 0 ? 0 : -1, step > 0 ? n : n - 1) : (step > 0 ? n : -1);
      std::vector<Value> items;
      std::string text;
      for (std::int64_t i = start; step > 0 ? i < stop : i > stop; i += step) {
        if (base.kind == Value::List) items.push_back(base.list->items[static_cast<std::size_t>(i)]);
        else text += base.text[static_cast<std::size_t>(i)];
      }
      return base.kind == Value::List ? Value::of_list(std::move(items), base.list->tuple) : Value::of(std::move(text));
    }
    const Value i = evaluate(env, indices[0], scope);
    if (i.is_poison()) return i;
    if (i.kind == Value::String && base.kind == Value::List) return member(env, base, i.text, span, e.span, scope);
    if (!i.is_int()) {
      env.sink.report(e.span, diag::BadIndex, i.describe());
      return Value::poison();
    }
    const auto at = static_index(i.dim.constant(), size, e.span);
    if (!at) return Value::poison();
    return base.kind == Value::List ? base.list->items[*at] : Value::of(std::string(1, base.text[*at]));
  }
  env.sink.report(span, diag::NotIndexable, base.describe());
  return Value::poison();
}

}  // namespace modelc::eval
