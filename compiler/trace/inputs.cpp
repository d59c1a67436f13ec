#include "trace/inputs.h"

#include <fmt/format.h>

#include <algorithm>

#include "eval/unroll.h"
#include "support/counted.h"
#include "trace/types.h"
#include "trace/where.h"

namespace modelc::trace {

bool bind_inputs(Tracer& t, const ast::Component& component, const LevelPtr& level, Arguments& args, Frame& frame,
                 Span call, const std::string& who) {
  struct Formal {
    std::string name;
    const ast::Item<ast::Declaration>* item;
    std::optional<GivenArgument> given;
  };
  std::vector<Formal> formals;
  const Scope scope = static_scope(level, &frame);
  unroll(t, component.inputs.entries, scope,
         [&](const ast::Item<ast::Declaration>& item, const std::string& name, const Scope&) {
           if (!item.value.deleted) formals.push_back({name, &item, std::nullopt});
         });
  if (component.inputs.lost) return false;
  if (!component.inputs.given && component.body.layers.given) {
    // The input may be left out: there is one.
    if (args.size() != 1) {
      t.fault(call, diag::WrongArgumentCount, who, "one input", args.size());
      return false;
    }
    frame.bindings["input"] = args[0].value;
    frame.own_inputs.insert("input");
    return true;
  }
  bool ok = true;
  std::size_t position = 0;
  for (GivenArgument& a : args) {
    Formal* target = nullptr;
    if (a.name.empty()) {
      if (position < formals.size()) target = &formals[position++];
    } else {
      for (Formal& f : formals)
        if (f.name == a.name) target = &f;
    }
    if (!target) {
      if (a.name.empty()) {
        t.fault(a.span, diag::TooManyInputs, who, support::counted(formals.size(), "input"), args.size())
            .note(component.span, "it is declared here");
        return false;
      }
      std::vector<std::string> known;
      for (const Formal& f : formals) known.push_back(f.name);
      auto report = t.fault(a.name_span.valid() ? a.name_span : a.span, diag::UnknownInput, who, a.name);
      report.did_you_mean(a.name, known);
      ok = false;
      continue;
    }
    if (target->given) {
      t.fault(a.span, diag::DuplicateArgument, target->name).note(target->given->span, "it is given here already");
      ok = false;
      continue;
    }
    target->given = a;
  }
  if (!ok) return false;
  TypeMatch match;
  match.who = who;
  for (Formal& f : formals) {
    const ast::Declaration& d = f.item->value;
    if (!f.given) {
      if (!d.declared.value) {
        t.fault(call, diag::MissingInput, who, f.name).note(f.item->span, "it is declared here");
        ok = false;
      }
      continue;
    }
    frame.bindings[f.name] = f.given->value;
    frame.own_inputs.insert(f.name);
    if (f.given->value.is_poison()) {
      ok = false;
      continue;
    }
    if (d.faulty) {
      frame.bindings[f.name] = Value::poison();
      level->symbols_missing = true;
      continue;
    }
    if (f.given->value.is_null() && d.declared.value) continue;
    if (d.declared.type)
      match.pairs.push_back({d.declared.type.get(), f.given->value, f.given->span,
                             fmt::format("`{}` receives for `{}`", who, f.name), f.item->span});
    if (d.is_list) {
      std::size_t i = 0;
      const auto items = elements(t, f.given->value, f.given->span, "a list input");
      if (!items) {
        ok = false;
        continue;
      }
      std::vector<std::pair<const ast::TypeExpr*, Span>> list_types;
      unroll(t, d.list, scope, [&](const ast::Item<ast::Declared>& item, const std::string&, const Scope&) {
        list_types.emplace_back(item.value.type.get(), item.span);
      });
      if (list_types.size() != items->size()) {
        t.fault(f.given->span, diag::ListLength, f.name, support::counted(items->size(), "item"), list_types.size())
            .note(f.item->span, "declared here");
        ok = false;
        continue;
      }
      for (const auto& [type, span] : list_types) {
        if (type)
          match.pairs.push_back({type, (*items)[i], f.given->span, fmt::format("`{}[{}]` receives", f.name, i), span});
        ++i;
      }
    }
  }
  if (!ok) return false;
  // Types see loop variables, params and symbols; a match also binds the symbols of this level.
  if (!match.pairs.empty() && !match_types(t, match, scope, frame.symbols)) return false;
  Scope defaults;
  defaults.level = level;
  defaults.frame = &frame;
  for (const Formal& f : formals) {
    if (f.given) continue;
    frame.bindings[f.name] = evaluate(t, f.item->value.declared.value, defaults);
    frame.own_inputs.insert(f.name);
    if (frame.bindings[f.name].is_poison()) return false;
  }
  return check_where(t, component, scope, call, false);
}

}  // namespace modelc::trace
