#include <fmt/format.h>

#include <algorithm>

#include "elaborate/elaborator.h"
#include "elaborate/recipe_reader.h"
#include "support/spelling.h"

namespace modelc::elaborate {

DefinitionPtr Elaborator::as_definition(const Value& value, Span span) {
  if (value.is_poison()) return nullptr;
  if (value.kind == Value::Def) return value.definition;
  auto report = sink_.report(span, diag::NotADefinition, value.describe());
  if (value.kind == Value::Function)
    report.help("functions are called in `forward`; only modules stand under `modules` and `layers`");
  return nullptr;
}

DefinitionPtr Elaborator::with_arguments(const DefinitionPtr& base, std::vector<GivenArgument> args, Span span) {
  if (!base) return nullptr;
  if (args.empty()) return base;
  if (base->kind != Definition::Operator && base->kind != Definition::Component) {
    sink_.report(args[0].span, diag::TooManyArguments, base->type_name, 0, args.size());
    return nullptr;
  }
  auto copy = std::make_shared<Definition>(*base);
  copy->span = span;
  // Positional ones follow those it has; a name stated again wins.
  for (GivenArgument& arg : args) {
    if (!arg.name.empty()) {
      std::erase_if(copy->arguments, [&](const GivenArgument& old) { return old.name == arg.name; });
    }
    copy->arguments.push_back(std::move(arg));
  }
  std::stable_partition(copy->arguments.begin(), copy->arguments.end(),
                        [](const GivenArgument& a) { return a.name.empty(); });
  return copy;
}

DefinitionPtr Elaborator::define_module(const ast::ModuleDef& def, const Scope& outer) {
  const Scope scope = outer.as_static();
  switch (def.kind) {
    case ast::ModuleKind::Deleted:
      return nullptr;
    case ast::ModuleKind::Call: {
      const Value value = evaluate(def.call, scope);
      const DefinitionPtr found = as_definition(value, def.call ? def.call->span : def.span);
      if (!found) return nullptr;
      auto copy = std::make_shared<Definition>(*found);
      copy->span = def.call->span;
      return copy;
    }
    case ast::ModuleKind::Inline: {
      auto d = std::make_shared<Definition>();
      d->kind = Definition::Component;
      d->span = def.span;
      d->component = def.component;
      d->closure = scope.level;
      d->loops = scope.loops;
      d->type_name = "inline";
      return d;
    }
    default:
      break;
  }
  auto d = std::make_shared<Definition>();
  d->kind = def.kind == ast::ModuleKind::Sequential ? Definition::Sequential
            : def.kind == ast::ModuleKind::List     ? Definition::List
                                                    : Definition::Dict;
  d->type_name = d->kind == Definition::Sequential ? "Sequential"
                 : d->kind == Definition::List     ? "ModuleList"
                                                   : "ModuleDict";
  d->span = def.span;
  const std::size_t errors_before = sink_.error_count();
  for (auto& [name, item] : define_items(def.items, scope, true)) {
    d->items.emplace_back(name, item.first);
    d->item_spans.push_back(item.second);
  }
  d->incomplete = sink_.error_count() != errors_before;
  return d;
}

std::vector<std::pair<std::string, std::pair<DefinitionPtr, Span>>> Elaborator::define_items(
    const ast::Block<ast::ModuleDef>& block, const Scope& scope, bool numbered) {
  std::vector<std::pair<std::string, std::pair<DefinitionPtr, Span>>> items;
  std::map<std::string, Span> seen;
  unroll(block, scope.as_static(),
         [&](const ast::Item<ast::ModuleDef>& item, const std::string& given, const Scope& inner) {
           if (item.value.kind == ast::ModuleKind::Deleted) return;
           std::string name = given;
           if (name.empty()) {
             if (!item.name.empty() || !numbered) return;  // a faulty pattern, reported
             name = std::to_string(items.size());
           }
           const auto [at, fresh] = seen.emplace(name, item.name.span.valid() ? item.name.span : item.span);
           if (!fresh) {
             sink_.report(item.name.span.valid() ? item.name.span : item.span, diag::DuplicateModule, name)
                 .note(at->second, "it is here the first time");
             return;
           }
           items.emplace_back(name, std::make_pair(define_module(item.value, inner), item.span));
         });
  return items;
}

DefinitionPtr Elaborator::part_of(const DefinitionPtr& whole, const std::string& name, Span span, const Scope&) {
  std::vector<std::string> known;
  if (whole->kind == Definition::Component) {
    const ast::Component& component = *whole->component;
    LevelPtr level = make_level(whole->component, file_of(component, whole->closure), whole->closure, whole->loops,
                                whole->arguments, whole->variant, whole->span);
    Scope inside{level, nullptr, nullptr};
    inside.is_static = true;
    for (auto& [n, item] : define_items(component.layers_given ? component.layers : component.modules, inside, true)) {
      known.push_back(n);
      if (n != name) continue;
      if (!item.first) return nullptr;
      auto copy = std::make_shared<Definition>(*item.first);
      copy->span = span;
      for (PartOf p : whole->parts_of) {
        p.path += "." + name;
        copy->parts_of.push_back(std::move(p));
      }
      copy->parts_of.push_back({whole->component, name});
      return copy;
    }
  } else {
    for (const auto& [n, item] : whole->items) {
      known.push_back(n);
      if (n != name) continue;
      if (!item) return nullptr;
      auto copy = std::make_shared<Definition>(*item);
      copy->span = span;
      for (PartOf p : whole->parts_of) {
        p.path += "." + name;
        copy->parts_of.push_back(std::move(p));
      }
      return copy;
    }
  }
  auto report = sink_.report(span, diag::NoMember, fmt::format("the module `{}`", whole->type_name), name);
  if (const auto near = support::nearest(name, known)) report.help(fmt::format("did you mean `{}`?", *near));
  return nullptr;
}

/// In the long form of a module the declared type of an argument decides whether its scalar is text or an expression.
Value Elaborator::long_form_value(const ast::Expr& call, const ast::Argument& argument, const Scope& scope) {
  const ast::Expr& head = *call.children[0];
  const Value callee = head.kind == ast::ExprKind::Name ? lookup_callable(head.text, head.span, scope).value
                                                        : evaluate(call.children[0], scope);
  if (callee.kind != Value::Def) return evaluate(argument.value, scope);
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
      is_text &= !(p.nullable && !raw.quoted && raw.text == "null");
    }
    if (is_text) {
      Value text = Value::of(raw.text);
      text.span = raw.span;
      return text;
    }
    if (typed && raw.quoted && !raw.children.empty() && raw.children[0]) return evaluate(raw.children[0], scope);
  } else if (callee.definition->component) {
    for (const auto& item : callee.definition->component->params) {
      if (item.name.text == argument.name) return param_from_raw(item.value, argument.name, argument.value, scope);
    }
  }
  return evaluate(argument.value, scope);
}

