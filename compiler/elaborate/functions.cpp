// Functions of the language itself: Python's over static values, and those that look at values without computing
// (`len`, `defined`, `zip`, `map`). A call that involves tensors falls through to the operators.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "elaborate/elaborator.h"

namespace modelc::elaborate {

namespace {

const std::set<std::string>& builtin_names() {
  static const std::set<std::string> names = {
      "sum",   "max", "min",       "abs",   "log",      "sqrt",   "round",   "len", "float", "int",      "bool", "str",
      "range", "zip", "enumerate", "ceil",  "floor",    "sorted", "defined", "exp", "sin",   "cos",      "tan",  "pow",
      "all",   "any", "list",      "tuple", "reversed", "map",    "scan",    "tap", "prod",  "rearrange"};
  return names;
}

bool all_static(const std::vector<GivenArgument>& args) {
  return std::all_of(args.begin(), args.end(), [](const GivenArgument& a) { return a.value.is_static(); });
}

double round_half_even(double x, int digits) {
  const double scale = std::pow(10.0, digits);
  return std::nearbyint(x * scale) / scale;
}

}  // namespace

bool Elaborator::is_builtin(const std::string& name) { return builtin_names().count(name) != 0; }

std::optional<Value> Elaborator::builtin(const std::string& name, std::vector<GivenArgument>& args, Span span,
                                         const Scope& scope) {
  if (!is_builtin(name)) return std::nullopt;
  for (const GivenArgument& a : args) {
    if (a.value.is_poison()) return Value::poison();
  }
  const std::size_t n = args.size();
  const auto wrong_count = [&](const char* expected) {
    sink_.report(span, diag::WrongArgumentCount, name, expected, n);
    return Value::poison();
  };
  const auto bad = [&](const Value& v) {
    sink_.report(span, diag::BadBuiltinArgument, name, v.describe());
    return Value::poison();
  };
  if (name == "len") {
    if (n != 1) return wrong_count("one argument");
    const Value& v = args[0].value;
    if (v.kind == Value::String) return Value::of(Dim(static_cast<std::int64_t>(v.text.size())));
    if (v.kind == Value::Tensor) {
      const Type type = graph_->values[v.tensor].type;
      if (type.is_tensor() && type.tensor.rank() > 0) return Value::of(type.tensor.shape[0]);
    }
    if (v.kind == Value::List || v.kind == Value::Module) {
      const auto items = elements(v, span, "`len`");
      return items ? Value::of(Dim(static_cast<std::int64_t>(items->size()))) : Value::poison();
    }
    if (v.kind == Value::Def) return Value::of(Dim(static_cast<std::int64_t>(v.definition->items.size())));
    return bad(v);
  }
  if (name == "defined") {
    if (n != 1) return wrong_count("one argument");
    return Value::of(!args[0].value.is_null());
  }
  if (name == "zip" || name == "enumerate" || name == "reversed" || name == "list" || name == "tuple") {
    std::vector<std::vector<Value>> lists;
    for (const GivenArgument& a : args) {
      if (!a.name.empty()) continue;
      auto items = elements(a.value, a.span, "`" + name + "`");
      if (!items) return Value::poison();
      lists.push_back(std::move(*items));
    }
    if (lists.empty()) return wrong_count("a list");
    std::vector<Value> rows;
    if (name == "zip") {
      std::size_t rows_count = lists[0].size();
      for (const auto& l : lists) {
        if (l.size() != rows_count) {
          sink_.report(span, diag::ZipLengths, rows_count, l.size());
          return Value::poison();
        }
      }
      for (std::size_t i = 0; i < rows_count; ++i) {
        std::vector<Value> row;
        for (const auto& l : lists) row.push_back(l[i]);
        rows.push_back(Value::of_list(std::move(row), true));
      }
    } else if (name == "enumerate") {
      Dim start = 0;
      for (const GivenArgument& a : args) {
        if (a.name == "start" && a.value.kind == Value::Int) start = a.value.dim;
      }
      for (std::size_t i = 0; i < lists[0].size(); ++i) {
        rows.push_back(Value::of_list({Value::of(start + Dim(static_cast<std::int64_t>(i))), lists[0][i]}, true));
      }
    } else {
      rows = lists[0];
      if (name == "reversed") std::reverse(rows.begin(), rows.end());
    }
    return Value::of_list(std::move(rows), name == "tuple");
  }
  if (name == "map") {
    if (n < 2) return wrong_count("modules and inputs");
    const Value& xs = args[1].value;
    std::vector<Value> results;
    const auto call_one = [&](const Value& f, const Value& x) {
      std::vector<GivenArgument> one{{"", x, args[1].span, {}}};
      for (std::size_t i = 2; i < n; ++i) one.push_back(args[i]);
      results.push_back(call_value(f, std::move(one), span, scope));
    };
    const Value& fs = args[0].value;
    const bool many = fs.kind == Value::List ||
                      (fs.kind == Value::Module && instances_[fs.instance].definition->kind != Definition::Operator &&
                       instances_[fs.instance].definition->kind != Definition::Component);
    if (!many) {
      const auto items = elements(xs, args[1].span, "`map`");
      if (!items) return Value::poison();
      for (const Value& x : *items) call_one(fs, x);
    } else {
      const auto modules = elements(fs, args[0].span, "`map`");
      if (!modules) return Value::poison();
      if (xs.kind == Value::List) {
        if (xs.list->items.size() != modules->size()) {
          sink_.report(span, diag::MapLengths, modules->size(), xs.list->items.size());
          return Value::poison();
        }
        for (std::size_t i = 0; i < modules->size(); ++i) call_one((*modules)[i], xs.list->items[i]);
      } else {
        for (const Value& m : *modules) call_one(m, xs);
      }
    }
    for (const Value& r : results) {
      if (r.is_poison()) return Value::poison();
    }
    return Value::of_list(std::move(results));
  }
  if (name == "scan") {
    sink_.report(span, diag::NotSupportedYet, "`scan`");
    return Value::poison();
  }
  if (!all_static(args)) {
    if (name == "sum" || name == "max" || name == "min") {
      // A list of tensors is added or compared element by element, as Python's functions do with `+` and torch.
      const Value* list = n == 1 && args[0].value.kind == Value::List ? &args[0].value : nullptr;
      std::vector<Value> items;
      if (list) items = list->list->items;
      else if (n > 2 &&
               std::all_of(args.begin(), args.end(),
                           [](const auto& a) {
                             return a.name.empty() && a.value.kind != Value::Bool &&
                                    (a.value.kind == Value::Tensor || a.value.is_number());
                           }) &&
               name != "sum") {
        // Of two, and with a bool among them, it is torch's: `max(a, b)`, `max(x, 1)`, `max(x, 1, true)`.
        for (const auto& a : args) items.push_back(a.value);
      }
      if (!items.empty()) {
        Value total = items[0];
        for (std::size_t i = 1; i < items.size(); ++i) {
          if (name == "sum") {
            total = binary("+", total, items[i], span, scope);
          } else {
            std::vector<GivenArgument> two{{"", total, span, {}}, {"", items[i], span, {}}};
            total =
                call_function(*ops::Catalogue::get().function(name == "max" ? "maximum" : "minimum"), two, span, scope);
          }
        }
        return total;
      }
    }
    return std::nullopt;  // torch's
  }
  if (name == "range") {
    if (n < 1 || n > 3) return wrong_count("1 to 3 integers");
    std::int64_t bounds[3] = {0, 0, 1};
    for (std::size_t i = 0; i < n; ++i) {
      const Value& v = args[i].value;
      if (v.kind == Value::Int && !v.dim.is_constant()) {
        sink_.report(args[i].span, diag::RangeOverSize, v.dim.str())
            .help("use `scan` for a loop over a run-time dimension");
        return Value::poison();
      }
      if (!v.is_int()) return bad(v);
      bounds[n == 1 ? 1 : i] = v.dim.constant();
    }
    if (bounds[2] == 0) return bad(args[2].value);
    std::vector<Value> items;
    for (std::int64_t i = bounds[0]; bounds[2] > 0 ? i < bounds[1] : i > bounds[1];) {
      if (items.size() >= kUnrollLimit) {
        sink_.report(span, diag::TooManyUnrolled, kUnrollLimit);
        return Value::poison();
      }
      items.push_back(Value::of(Dim(i)));
      if (items.back().is_poison()) return bad(args[0].value);
      if (__builtin_add_overflow(i, bounds[2], &i)) break;
    }
    return Value::of_list(std::move(items));
  }
  if (name == "str") {
    if (n != 1) return wrong_count("one argument");
    return Value::of(args[0].value.str());
  }
  if (name == "sum" || name == "max" || name == "min" || name == "sorted" || name == "all" || name == "any" ||
      name == "prod") {
    std::vector<Value> items;
    if (n == 1) {
      const auto list = elements(args[0].value, args[0].span, "`" + name + "`");
      if (!list) return Value::poison();
      items = *list;
    } else {
      for (const auto& a : args) items.push_back(a.value);
    }
    if (name == "all" || name == "any") {
      for (const Value& v : items) {
        const auto t = truth(v, span);
        if (!t) return Value::poison();
        if (*t == (name == "any")) return Value::of(name == "any");
      }
      return Value::of(name == "all");
    }
    if (name == "sum" || name == "prod") {
      Value total = Value::of(Dim(name == "sum" ? 0 : 1));
      for (const Value& v : items) total = binary(name == "sum" ? "+" : "*", total, v, span, scope);
      return total;
    }
    if (name == "sorted") {
      bool failed = false;
      std::stable_sort(items.begin(), items.end(), [&](const Value& a, const Value& b) {
        if (failed) return false;
        const Value less = compare("<", a, b, span, scope);
        failed |= less.kind != Value::Bool;
        return less.kind == Value::Bool && less.boolean;
      });
      return failed ? Value::poison() : Value::of_list(std::move(items));
    }
    if (items.empty()) return bad(args.empty() ? Value::null() : args[0].value);
    Value best = items[0];
    for (std::size_t i = 1; i < items.size(); ++i) {
      const Value& v = items[i];
      if (best.kind == Value::Int && v.kind == Value::Int) {
        best = Value::of(name == "max" ? types::dim_max(best.dim, v.dim) : types::dim_min(best.dim, v.dim));
        continue;
      }
      const Value better = compare(name == "max" ? ">" : "<", v, best, span, scope);
      if (better.kind != Value::Bool) return Value::poison();
      if (better.boolean) best = v;
    }
    return best;
  }
  if (n < 1) return wrong_count("one argument");
  const Value& v = args[0].value;
  if (name == "float" && v.kind == Value::String && v.text == "inf") return Value::of(INFINITY);
  if (!v.is_number())
    return name == "bool" ? [&]() { const auto t = truth(v, span); return t ? Value::of(*t) : Value::poison(); }() : bad(v);
  if (v.kind == Value::Int && !v.dim.is_constant()) {
    if (name == "int") return v;
    if (name == "abs") return Value::of(types::dim_max(v.dim, -v.dim));
    sink_.report(span, diag::FloatOfSize, name, v.dim.str());
    return Value::poison();
  }
  const double x = v.as_double();
  const auto whole = [&](double value) -> Value {
    if (!(std::fabs(value) < 9.2e18)) {
      sink_.report(span, diag::IntegerOverflow, name);
      return Value::poison();
    }
    Value result = Value::of(Dim(static_cast<std::int64_t>(value)));
    if (result.is_poison()) sink_.report(span, diag::IntegerOverflow, name);
    return result;
  };
  if (name == "abs")
    return v.kind == Value::Float
               ? Value::of(std::fabs(x))
               : Value::of(Dim(v.kind == Value::Bool ? std::int64_t{v.boolean}
                                                     : static_cast<std::int64_t>(std::llabs(v.dim.constant()))));
  if (name == "int") return v.is_int() ? v : whole(std::trunc(x));
  if (name == "float") return Value::of(x);
  if (name == "bool") return Value::of(x != 0);
  if (name == "ceil") return v.is_int() ? v : whole(std::ceil(x));
  if (name == "floor") return v.is_int() ? v : whole(std::floor(x));
  if (name == "round") {
    if (n == 2 && args[1].value.is_int())
      return Value::of(round_half_even(x, static_cast<int>(args[1].value.dim.constant())));
    return v.is_int() ? v : whole(std::nearbyint(x));
  }
  if (name == "pow") return n == 2 ? binary("**", v, args[1].value, span, scope) : wrong_count("two arguments");
  if (name == "log") {
    if (x <= 0) return bad(v);
    if (n == 2 && args[1].value.is_number()) return Value::of(std::log(x) / std::log(args[1].value.as_double()));
    return Value::of(std::log(x));
  }
  if (name == "sqrt") return x < 0 ? bad(v) : Value::of(std::sqrt(x));
  if (name == "exp") return Value::of(std::exp(x));
  if (name == "sin") return Value::of(std::sin(x));
  if (name == "cos") return Value::of(std::cos(x));
  if (name == "tan") return Value::of(std::tan(x));
  return std::nullopt;
}

}  // namespace modelc::elaborate
