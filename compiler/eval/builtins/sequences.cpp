// Functions of lists, and those that look at any value without computing: `len`, `defined`, `zip`, `map`.
#include <algorithm>

#include "eval/access.h"
#include "eval/builtins/table.h"
#include "eval/evaluate.h"
#include "eval/operators.h"
#include "support/counted.h"

namespace modelc::eval {

namespace {

Value of_size(std::size_t n) { return Value::of(Dim(static_cast<std::int64_t>(n))); }

bool any_poison(const std::vector<Value>& values) {
  return std::any_of(values.begin(), values.end(), [](const Value& v) { return v.is_poison(); });
}

std::optional<Value> length(const BuiltinCall& c) {
  const Value& v = c.args[0].value;
  if (v.kind == Value::String) return of_size(v.text.size());
  if (v.kind == Value::Tensor) {
    const Type type = c.env.type_of(v);
    if (type.is_tensor() && type.tensor.rank() > 0) return Value::of(type.tensor.shape[0]);
  }
  if (v.kind == Value::List || v.kind == Value::Module) {
    const auto items = elements(c.env, v, c.span, "`len`");
    return items ? of_size(items->size()) : Value::poison();
  }
  if (v.kind == Value::Def) return of_size(c.env.parts_of(v).count);
  return c.bad(v);
}

std::optional<Value> defined(const BuiltinCall& c) { return Value::of(!c.args[0].value.is_null()); }

/// The elements of every positional argument; nullopt after reporting.
std::optional<std::vector<std::vector<Value>>> lists_of(const BuiltinCall& c) {
  std::vector<std::vector<Value>> lists;
  for (const GivenArgument& a : c.args) {
    if (!a.name.empty()) continue;
    auto items = elements(c.env, a.value, a.span, "`" + c.name + "`");
    if (!items) return std::nullopt;
    lists.push_back(std::move(*items));
  }
  if (lists.empty()) {
    c.wrong_count("a list");
    return std::nullopt;
  }
  return lists;
}

std::optional<Value> zip(const BuiltinCall& c) {
  const auto lists = lists_of(c);
  if (!lists) return Value::poison();
  const std::size_t count = lists->front().size();
  for (const auto& l : *lists) {
    if (l.size() == count) continue;
    c.env.sink.report(c.span, diag::ZipLengths, support::counted(count, "item"), support::counted(l.size(), "item"));
    return Value::poison();
  }
  std::vector<Value> rows;
  for (std::size_t i = 0; i < count; ++i) {
    std::vector<Value> row;
    for (const auto& l : *lists) row.push_back(l[i]);
    rows.push_back(Value::of_list(std::move(row), true));
  }
  return Value::of_list(std::move(rows));
}

std::optional<Value> enumerate(const BuiltinCall& c) {
  const auto items = elements(c.env, c.args[0].value, c.args[0].span, "`enumerate`");
  if (!items) return Value::poison();
  Dim start = 0;
  if (c.args.size() > 1) {
    const GivenArgument& given = c.args[1];
    if (given.value.kind != Value::Int || (!given.name.empty() && given.name != "start")) return c.bad(given.value);
    start = given.value.dim;
  }
  std::vector<Value> rows;
  for (const Value& item : *items) {
    rows.push_back(Value::of_list({Value::of(start + Dim(static_cast<std::int64_t>(rows.size()))), item}, true));
  }
  return Value::of_list(std::move(rows));
}

std::optional<Value> reversed(const BuiltinCall& c) {
  auto lists = lists_of(c);
  if (!lists) return Value::poison();
  std::reverse(lists->front().begin(), lists->front().end());
  return Value::of_list(std::move(lists->front()));
}

std::optional<Value> list(const BuiltinCall& c) {
  auto lists = lists_of(c);
  return lists ? Value::of_list(std::move(lists->front())) : Value::poison();
}

std::optional<Value> tuple(const BuiltinCall& c) {
  auto lists = lists_of(c);
  return lists ? Value::of_list(std::move(lists->front()), true) : Value::poison();
}

std::optional<Value> map(const BuiltinCall& c) {
  const Value& functions = c.args[0].value;
  const Value& inputs = c.args[1].value;
  std::vector<Value> results;
  const auto call_one = [&](const Value& f, const Value& x) {
    Arguments one{{"", x, c.args[1].span, {}}};
    one.insert(one.end(), c.args.begin() + 2, c.args.end());
    results.push_back(c.env.call_value(f, std::move(one), c.span, c.scope));
  };
  const bool many =
      functions.kind == Value::List || (functions.kind == Value::Module && c.env.parts_of(functions).container);
  if (!many) {
    const auto items = elements(c.env, inputs, c.args[1].span, "`map`");
    if (!items) return Value::poison();
    for (const Value& x : *items) call_one(functions, x);
  } else {
    const auto modules = elements(c.env, functions, c.args[0].span, "`map`");
    if (!modules) return Value::poison();
    if (inputs.kind != Value::List) {
      for (const Value& m : *modules) call_one(m, inputs);
    } else if (inputs.list->items.size() != modules->size()) {
      c.env.sink.report(c.span, diag::MapLengths, support::counted(modules->size(), "module"),
                        support::counted(inputs.list->items.size(), "input"));
      return Value::poison();
    } else {
      for (std::size_t i = 0; i < modules->size(); ++i) call_one((*modules)[i], inputs.list->items[i]);
    }
  }
  return any_poison(results) ? Value::poison() : Value::of_list(std::move(results));
}

std::optional<Value> scan(const BuiltinCall& c) { return c.env.scan(c.args, c.span, c.scope); }

std::optional<Value> range(const BuiltinCall& c) {
  const std::size_t n = c.args.size();
  std::int64_t bounds[3] = {0, 0, 1};
  for (std::size_t i = 0; i < n; ++i) {
    const Value& v = c.args[i].value;
    if (v.kind == Value::Int && !v.dim.is_constant()) {
      c.env.sink.report(c.args[i].span, diag::RangeOverSize, v.dim.str())
          .help(
              "loops are unrolled: give its symbols sizes in `inputs`, compute on the whole tensor, or go along it "
              "step by "
              "step: `ys, state: scan(step, xs, state)`");
      return Value::poison();
    }
    if (!v.is_int()) return c.bad(v);
    bounds[n == 1 ? 1 : i] = v.dim.constant();
  }
  if (bounds[2] == 0) return c.bad(c.args[2].value);
  std::vector<Value> items;
  for (std::int64_t i = bounds[0]; bounds[2] > 0 ? i < bounds[1] : i > bounds[1];) {
    if (items.size() >= kUnrollLimit) {
      c.env.sink.report(c.span, diag::TooManyUnrolled, kUnrollLimit);
      return Value::poison();
    }
    items.push_back(Value::of(Dim(i)));
    if (items.back().is_poison()) return c.bad(c.args[0].value);
    if (__builtin_add_overflow(i, bounds[2], &i)) break;
  }
  return Value::of_list(std::move(items));
}

std::optional<Value> text(const BuiltinCall& c) { return Value::of(c.args[0].value.str()); }

/// What `sum`, `max` and the like go over: the one list that is given, or all arguments; nullopt after reporting.
std::optional<std::vector<Value>> items_of(const BuiltinCall& c) {
  if (c.args.size() == 1) return elements(c.env, c.args[0].value, c.args[0].span, "`" + c.name + "`");
  std::vector<Value> items;
  for (const auto& a : c.args) items.push_back(a.value);
  return items;
}

bool all_static(const BuiltinCall& c) {
  return std::all_of(c.args.begin(), c.args.end(), [](const auto& a) { return a.value.is_static(); });
}

/// A list of tensors is added or compared element by element, as Python's functions do with `+` and torch; other
/// arguments, `max(x, 1)` and `max(x, 1, true)`, are those of torch's reduction: nullopt.
template <class F>
std::optional<Value> over_tensors(const BuiltinCall& c, bool loose, F&& join) {
  std::vector<Value> items;
  if (c.args.size() == 1 && c.args[0].value.kind == Value::List) {
    items = c.args[0].value.list->items;
  } else if (loose && c.args.size() > 2 && std::all_of(c.args.begin(), c.args.end(), [](const auto& a) {
               return a.name.empty() && a.value.kind != Value::Bool &&
                      (a.value.kind == Value::Tensor || a.value.is_number());
             })) {
    for (const auto& a : c.args) items.push_back(a.value);
  }
  if (items.empty()) return std::nullopt;
  Value total = items[0];
  for (std::size_t i = 1; i < items.size(); ++i) total = join(total, items[i]);
  return total;
}

Value folded(const BuiltinCall& c, ast::Operator op, Dim start) {
  const auto items = items_of(c);
  if (!items) return Value::poison();
  Value total = Value::of(start);
  for (const Value& v : *items) total = binary(c.env, op, total, v, c.span);
  return total;
}

std::optional<Value> sum(const BuiltinCall& c) {
  if (!all_static(c))
    return over_tensors(
        c, false, [&](const Value& a, const Value& b) { return binary(c.env, ast::Operator::Add, a, b, c.span); });
  return folded(c, ast::Operator::Add, 0);
}

std::optional<Value> product(const BuiltinCall& c) { return folded(c, ast::Operator::Multiply, 1); }

std::optional<Value> extreme(const BuiltinCall& c, const char* torch, ast::Operator better, Dim (*of_sizes)(Dim, Dim)) {
  if (!all_static(c))
    return over_tensors(c, true, [&](const Value& a, const Value& b) {
      return c.env.operate(torch, {{"", a, c.span, {}}, {"", b, c.span, {}}}, c.span);
    });
  const auto items = items_of(c);
  if (!items) return Value::poison();
  if (items->empty()) return c.bad(c.args.empty() ? Value::null() : c.args[0].value);
  Value best = items->front();
  for (std::size_t i = 1; i < items->size(); ++i) {
    const Value& v = (*items)[i];
    if (best.kind == Value::Int && v.kind == Value::Int) {
      best = Value::of(of_sizes(best.dim, v.dim));
      continue;
    }
    const Value wins = compare(c.env, better, v, best, c.span);
    if (wins.kind != Value::Bool) return Value::poison();
    if (wins.boolean) best = v;
  }
  return best;
}

std::optional<Value> maximum(const BuiltinCall& c) {
  return extreme(c, "maximum", ast::Operator::Greater, types::dim_max);
}
std::optional<Value> minimum(const BuiltinCall& c) {
  return extreme(c, "minimum", ast::Operator::Less, types::dim_min);
}

Value quantified(const BuiltinCall& c, bool any) {
  const auto items = items_of(c);
  if (!items) return Value::poison();
  for (const Value& v : *items) {
    const auto holds = truth(c.env, v, c.span);
    if (!holds) return Value::poison();
    if (*holds == any) return Value::of(any);
  }
  return Value::of(!any);
}

std::optional<Value> all(const BuiltinCall& c) { return quantified(c, false); }
std::optional<Value> any(const BuiltinCall& c) { return quantified(c, true); }

std::optional<Value> sorted(const BuiltinCall& c) {
  auto items = items_of(c);
  if (!items) return Value::poison();
  bool failed = false;
  std::stable_sort(items->begin(), items->end(), [&](const Value& a, const Value& b) {
    if (failed) return false;
    const Value less = compare(c.env, ast::Operator::Less, a, b, c.span);
    failed |= less.kind != Value::Bool;
    return less.kind == Value::Bool && less.boolean;
  });
  return failed ? Value::poison() : Value::of_list(std::move(*items));
}

const Builtin kSequences[] = {
    {"len", Builtin::Anything, 1, 1, "one argument", length},
    {"defined", Builtin::Anything, 1, 1, "one argument", defined},
    {"zip", Builtin::Anything, 0, kMany, "a list", zip},
    {"enumerate", Builtin::Anything, 1, 2, "a list, and from where to count", enumerate},
    {"reversed", Builtin::Anything, 0, kMany, "a list", reversed},
    {"list", Builtin::Anything, 0, kMany, "a list", list},
    {"tuple", Builtin::Anything, 0, kMany, "a list", tuple},
    {"map", Builtin::Anything, 2, kMany, "modules and inputs", map},
    {"scan", Builtin::Anything, 0, kMany, "", scan},
    {"range", Builtin::Static, 1, 3, "1 to 3 integers", range},
    {"str", Builtin::Static, 1, 1, "one argument", text},
    {"sum", Builtin::Anything, 0, kMany, "", sum},
    {"prod", Builtin::Static, 0, kMany, "", product},
    {"max", Builtin::Anything, 0, kMany, "", maximum},
    {"min", Builtin::Anything, 0, kMany, "", minimum},
    {"all", Builtin::Static, 0, kMany, "", all},
    {"any", Builtin::Static, 0, kMany, "", any},
    {"sorted", Builtin::Static, 0, kMany, "", sorted},
};

}  // namespace

std::span<const Builtin> sequence_builtins() { return kSequences; }

}  // namespace modelc::eval