std::optional<std::vector<GivenArgument>> Elaborator::evaluate_arguments(const ast::Expr& call, const Scope& scope) {
  std::vector<GivenArgument> args;
  bool ok = true;
  std::map<std::string, Span> named;
  for (const ast::Argument& a : call.args) {
    GivenArgument given;
    given.name = a.name;
    given.name_span = a.name_span;
    given.span = a.value ? a.value->span : call.span;
    if (!a.name.empty()) {
      const auto [at, fresh] = named.emplace(a.name, a.name_span);
      if (!fresh) {
        sink_.report(a.name_span, diag::DuplicateArgument, a.name).note(at->second, "it is given here already");
        ok = false;
        continue;
      }
    }
    given.value =
        a.value && a.value->kind == ast::ExprKind::Raw ? long_form_value(call, a, scope) : evaluate(a.value, scope);
    if (a.spread) {
      const auto items = elements(given.value, given.span, "`*`");
      if (!items) {
        ok = false;
        continue;
      }
      for (const Value& item : *items) args.push_back({"", item, given.span, {}});
      continue;
    }
    ok &= !given.value.is_poison();
    args.push_back(std::move(given));
  }
  if (!ok) return std::nullopt;
  return args;
}

Value Elaborator::pipe(const ast::Expr& e, const Scope& scope) {
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
    const Value first = evaluate(*stages[0], scope);
    if (first.kind == Value::Def || first.is_poison()) {
      auto d = std::make_shared<Definition>();
      d->kind = Definition::Sequential;
      d->type_name = "Sequential";
      d->span = e.span;
      bool ok = true;
      for (std::size_t i = 0; i < stages.size(); ++i) {
        const DefinitionPtr item = as_definition(i == 0 ? first : evaluate(*stages[i], scope), (*stages[i])->span);
        ok &= item != nullptr;
        d->items.emplace_back(std::to_string(i), item);
        d->item_spans.push_back((*stages[i])->span);
      }
      return ok ? Value::of(DefinitionPtr(d)) : Value::poison();
    }
  }
  const Value left = evaluate(e.children[0], scope);
  const ast::Expr& right = *e.children[1];
  GivenArgument first{"", left, e.children[0]->span, {}};
  if (right.kind == ast::ExprKind::Call) {
    auto args = evaluate_arguments(right, scope);
    if (!args || left.is_poison()) return Value::poison();
    args->insert(args->begin(), std::move(first));
    ast::Expr callee = right;
    callee.args.clear();
    return call_named(*right.children[0], std::move(*args), e.span, scope);
  }
  if (left.is_poison()) return left;
  std::vector<GivenArgument> args{std::move(first)};
  return call_named(right, std::move(args), e.span, scope);
}

