// Parts of values: elements, members, indices and slices.
#include <fmt/ranges.h>

#include <algorithm>

#include "elaborate/elaborator.h"
#include "support/spelling.h"

namespace modelc::elaborate {

using ast::Expr;
using ast::ExprKind;
using ast::ExprPtr;

std::optional<std::vector<Value>> Elaborator::elements(const Value& value, Span span, const std::string& what) {
  if (value.is_poison()) return std::nullopt;
  if (value.kind == Value::List) return value.list->items;
  if (value.kind == Value::Module) {
    const Instance& instance = instances_[value.instance];
    if (instance.broken || instance.definition->incomplete) return std::nullopt;
    if (instance.definition->kind == Definition::Sequential || instance.definition->kind == Definition::List ||
        instance.definition->kind == Definition::Dict) {
      std::vector<Value> items;
      for (const auto& [name, id] : instance.children) items.push_back(Value::of_module(id));
      return items;
    }
  }
  if (value.kind == Value::Tensor) {
    // By value: each `select` below adds to the graph, and its values move.
    const Type type = graph_->values[value.tensor].type;
    if (type.is_tensor() && type.tensor.rank() > 0 && type.tensor.shape[0].is_constant() &&
        type.tensor.shape[0].constant() <= 1024) {
      const std::int64_t count = type.tensor.shape[0].constant();
      std::vector<Value> items;
      for (std::int64_t i = 0; i < count; ++i) {
        const ops::Op* select = ops::Catalogue::get().function("select");
        std::vector<GivenArgument> args{
            {"", value, span, {}}, {"", Value::of(Dim(0)), span, {}}, {"", Value::of(Dim(i)), span, {}}};
        Scope scope{root_level_, nullptr, nullptr};
        items.push_back(call_function(*select, args, span, scope));
      }
      return items;
    }
    sink_.report(span, diag::TensorNotIterable, type.str()).help("its first dimension must be a known number");
    return std::nullopt;
  }
  sink_.report(span, diag::NotIterable, what, value.describe());
  return std::nullopt;
}

Value Elaborator::member(const Value& base, const std::string& name, Span span, Span name_span, const Scope& scope) {
  if (base.is_poison()) return base;
  const Span at = name_span.valid() ? name_span : span;
  if (base.kind == Value::Tensor) {
    const Type type = graph_->values[base.tensor].type;
    if (type.is_poison()) return Value::poison();
    if (name == "shape") {
      std::vector<Value> items;
      for (Dim d : type.tensor.shape) items.push_back(Value::of(d));
      return Value::of_list(std::move(items), true);
    }
    if (name == "ndim") return Value::of(Dim(static_cast<std::int64_t>(type.tensor.rank())));
    if (name == "dtype") return Value::of(type.tensor.dtype);
    if (name == "T") {
      if (const ops::Op* t = ops::Catalogue::get().function("t")) {
        std::vector<GivenArgument> args{{"", base, span, {}}};
        return call_function(*t, args, span, scope);
      }
    }
    auto report = sink_.report(at, diag::NoMember, "a tensor", name);
    if (ops::Catalogue::get().function(name)) report.help(fmt::format("call it: `.{}(…)`", name));
    else report.help("a tensor has `shape`, `ndim`, `dtype` and torch's functions as methods");
    return Value::poison();
  }
  if (base.kind == Value::Module) {
    if (const auto id = child(base.instance, name)) return Value::of_module(*id);
    const Instance& instance = instances_[base.instance];
    ir::Module& module = program_.tree.modules[instance.module];
    for (std::uint32_t i = 0; i < module.tensors.size(); ++i) {
      if (module.tensors[i].name == name) return tensor_reference(base.instance, i);
    }
    if (names_missing_ || instance.broken || instance.definition->incomplete ||
        (instance.level && instance.level->incomplete))
      return Value::poison();
    std::vector<std::string> known;
    for (const auto& [n, id] : instance.children) known.push_back(n);
    for (const auto& t : module.tensors) known.push_back(t.name);
    auto report =
        sink_.report(at, diag::NoMember, fmt::format("`{}`", module.path.empty() ? module.type : module.path), name);
    if (const auto near = support::nearest(name, known)) report.help(fmt::format("did you mean `{}`?", *near));
    else if (!instance.built) report.help("its parts are there only after its first call");
    return Value::poison();
  }
  if (base.kind == Value::Def) {
    const DefinitionPtr part = part_of(base.definition, name, at, scope);
    return part ? Value::of(part) : Value::poison();
  }
  if (base.kind == Value::List) {
    for (std::size_t i = 0; i < base.list->names.size(); ++i) {
      if (base.list->names[i] == name) return base.list->items[i];
    }
    if (!name.empty() && name.find_first_not_of("0123456789") == std::string::npos && name.size() < 9) {
      const std::size_t i = std::stoul(name);
      if (i < base.list->items.size()) return base.list->items[i];
    }
    auto report = sink_.report(at, diag::NoMember, base.describe(), name);
    if (const auto near = support::nearest(name, base.list->names))
      report.help(fmt::format("did you mean `{}`?", *near));
    else if (!base.list->names.empty()) report.help(fmt::format("it has {}", fmt::join(base.list->names, ", ")));
    return Value::poison();
  }
  sink_.report(at, diag::NoMember, base.describe(), name);
  return Value::poison();
}

Value Elaborator::index(const Value& base, const std::vector<ExprPtr>& indices, Span span, const Scope& scope) {
  if (base.is_poison()) return base;
  const auto static_index = [&](std::int64_t i, std::size_t size, Span at) -> std::optional<std::size_t> {
    const std::int64_t n = static_cast<std::int64_t>(size);
    if (i < -n || i >= n) {
      sink_.report(at, diag::IndexOutOfRange, i, size);
      return std::nullopt;
    }
    return static_cast<std::size_t>(i < 0 ? i + n : i);
  };
  if (base.kind == Value::Tensor) {
    const ops::Op* op = ops::Catalogue::get().function("_index");
    std::vector<Value> parts;
    for (const ExprPtr& e : indices) {
      if (e->kind == ExprKind::Slice) {
        std::vector<Value> slice;
        for (const ExprPtr& part : e->children) {
          slice.push_back(part ? evaluate(part, scope) : Value::null());
          if (slice.back().is_poison()) return Value::poison();
          if (slice.back().kind != Value::Int && !slice.back().is_null()) {
            sink_.report(part->span, diag::BadIndex, slice.back().describe());
            return Value::poison();
          }
        }
        while (slice.size() < 3) slice.push_back(Value::null());
        parts.push_back(Value::of_list(std::move(slice)));
        continue;
      }
      Value v = evaluate(e, scope);
      if (v.is_poison()) return v;
      if (v.kind != Value::Int && !v.is_null() && v.kind != Value::Ellipsis && v.kind != Value::Tensor) {
        sink_.report(e->span, diag::BadIndex, v.describe());
        return Value::poison();
      }
      parts.push_back(std::move(v));
    }
    std::vector<GivenArgument> args{{"", base, span, {}}, {"", Value::of_list(std::move(parts)), span, {}}};
    return call_function(*op, args, span, scope);
  }
  if (indices.size() != 1) {
    sink_.report(span, diag::NotIndexable, base.describe());
    return Value::poison();
  }
  const Expr& e = *indices[0];
  if (base.kind == Value::Module || base.kind == Value::Def) {
    const bool is_instance = base.kind == Value::Module;
    const DefinitionPtr def = is_instance ? instances_[base.instance].definition : base.definition;
    if (e.kind == ExprKind::String) {
      const auto key = text_of(indices[0], scope, true);
      if (!key) return Value::poison();
      return member(base, *key, span, e.span, scope);
    }
    if (e.kind == ExprKind::Slice) {
      const auto all = elements(base, span, "a slice");
      if (!all) return Value::poison();
      return index(Value::of_list(*all), indices, span, scope);
    }
    const Value i = evaluate(indices[0], scope);
    if (i.is_poison()) return i;
    if (i.kind == Value::String) return member(base, i.text, span, e.span, scope);
    if (i.kind == Value::Choice) return member(base, i.text, span, e.span, scope);
    if (i.is_int() && is_instance) {
      const auto& children = instances_[base.instance].children;
      if (def->incomplete) return Value::poison();
      const auto at = static_index(i.dim.constant(), children.size(), e.span);
      return at ? Value::of_module(children[*at].second) : Value::poison();
    }
    if (i.is_int()) {
      const auto at = static_index(i.dim.constant(), def->items.size(), e.span);
      return at ? Value::of(def->items[*at].second) : Value::poison();
    }
    sink_.report(e.span, diag::BadIndex, i.describe());
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
        const Value v = evaluate(e.children[i], scope);
        if (v.is_null()) continue;
        if (!v.is_int()) {
          if (!v.is_poison()) sink_.report(e.children[i]->span, diag::BadIndex, v.describe());
          return Value::poison();
        }
        bounds[i] = v.dim.constant();
        given[i] = true;
      }
      const std::int64_t step = bounds[2];
      if (step == 0) {
        sink_.report(e.span, diag::BadIndex, "a step of 0");
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
    const Value i = evaluate(indices[0], scope);
    if (i.is_poison()) return i;
    if (i.kind == Value::String && base.kind == Value::List) return member(base, i.text, span, e.span, scope);
    if (!i.is_int()) {
      sink_.report(e.span, diag::BadIndex, i.describe());
      return Value::poison();
    }
    const auto at = static_index(i.dim.constant(), size, e.span);
    if (!at) return Value::poison();
    return base.kind == Value::List ? base.list->items[*at] : Value::of(std::string(1, base.text[*at]));
  }
  sink_.report(span, diag::NotIndexable, base.describe());
  return Value::poison();
}

}  // namespace modelc::elaborate
