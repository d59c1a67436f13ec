#include "instantiate/arguments.h"

#include <fmt/format.h>

#include <algorithm>

#include "support/counted.h"
#include "support/spelling.h"

namespace modelc::instantiate {

using diagnostics::Sink;
using ops::Op;
using ops::Param;

namespace {

bool one_matches(Param::Kind kind, const Value& v, const std::vector<std::string>& words) {
  switch (kind) {
    case Param::Int:
      return v.is_int();
    case Param::Float:
      return v.is_int() || v.kind == Value::Float;
    case Param::Bool:
      return v.kind == Value::Bool;
    case Param::Str:
      return v.kind == Value::String;
    case Param::DTypeWord:
      return v.kind == Value::DType;
    case Param::DimKind:
      return v.kind == Value::Int;
    case Param::Word:
      return v.kind == Value::String && std::find(words.begin(), words.end(), v.text) != words.end();
    case Param::Tensor:
      return v.kind == Value::Tensor;
    case Param::TensorList:
      return false;
    case Param::Number:
      return v.is_number();
    case Param::Any:
      return true;
    case Param::Column:
    case Param::Source:
      return false;
  }
  return false;
}

Value adapted(Param::Kind kind, const Value& v) {
  if (kind == Param::Float && v.is_int()) {
    Value f = Value::of(static_cast<double>(v.dim.constant()));
    f.span = v.span;
    return f;
  }
  if (kind == Param::Number && v.kind == Value::Bool) return v;
  return v;
}

/// The value as the parameter has it; nullopt after reporting.
std::optional<Value> convert(Sink& sink, const Op& op, const Param& param, const Value& value, Span span) {
  if (value.is_null() && (param.nullable || (param.has_default && param.default_value.is_null()))) return value;
  for (const Param::Alternative& a : param.alternatives) {
    if (a.kind == Param::TensorList) {
      if (value.kind != Value::List) continue;
      bool all = true;
      for (const Value& item : value.list->items) all &= item.kind == Value::Tensor;
      if (all) return value;
      continue;
    }
    if (!a.list && a.count == 0) {
      if (one_matches(a.kind, value, a.words)) return adapted(a.kind, value);
      continue;
    }
    if (value.kind == Value::List) {
      bool all = a.count == 0 || static_cast<int>(value.list->items.size()) == a.count;
      std::vector<Value> items;
      for (const Value& item : value.list->items) {
        all = all && one_matches(a.kind, item, a.words);
        items.push_back(adapted(a.kind, item));
      }
      if (all) return Value::of_list(std::move(items));
      continue;
    }
    if (one_matches(a.kind, value, a.words)) {
      std::vector<Value> items(static_cast<std::size_t>(std::max(a.count, 1)), adapted(a.kind, value));
      return Value::of_list(std::move(items));
    }
  }
  auto report = sink.report(span, diag::ArgumentType, param.name, op.name, value.describe(), param.kind_words());
  if (value.kind == Value::Int && !value.dim.is_constant())
    report.help("it must be a number: give the symbol a size in `inputs`");
  if (value.kind == Value::Module) report.help("call the module: its result is the tensor");
  if (value.kind == Value::List && !value.list->names.empty())
    report.help(fmt::format("take one of its parts: `.{}`", value.list->names[0]));
  else if (value.kind == Value::List && value.list->tuple)
    report.help("it is a tuple; take it apart: `a, b: f(x)`, or index it: `[0]`");
  if (value.kind == Value::String) {
    for (const auto& a : param.alternatives) {
      if (const auto near = support::nearest(value.text, a.words))
        report.help(fmt::format("did you mean \"{}\"?", *near));
    }
  }
  return std::nullopt;
}

/// The number, or the first of a list, that the parameter does not take; null where there is none.
const Value* outside_range(const Value& value, const Param& param) {
  if (value.kind == Value::List) {
    for (const Value& item : value.list->items)
      if (const Value* outside = item.kind == Value::List ? nullptr : outside_range(item, param)) return outside;
    return nullptr;
  }
  const bool known = value.is_number() && (value.kind != Value::Int || value.dim.is_constant());
  return known && !param.range.contains(value.as_double()) ? &value : nullptr;
}

/// Where an argument begins, its name included.
std::uint32_t begin_of(const GivenArgument& argument) {
  return argument.name_span.valid() ? argument.name_span.begin : argument.span.begin;
}

/// As they are written in the call, one after the other: not those of a definition that is completed elsewhere.
bool stand_in_order(const Arguments& args, Span call) {
  std::uint32_t at = call.begin;
  for (const GivenArgument& argument : args) {
    if (argument.span.file != call.file || begin_of(argument) < at || argument.span.end > call.end) return false;
    at = argument.span.end;
  }
  return true;
}

/// Read as PyTorch's full list: what is inferred goes, what has a default gets its name.
void correct_surplus(diagnostics::Report& report, const Op& op, const std::vector<Param>& params, const Arguments& args,
                     Span call) {
  std::string written, inferred;
  std::vector<const Param*> taken;  // by argument; null where it has a name
  std::size_t next = 0;
  for (const GivenArgument& a : args) {
    const Param* param = nullptr;
    if (a.name.empty()) {
      if (next >= params.size()) return;
      param = &params[next++];
    }
    taken.push_back(param);
    if (param && param->inferred) {
      inferred = param->name;
      continue;
    }
    const std::string name = !param ? a.name : param->has_default ? param->name : "";
    const auto constant = to_constant(a.value);
    const std::string text = constant ? constant->str() : a.value.str();
    written += (written.empty() ? "" : ", ") + (name.empty() ? text : name + "=" + text);
  }
  report.help(
      fmt::format("write `{}({})`{}", op.name, written, inferred.empty() ? "" : ": `" + inferred + "` is inferred"));
  if (!stand_in_order(args, call)) return;
  const auto goes = [&](std::size_t k) { return taken[k] && taken[k]->inferred; };
  const auto prefix = [&](std::size_t k) { return taken[k] && taken[k]->has_default ? taken[k]->name + "=" : ""; };
  for (std::size_t k = 0; k < args.size(); ++k) {
    const std::uint32_t begin = begin_of(args[k]);
    const bool last = k + 1 == args.size();
    if (goes(k))
      report.fix({call.file, begin, last ? args[k].span.end : begin_of(args[k + 1])}, last ? "" : prefix(k + 1));
    else if (!prefix(k).empty() && (k == 0 || !goes(k - 1))) report.fix({call.file, begin, begin}, prefix(k));
  }
}

}  // namespace

Bound bind_parameters(Sink& sink, const Op& op, const std::vector<Param>& params, Arguments& args, Span span,
                      bool constructor) {
  Bound bound;
  bound.values.assign(params.size(), Value::null());
  bound.given.assign(params.size(), false);
  bound.spans.assign(params.size(), Span{});
  // By position an operator with inferred arguments takes only what PyTorch requires and is not inferred.
  std::vector<std::size_t> positions;
  bool has_inferred = false;
  for (const Param& p : params) has_inferred |= p.inferred;
  for (std::size_t i = 0; i < params.size(); ++i) {
    if (params[i].keyword_only) continue;
    if (has_inferred && (params[i].inferred || params[i].has_default)) continue;
    positions.push_back(i);
  }
  std::size_t given_positions = 0;
  for (const GivenArgument& a : args) given_positions += a.name.empty() ? 1 : 0;
  std::size_t position = 0;
  bool too_many = false;
  for (std::size_t k = 0; k < args.size(); ++k) {
    GivenArgument& a = args[k];
    std::size_t at = params.size();
    if (a.name.empty()) {
      if (position < positions.size()) {
        at = positions[position];
        const bool last = position + 1 == positions.size() || params[positions[position]].alternatives.empty() == false;
        const bool takes_list = std::any_of(
            params[at].alternatives.begin(), params[at].alternatives.end(),
            [](const auto& alt) { return alt.list && (alt.kind == Param::Int || alt.kind == Param::DimKind); });
        if (op.variadic && !constructor && takes_list && last && a.value.kind == Value::Int) {
          std::vector<Value> gathered;
          while (k < args.size() && args[k].name.empty() && args[k].value.kind == Value::Int)
            gathered.push_back(args[k++].value);
          --k;
          a.value = Value::of_list(std::move(gathered));
          position = positions.size();
        } else if (op.variadic && !constructor && a.value.kind == Value::Tensor &&
                   std::any_of(params[at].alternatives.begin(), params[at].alternatives.end(),
                               [](const auto& alt) { return alt.kind == Param::TensorList; })) {
          std::vector<Value> gathered;  // `einsum("bi,ij->bj", x, w)`
          while (k < args.size() && args[k].name.empty() && args[k].value.kind == Value::Tensor)
            gathered.push_back(args[k++].value);
          --k;
          a.value = Value::of_list(std::move(gathered));
          position = positions.size();
        } else {
          ++position;
        }
      } else {
        too_many = true;
        continue;
      }
    } else {
      for (std::size_t i = 0; i < params.size(); ++i) {
        if (params[i].name == a.name && !params[i].internal) at = i;
      }
      if (at == params.size()) {
        std::vector<std::string> known;
        for (const Param& p : params)
          if (!p.internal) known.push_back(p.name);
        auto report = sink.report(a.name_span.valid() ? a.name_span : a.span, diag::UnknownArgument, op.name, a.name);
        if (!report.did_you_mean(a.name, known, a.name_span)) {
          std::string list;
          for (const auto& n : known) list += (list.empty() ? "`" : ", `") + n + "`";
          if (!list.empty()) report.help("it takes " + list);
        }
        bound.ok = false;
        continue;
      }
      if (bound.given[at]) {
        sink.report(a.span, diag::DuplicateArgument, a.name).note(bound.spans[at], "it is given here already");
        bound.ok = false;
        continue;
      }
    }
    bound.given[at] = true;
    bound.spans[at] = a.span;
    if (a.value.is_poison()) {
      bound.poisoned = true;
      continue;
    }
    auto value = convert(sink, op, params[at], a.value, a.span);
    if (!value) {
      bound.ok = false;
      continue;
    }
    bound.values[at] = std::move(*value);
    if (const Value* outside = outside_range(bound.values[at], params[at])) {
      sink.report(a.span, diag::ArgumentRange, params[at].name, op.name, outside->str(), params[at].range.words());
      bound.ok = false;
    }
  }
  if (too_many) {
    auto report = sink.report(span, diag::TooManyArguments, op.name, support::counted(positions.size(), "argument"),
                              given_positions);
    if (has_inferred) correct_surplus(report, op, params, args, span);
    bound.ok = false;
  }
  for (std::size_t i = 0; i < params.size(); ++i) {
    if (bound.given[i]) continue;
    if (params[i].inferred) continue;
    if (params[i].has_default) {
      Value v = from_constant(params[i].default_value);
      // A default of one value for a list of n is repeated as a given one would be.
      if (!v.is_null()) {
        if (const auto converted = convert(sink, op, params[i], v, span)) v = *converted;
      }
      bound.values[i] = v;
    } else if (params[i].nullable) {
      bound.values[i] = Value::null();
    } else if (!bound.poisoned && bound.ok) {
      sink.report(span, diag::MissingArgument, op.name, params[i].name)
          .help(params[i].text.empty() ? "give it" : fmt::format("it takes `{}`", params[i].text));
      bound.ok = false;
    }
  }
  return bound;
}

}  // namespace modelc::instantiate