Value Elaborator::call(const ast::Expr& e, const Scope& scope) {
  const ast::Expr& callee = *e.children[0];
  // The path is read from the level it stands in, not evaluated as a value.
  if (callee.kind == ast::ExprKind::Name && callee.text == "tap") return tap(e, scope);
  if (callee.kind == ast::ExprKind::Name && callee.text == "defined" && e.args.size() == 1 && e.args[0].value &&
      e.args[0].value->kind == ast::ExprKind::Name) {
    const Value v = evaluate(e.args[0].value, scope);
    return v.is_poison() ? v : Value::of(!v.is_null());
  }
  if (RecipeReader::is_categories(e)) return RecipeReader::categories(*this, e, scope);
  auto args = evaluate_arguments(e, scope);
  if (!args) {
    if (callee.kind == ast::ExprKind::Name) {
      const Callable c = lookup_callable(callee.text, callee.span, scope);
      if (c.kind == Callable::Nothing) report_unknown(callee.text, callee.span, scope, true);
    }
    return Value::poison();
  }
  return call_named(callee, std::move(*args), e.span, scope);
}

Value Elaborator::call_named(const ast::Expr& callee, std::vector<GivenArgument> args, Span span, const Scope& scope) {
  if (callee.kind == ast::ExprKind::Name) {
    const Callable c = lookup_callable(callee.text, callee.span, scope);
    switch (c.kind) {
      case Callable::Poisoned:
        return Value::poison();
      case Callable::Value_:
        return call_value(c.value, std::move(args), span, scope);
      case Callable::DefineFunction:
        return call_define(c, args, span);
      case Callable::Function:
      case Callable::Operator: {
        if (scope.feed) {
          if (auto v = feed_function(callee.text, args, span, scope)) return *v;
        }
        if (auto v = builtin(callee.text, args, span, scope)) return *v;
        if (callee.text == "rearrange") return call_rearrange(args, span, scope);
        if (c.op) return call_function(*c.op, args, span, scope);
        sink_.report(span, diag::BadBuiltinArgument, callee.text, args.empty() ? "nothing" : args[0].value.describe());
        return Value::poison();
      }
      case Callable::Nothing:
        break;
    }
    if (scope.feed) {
      if (auto v = feed_function(callee.text, args, span, scope)) return *v;
    }
    if (const auto value = plain_value(callee.text, scope)) {
      sink_.report(callee.span, diag::NotCallable, callee.text, value->describe());
      return Value::poison();
    }
    report_unknown(callee.text, callee.span, scope, true);
    return Value::poison();
  }
  if (callee.kind == ast::ExprKind::Member) {
    const Value base = evaluate(callee.children[0], scope);
    if (base.is_poison()) return base;
    if (base.kind == Value::Tensor || base.kind == Value::Int || base.kind == Value::Float) {
      // `x.f(a)` is `f(x, a)`.
      args.insert(args.begin(), GivenArgument{"", base, callee.children[0]->span, {}});
      if (callee.text == "size" && base.kind == Value::Tensor) {
        const Value shape = member(base, "shape", span, callee.name_span, scope);
        if (args.size() == 1) return shape;
        if (args.size() == 2 && args[1].value.is_int()) {
          const auto& items = shape.list->items;
          std::int64_t i = args[1].value.dim.constant();
          if (i < 0) i += static_cast<std::int64_t>(items.size());
          if (i >= 0 && i < static_cast<std::int64_t>(items.size())) return items[static_cast<std::size_t>(i)];
          sink_.report(args[1].span, diag::IndexOutOfRange, args[1].value.dim.constant(), items.size());
          return Value::poison();
        }
      }
      if (callee.text == "rearrange") return call_rearrange(args, span, scope);
      if (const ops::Op* op = ops::Catalogue::get().function(callee.text); op && op->is_method) {
        return call_function(*op, args, span, scope);
      }
      if (auto v = builtin(callee.text, args, span, scope)) return *v;
      auto report =
          sink_.report(callee.name_span.valid() ? callee.name_span : callee.span, diag::UnknownFunction, callee.text);
      if (callee.text.size() > 1 && callee.text.back() == '_')
        report.help("values never change: use the form without the underscore");
      else if (const auto near = support::nearest(callee.text, ops::Catalogue::get().function_names()))
        report.help(fmt::format("did you mean `{}`?", *near));
      return Value::poison();
    }
    return call_value(member(base, callee.text, callee.span, callee.name_span, scope), std::move(args), span, scope);
  }
  return call_value(evaluate(std::make_shared<ast::Expr>(callee), scope), std::move(args), span, scope);
}

