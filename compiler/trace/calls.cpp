#include "trace/calls.h"

#include <fmt/format.h>

#include <algorithm>

#include "catalogue/entry.h"
#include "catalogue/foreign.h"
#include "eval/access.h"
#include "eval/builtins.h"
#include "eval/evaluate.h"
#include "instantiate/arguments.h"
#include "instantiate/definitions.h"
#include "instantiate/params.h"
#include "instantiate/reparametrisation.h"
#include "ops/rules.h"
#include "resolve/attributes.h"
#include "resolve/namespaces.h"
#include "support/counted.h"
#include "support/words.h"
#include "trace/defined.h"
#include "trace/modules.h"
#include "trace/names.h"
#include "trace/taps.h"
#include "trace/unknown.h"

namespace modelc::trace {

using eval::builtin;
using ops::Op;

namespace {

using catalogue::FunctionId;

bool is_call_of(const ast::Expr& callee, FunctionId id) { return callee.text == catalogue::entry(id).name; }

Value call_rearrange(Tracer& t, Arguments& args, Span span) {
  // `rearrange(x, "b (h d) t -> b h t d", h=8)`: the sizes that are named go along as pairs.
  Arguments given;
  std::vector<Value> names;
  for (GivenArgument& a : args) {
    if (a.name.empty() || a.name == "input" || a.name == "pattern") given.push_back(std::move(a));
    else names.push_back(Value::of_list({Value::of(a.name), a.value}));
  }
  given.push_back({"names", Value::of_list(std::move(names)), span, span});
  return call_function(t, *ops::Catalogue::get().function("_rearrange"), given, span);
}

Value call_define(Tracer& t, const LevelPtr& level, const Level::Define& define, Arguments& args, Span span) {
  const ast::Definition& d = *define.definition;
  const eval::Deeper deeper(t.budget.depth);
  if (t.budget.depth > eval::kDepthLimit) {
    report_runaway(t, span, eval::kDepthLimit, "functions of `define`");
    return Value::poison();
  }
  Scope inner = static_scope(level, frame_of(t, level), define.loops);
  bool ok = true;
  std::vector<bool> bound(d.arguments.size(), false);
  std::size_t position = 0;
  for (GivenArgument& a : args) {
    std::size_t at = position;
    if (a.name.empty()) {
      ++position;
    } else {
      at = static_cast<std::size_t>(std::find(d.arguments.begin(), d.arguments.end(), a.name) - d.arguments.begin());
    }
    if (at >= d.arguments.size() || bound[at]) {
      ok = false;
      break;
    }
    bound[at] = true;
    inner = inner.with_loop(d.arguments[at], a.value);
  }
  ok = ok && std::find(bound.begin(), bound.end(), false) == bound.end();
  Value result = Value::poison();
  if (!ok) {
    t.fault(span, diag::WrongArgumentCount, define.name, support::counted(d.arguments.size(), "argument"), args.size())
        .note(d.span, "it is defined here");
  } else {
    result = evaluate(t, d.value, inner);
  }
  return result;
}

/// `x.size(1)`, `x.dim()`, `x.numel()`; `args` begin with the tensor. nullopt for what is a function of torch.
std::optional<Value> called_attribute(Tracer& t, const Value& base, const std::string& name, const Arguments& args) {
  const auto attribute = resolve::attribute_of(name);
  if (!attribute || !attribute->is_called() || args.size() > 2) return std::nullopt;
  const std::vector<Dim> shape = t.type_of(base).tensor.shape;
  const bool whole = args.size() == 1;
  if (attribute->kind == resolve::Attribute::Count && whole) return Value::of(ops::product(shape));
  if (attribute->kind == resolve::Attribute::Rank && whole)
    return Value::of(Dim(static_cast<std::int64_t>(shape.size())));
  if (attribute->kind != resolve::Attribute::Size) return std::nullopt;
  if (whole) {
    std::vector<Value> sizes;
    for (const Dim size : shape) sizes.push_back(Value::of(size));
    return Value::of_list(std::move(sizes), true);
  }
  if (!args[1].value.is_int()) return std::nullopt;
  const std::int64_t wanted = args[1].value.dim.constant(), rank = static_cast<std::int64_t>(shape.size());
  const std::int64_t i = wanted < 0 ? wanted + rank : wanted;
  if (i >= 0 && i < rank) return Value::of(shape[static_cast<std::size_t>(i)]);
  t.fault(args[1].span, diag::IndexOutOfRange, wanted, shape.size());
  return Value::poison();
}

Value call_named(Tracer& t, const ast::Expr& callee, Arguments args, Span span, const Scope& scope) {
  if (callee.kind == ast::ExprKind::Name) {
    const Callable c = lookup_callable(t, callee.text, callee.span, scope);
    switch (c.kind) {
      case Callable::Poisoned:
        return Value::poison();
      case Callable::Module:
        return call_value(t, c.value, std::move(args), span, scope);
      case Callable::DefineFunction:
        return call_define(t, c.level, *c.define, args, span);
      case Callable::Function: {
        if (scope.feed && t.feed) {
          if (auto v = t.feed->function(t, callee.text, args, span)) return *v;
        }
        if (const auto* entry = instantiate::reparametrisation_named(callee.text))
          return instantiate::reparametrise(t, *entry, std::move(args), span);
        if (auto v = builtin(t, callee.text, args, span, scope)) return *v;
        if (is_call_of(callee, FunctionId::Rearrange)) return call_rearrange(t, args, span);
        if (c.op) return call_function(t, *c.op, args, span);
        t.fault(span, diag::BadBuiltinArgument, callee.text, args.empty() ? "nothing" : args[0].value.describe());
        return Value::poison();
      }
      case Callable::Nothing:
        break;
    }
    if (scope.feed && t.feed) {
      if (auto v = t.feed->function(t, callee.text, args, span)) return *v;
    }
    if (const auto value = plain_value(t, callee.text, scope)) {
      if (value->is_poison()) return Value::poison();
      t.fault(callee.span, diag::NotCallable, callee.text, value->describe());
      return Value::poison();
    }
    report_unknown(t, callee.text, callee.span, scope, true);
    return Value::poison();
  }
  if (callee.kind == ast::ExprKind::Member) {
    if (const Op* op = resolve::namespaced(callee); op && !is_known(t, callee.children[0]->text, scope))
      return call_function(t, *op, args, span);
    if (report_foreign(t, callee, scope, true)) return Value::poison();
    const Value base = evaluate(t, callee.children[0], scope);
    if (base.is_poison()) return base;
    if (base.kind == Value::Tensor || base.kind == Value::Int || base.kind == Value::Float) {
      // `x.f(a)` is `f(x, a)`.
      args.insert(args.begin(), GivenArgument{"", base, callee.children[0]->span, {}});
      if (base.kind == Value::Tensor)
        if (auto v = called_attribute(t, base, callee.text, args)) return std::move(*v);
      if (is_call_of(callee, FunctionId::Rearrange)) return call_rearrange(t, args, span);
      if (const ops::Op* op = ops::Catalogue::get().method(callee.text)) return call_function(t, *op, args, span);
      if (auto v = builtin(t, callee.text, args, span, scope)) return *v;
      auto report =
          t.fault(callee.name_span.valid() ? callee.name_span : callee.span, diag::UnknownFunction, callee.text);
      if (const std::string_view words = catalogue::words_for_member(callee.text); !words.empty())
        report.help(std::string(words));
      else if (callee.text.size() > 1 && callee.text.back() == '_')
        report.help("values never change: use the form without the underscore");
      else report.did_you_mean(callee.text, ops::Catalogue::get().function_names());
      return Value::poison();
    }
    return call_value(t, member(t, base, callee.text, callee.span, callee.name_span, scope), std::move(args), span,
                      scope);
  }
  return call_value(t, evaluate(t, std::make_shared<ast::Expr>(callee), scope), std::move(args), span, scope);
}

}  // namespace

Value call_value(Tracer& t, const Value& callee, Arguments args, Span span, const Scope& scope) {
  switch (callee.kind) {
    case Value::Poison:
      return callee;
    case Value::Module:
      return call_instance(t, callee.instance, std::move(args), span, scope);
    case Value::Def: {
      if (scope.is_static) {
        const DefinitionPtr def = instantiate::with_arguments(t, callee.definition, std::move(args), span);
        return def ? value_of(def) : Value::poison();
      }
      return component_as_function(t, callee.definition, args, span);
    }
    case Value::Function: {
      if (callee.definition)
        return call_define(t, callee.definition->closure, callee.definition->closure->defines.at(callee.text), args,
                           span);
      if (auto v = builtin(t, callee.text, args, span, scope)) return *v;
      if (const Op* op = ops::Catalogue::get().function(callee.text)) return call_function(t, *op, args, span);
      [[fallthrough]];
    }
    default:
      t.fault(span, diag::NotCallable, std::string("this"), callee.describe());
      return Value::poison();
  }
}

/// In the long form of a module the declared type of an argument decides whether its scalar is text or an expression.
Value long_form_value(Tracer& t, const ast::Expr& call, const ast::Argument& argument, const Scope& scope) {
  const ast::Expr& head = *call.children[0];
  const Value callee = head.kind == ast::ExprKind::Name ? lookup_callable(t, head.text, head.span, scope).value
                                                        : evaluate(t, call.children[0], scope);
  if (callee.kind != Value::Def) return evaluate(t, argument.value, scope);
  const ast::Expr& raw = *argument.value;
  if (callee.definition->op) {
    bool is_text = false, typed = false;
    for (const ops::Param& p : callee.definition->op->args) {
      if (p.name != argument.name) continue;
      typed = true;
      is_text = !p.alternatives.empty() && std::all_of(p.alternatives.begin(), p.alternatives.end(), [](const auto& a) {
        return !a.list && (a.kind == ops::Param::Word || a.kind == ops::Param::Str);
      });
      // `padding: same` or `padding: 1`: a word that is one of the parameter's own is that word.
      for (const auto& a : p.alternatives)
        is_text |= std::find(a.words.begin(), a.words.end(), raw.text) != a.words.end();
      is_text &= !(p.nullable && !raw.quoted && support::is_null_word(raw.text));
    }
    if (is_text) {
      Value text = Value::of(raw.text);
      text.span = raw.span;
      return text;
    }
    if (typed && raw.quoted && !raw.children.empty() && raw.children[0]) return evaluate(t, raw.children[0], scope);
  } else if (callee.definition->component) {
    for (const auto& item : callee.definition->component->params) {
      if (item.name.text == argument.name) return param_from_raw(t, item.value, argument.name, argument.value, scope);
    }
  }
  return evaluate(t, argument.value, scope);
}

Value pipe(Tracer& t, const ast::Expr& e, const Scope& scope) {
  if (scope.is_static) {
    // Definitions: `Conv2d(64, 3) -> BatchNorm2d -> ReLU` is a Sequential. Static values may be piped too.
    std::vector<const ast::ExprPtr*> stages;
    const ast::Expr* at = &e;
    while (true) {
      stages.push_back(&at->children[1]);
      if (at->children[0]->kind != ast::ExprKind::Pipe) {
        stages.push_back(&at->children[0]);
        break;
      }
      at = at->children[0].get();
    }
    std::reverse(stages.begin(), stages.end());
    const Value first = evaluate(t, *stages[0], scope);
    if (first.kind == Value::Def || first.is_poison()) {
      auto d = std::make_shared<Definition>();
      d->kind = Definition::Sequential;
      d->type_name = "Sequential";
      d->span = e.span;
      bool ok = true;
      for (std::size_t i = 0; i < stages.size(); ++i) {
        const DefinitionPtr item =
            instantiate::as_definition(t, i == 0 ? first : evaluate(t, *stages[i], scope), (*stages[i])->span);
        ok &= item != nullptr;
        d->items.push_back({std::to_string(i), item, (*stages[i])->span});
      }
      return ok ? value_of(d) : Value::poison();
    }
  }
  const Value left = evaluate(t, e.children[0], scope);
  const ast::Expr& right = *e.children[1];
  GivenArgument first{"", left, e.children[0]->span, {}};
  if (right.kind == ast::ExprKind::Call) {
    auto args = evaluate_arguments(t, right, scope);
    if (!args || left.is_poison()) return Value::poison();
    args->insert(args->begin(), std::move(first));
    return call_named(t, *right.children[0], std::move(*args), e.span, scope);
  }
  if (left.is_poison()) return left;
  Arguments args{std::move(first)};
  return call_named(t, right, std::move(args), e.span, scope);
}

Value call(Tracer& t, const ast::Expr& e, const Scope& scope) {
  const ast::Expr& callee = *e.children[0];
  // The path is read from the level it stands in, not evaluated as a value.
  if (callee.kind == ast::ExprKind::Name && is_call_of(callee, FunctionId::Tap)) return tap(t, e, scope);
  if (callee.kind == ast::ExprKind::Name && is_call_of(callee, FunctionId::Defined) && e.args.size() == 1 &&
      e.args[0].value) {
    if (const auto answer = is_defined(t, e.args[0].value, scope)) return *answer;
  }
  if (*t.special) {
    if (auto value = (*t.special)(t, e, scope)) return std::move(*value);
  }
  eval::Evaluated args = evaluate_all_arguments(t, e, scope);
  if (args.complete && args.sound) return call_named(t, callee, std::move(args.arguments), e.span, scope);
  if (callee.kind == ast::ExprKind::Name) {
    const Callable c = lookup_callable(t, callee.text, callee.span, scope);
    const bool of_feed = scope.feed && catalogue::find(catalogue::Kind::FeedFunction, callee.text);
    if (c.kind == Callable::Nothing && !of_feed) report_unknown(t, callee.text, callee.span, scope, true);
    // A faulty operand hides no misspelt argument beside it.
    if (args.complete && c.kind == Callable::Function && c.op && !scope.feed && !eval::is_builtin(callee.text))
      instantiate::bind_parameters(t.sink, *c.op, c.op->inputs, args.arguments, e.span, false);
  }
  return Value::poison();
}

}  // namespace modelc::trace
