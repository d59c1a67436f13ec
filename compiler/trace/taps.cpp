#include "trace/taps.h"

#include <fmt/format.h>

#include <algorithm>

#include "eval/evaluate.h"
#include "resolve/qualifier.h"
#include "support/counted.h"
#include "support/glob.h"

namespace modelc::trace {

using ast::ExprKind;

namespace {

/// The path as written, dotted: `layer3`, `blocks.0.moe.balance`, `blocks[0]`, or a string, perhaps a glob.
std::optional<std::string> tap_path(Tracer& t, const ast::ExprPtr& expr, const Scope& scope) {
  switch (expr->kind) {
    case ExprKind::String:
      return text_of(t, expr, scope, true);
    case ExprKind::Name:
      return expr->text;
    case ExprKind::Member: {
      const auto base = tap_path(t, expr->children[0], scope);
      return base ? std::optional(*base + "." + expr->text) : std::nullopt;
    }
    case ExprKind::Index: {
      if (expr->children.size() != 2) break;
      const bool by_name = resolve::qualifier_of(*expr->children[0]) == resolve::Qualifier::Modules;
      const auto base = by_name ? std::optional<std::string>() : tap_path(t, expr->children[0], scope);
      if (!base && !by_name) return std::nullopt;
      const auto key = text_of(t, expr->children[1], scope, true);
      if (!key) return std::nullopt;
      return by_name ? *key : *base + "." + *key;
    }
    default:
      break;
  }
  t.fault(expr->span, diag::WrongArgumentCount, "tap", "the path of a module", 1)
      .help("write `tap(layer3)`, or a glob as a string: `tap(\"blocks.*\")`");
  return std::nullopt;
}

const Value* bound_in(const Tap& tap, const std::string& binding) {
  if (!tap.bindings) return nullptr;
  const auto found = tap.bindings->find(binding);
  return found == tap.bindings->end() ? nullptr : &found->second;
}

std::optional<Value> tapped(Tracer& t, InstanceId id, const std::string& binding,
                            const std::optional<std::size_t>& which, Span span, const Scope& scope) {
  const std::string path = module_of(t.tree, id).path;
  const std::string shown = binding.empty() ? path : path.empty() ? binding : path + "." + binding;
  if (t.tree.instances[id].broken || t.tree.instances[id].broken_input) return Value::poison();
  std::vector<const Value*> values;
  // None of an earlier call of the level that asks.
  for (const Tap* one : t.trace->taps_of(id, scope.frame->began)) {
    if (one->in_scan) {
      t.fault(span, diag::TapInScan, shown);
      return std::nullopt;
    }
    if (binding.empty()) values.push_back(&one->value);
    else if (const Value* bound = bound_in(*one, binding)) values.push_back(bound);
  }
  if (values.empty()) {
    t.fault(span, diag::TapBeforeCall, shown).help("write the `tap` after the call that produces the value");
    return std::nullopt;
  }
  if (!which && values.size() > 1) {
    t.fault(span, diag::TapAmbiguous, shown, values.size()).help(fmt::format("say which: `tap({}, call=0)`", shown));
    return std::nullopt;
  }
  if (which.value_or(0) >= values.size()) {
    t.fault(span, diag::IndexOutOfRange, *which, support::counted(values.size(), "item"));
    return std::nullopt;
  }
  return *values[which.value_or(0)];
}

}  // namespace

void Trace::tap(InstanceId instance, Tap tap) {
  if (last_taps.size() <= instance)
    last_taps.resize(std::max<std::size_t>(instance + 1, last_taps.size() * 2), ir::kNone);
  tap.before = std::exchange(last_taps[instance], static_cast<std::uint32_t>(taps.size()));
  taps.push_back(std::move(tap));
}

std::vector<const Tap*> Trace::taps_of(InstanceId instance, std::size_t began) const {
  std::vector<const Tap*> found;
  std::uint32_t at = instance < last_taps.size() ? last_taps[instance] : ir::kNone;
  for (; at != ir::kNone && at >= began; at = taps[at].before) found.push_back(&taps[at]);
  std::reverse(found.begin(), found.end());
  return found;
}

Value tap(Tracer& t, const ast::Expr& e, const Scope& scope) {
  std::optional<std::size_t> which;
  ast::ExprPtr path_expr;
  for (const ast::Argument& a : e.args) {
    if (a.name.empty() && !path_expr && !a.spread) {
      path_expr = a.value;
      continue;
    }
    const Value v = evaluate(t, a.value, scope);
    if (v.is_poison()) return v;
    if (a.name != "call" || !v.is_int() || v.dim.constant() < 0) {
      t.fault(a.value->span, diag::BadBuiltinArgument, "tap", v.describe())
          .help("it takes a path and `call=`, counted from 0");
      return Value::poison();
    }
    which = static_cast<std::size_t>(v.dim.constant());
  }
  if (!path_expr || !scope.frame || scope.frame->instance == kNoInstance || scope.is_static) {
    t.fault(e.span, diag::WrongArgumentCount, "tap", "the path of a module, in `forward` or `outputs`", e.args.size());
    return Value::poison();
  }
  const auto path = tap_path(t, path_expr, scope);
  if (!path) return Value::poison();
  const InstanceId base = scope.frame->instance;
  // In the order of the tree.
  std::vector<std::pair<std::string, InstanceId>> below;
  const std::function<void(InstanceId, const std::string&)> walk = [&](InstanceId id, const std::string& prefix) {
    for (const auto& [name, child_id] : t.tree.instances[id].children) {
      const std::string full = prefix.empty() ? name : prefix + "." + name;
      below.emplace_back(full, child_id);
      walk(child_id, full);
    }
  };
  if (path_expr->kind == ExprKind::String && support::is_glob(*path)) {
    walk(base, "");
    const std::string root = module_of(t.tree, base).path;
    const auto type = [&](std::string_view p) {
      return type_at(t.tree, root.empty() ? std::string(p) : root + "." + std::string(p));
    };
    std::vector<Value> items;
    for (const auto& [full, id] : below) {
      if (!support::matches_exactly(*path, full, type)) continue;
      auto value = tapped(t, id, "", which, e.span, scope);
      if (!value || value->is_poison()) return Value::poison();
      items.push_back(std::move(*value));
    }
    if (!items.empty()) return Value::of_list(std::move(items));
  } else {
    if (const auto id = at_path(t.tree, base, *path))
      return tapped(t, *id, "", which, e.span, scope).value_or(Value::poison());
    const auto dot = path->rfind('.');
    if (dot != std::string::npos) {
      if (const auto id = at_path(t.tree, base, path->substr(0, dot));
          id && t.tree.instances[*id].definition->kind == Definition::Component) {
        const std::string binding = path->substr(dot + 1);
        const std::vector<const Tap*> taps = t.trace->taps_of(*id, 0);
        const bool known = taps.empty() || std::any_of(taps.begin(), taps.end(), [&](const Tap* one) {
                             return bound_in(*one, binding) != nullptr;
                           });
        if (known) return tapped(t, *id, binding, which, e.span, scope).value_or(Value::poison());
      }
    }
    walk(base, "");
  }
  if (scope.level->incomplete || t.document.names_missing) return Value::poison();
  auto report = t.fault(path_expr->span, diag::PathNotFound, *path);
  std::vector<std::string> known;
  for (const auto& [full, id] : below) known.push_back(full);
  report.did_you_mean(*path, known);
  return Value::poison();
}

}  // namespace modelc::trace