Value Elaborator::call_rearrange(std::vector<GivenArgument>& args, Span span, const Scope& scope) {
  // `rearrange(x, "b (h d) t -> b h t d", h=8)`: the sizes that are named go along as pairs.
  std::vector<GivenArgument> given;
  std::vector<Value> names;
  for (GivenArgument& a : args) {
    if (a.name.empty() || a.name == "input" || a.name == "pattern") given.push_back(std::move(a));
    else names.push_back(Value::of_list({Value::of(a.name), a.value}));
  }
  given.push_back({"names", Value::of_list(std::move(names)), span, span});
  return call_function(*ops::Catalogue::get().function("_rearrange"), given, span, scope);
}

Value Elaborator::call_define(const Callable& c, std::vector<GivenArgument>& args, Span span) {
  const ast::Definition& d = *c.define->definition;
  if (++depth_ > kDepthLimit) {
    --depth_;
    report_runaway(span, kDepthLimit, "functions of `define`");
    return Value::poison();
  }
  Scope inner{c.level, c.level->active, c.define->loops};
  inner.is_static = true;
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
    sink_
        .report(span, diag::WrongArgumentCount, "this function",
                fmt::format("{} argument{}", d.arguments.size(), d.arguments.size() == 1 ? "" : "s"), args.size())
        .note(d.span, "it is defined here");
  } else {
    result = evaluate(d.value, inner);
  }
  --depth_;
  return result;
}

std::optional<Value> Elaborator::plain_value(const std::string& name, const Scope& scope) {
  if (scope.frame && !scope.is_static) {
    const auto binding = scope.frame->bindings.find(name);
    if (binding != scope.frame->bindings.end()) return binding->second;
  }
  if (scope.frame && scope.frame->symbols.count(name)) return Value::of(scope.frame->symbols.at(name));
  for (LevelPtr level = scope.level; level; level = level->parent) {
    if (level->params.count(name) || level->defines.count(name)) return own_static(level, name, {}, scope);
  }
  return std::nullopt;
}

}  // namespace modelc::elaborate
