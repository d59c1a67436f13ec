#include "trace/forward.h"

#include <fmt/format.h>

#include <functional>
#include <unordered_set>

#include "eval/unroll.h"
#include "support/counted.h"
#include "trace/modules.h"
#include "trace/types.h"

namespace modelc::trace {

namespace {

/// Where the body of a level begins, for what is wrong with it as a whole.
Span body_span(const ast::Component& component) {
  if (component.file.is_document) {
    const auto& keys = static_cast<const ast::Description&>(component).keys;
    const auto key = keys.find(component.body.layers.given ? "layers" : "forward");
    if (key != keys.end()) return key->second;
  }
  if (component.body.layers.given && !component.body.layers.entries.empty())
    return component.body.layers.entries[0].span;
  if (component.body.forward.given && !component.body.forward.entries.empty())
    return component.body.forward.entries.back().span;
  return component.name_span.valid() ? component.name_span : component.span;
}

void bind_targets(Tracer& t, const ast::Binding& binding, const Value& value, Scope& scope) {
  const auto bind = [&](const ast::Name& target, const Value& v) {
    const std::string name = name_text(t, target, scope);
    if (name == ast::kUnkept || name.empty()) return;
    scope.frame->bindings[name] = v;
    if (v.kind == Value::Tensor && t.graph && t.graph->values[v.tensor].name.empty())
      t.graph->values[v.tensor].name = name;
  };
  if (binding.targets.empty()) return;
  if (binding.nesting.whole()) {
    Value v = value;
    if (binding.type && !v.is_poison() &&
        !match_type(t, *binding.type, v, scope, scope.frame->symbols,
                    binding.value ? binding.value->span : binding.span, fmt::format("`{}` is", binding.targets[0].text),
                    binding.type->span)) {
      v = Value::poison();
      scope.level->symbols_missing = true;
    }
    bind(binding.targets[0], v);
    return;
  }
  const auto values = eval::take_apart(t, binding.nesting, value, binding.value ? binding.value->span : binding.span,
                                       "several names", [&](std::size_t due, std::size_t found) {
                                         t.fault(binding.span, diag::WrongCount, due, support::counted(found, "value"));
                                       });
  for (std::size_t i = 0; i < binding.targets.size(); ++i)
    bind(binding.targets[i], values ? (*values)[i] : Value::poison());
}

using Entries = std::unordered_set<const ast::Item<ast::Binding>*>;

/// The entries outside a `for` or `if` of the block itself: the last of them is what the body yields.
void collect_outside(const ast::Block<ast::Binding>& block, Entries& out) {
  for (const auto& item : block) {
    if (item.kind == ast::ItemKind::Entry) out.insert(&item);
    if (!item.around_key) continue;
    collect_outside(item.body, out);
    for (const auto& branch : item.branches) collect_outside(branch.body, out);
  }
}

}  // namespace

Bindings run_bindings(Tracer& t, const ast::Block<ast::Binding>& block, const Scope& scope) {
  Bindings result;
  Entries outside;
  std::optional<std::pair<const ast::Binding*, Scope>> last;
  collect_outside(block, outside);
  unroll_block(
      t, block, scope,
      [&](const ast::Item<ast::Binding>& item, const std::string&, const Scope& inner) {
        Scope s = inner;
        const ast::Binding& binding = item.value;
        const Value value = evaluate(t, binding.value, s);
        if (binding.targets.empty()) result.unnamed = value;
        // What could not be read may have bound names: `h = f(x)`.
        if (binding.targets.empty() && binding.value && binding.value->kind == ast::ExprKind::Hole)
          t.mark_incomplete(s);
        bind_targets(t, binding, value, s);
        if (outside.contains(&item)) last.emplace(&binding, s);
      },
      [&](const ast::Item<ast::Binding>& item) {
        const std::function<void(const ast::Item<ast::Binding>&)> note = [&](const ast::Item<ast::Binding>& i) {
          for (const ast::Name& target : i.value.targets) {
            if (!scope.frame->bindings.count(target.text)) scope.frame->untaken.emplace(target.text, target.span);
          }
          for (const auto& inner : i.body) note(inner);
          for (const auto& branch : i.branches)
            for (const auto& inner : branch.body) note(inner);
        };
        note(item);
      });
  if (last)
    for (const ast::Name& target : last->first->targets) result.last.push_back(name_text(t, target, last->second));
  return result;
}

namespace {

NamedOutputs component_outputs(Tracer& t, const ast::Component& component, const Scope& scope,
                               const std::vector<std::string>& last, const Value& only) {
  NamedOutputs result;
  if (component.body.outputs.given) {
    result.single = component.body.outputs.single;
    std::size_t position = 0;
    unroll(t, component.body.outputs.entries, scope,
           [&](const ast::Item<ast::Binding>& item, const std::string&, const Scope& inner) {
             const ast::Binding& b = item.value;
             const Value value = evaluate(t, b.value, inner);
             std::string name;
             if (!b.targets.empty()) name = name_text(t, b.targets[0], inner);
             else if (b.value && b.value->kind == ast::ExprKind::Name) name = b.value->text;
             else name = component.body.outputs.single ? "output" : std::to_string(position);
             ++position;
             for (const auto& [n, v] : result.items) {
               if (n == name) {
                 t.fault(item.span, diag::DuplicateOutput, name);
                 return;
               }
             }
             result.items.emplace_back(name, value);
           });
    return result;
  }
  if (!last.empty()) {
    result.single = last.size() == 1;
    for (const std::string& name : last) {
      const auto found = scope.frame->bindings.find(name);
      result.items.emplace_back(name, found == scope.frame->bindings.end() ? Value::poison() : found->second);
    }
    return result;
  }
  result.items.emplace_back("output", only);
  return result;
}

}  // namespace

Body run_body(Tracer& t, const ast::Component& component, const Scope& scope, InstanceId instance) {
  std::vector<std::string> last;
  Value only = Value::poison();
  if (component.body.layers.given) {
    if (scope.frame->own_inputs.size() != 1) {
      if (!component.inputs.lost) t.fault(body_span(component), diag::LayersOneInput, scope.frame->own_inputs.size());
      return {};
    }
    const std::string input = *scope.frame->own_inputs.begin();
    only = scope.frame->bindings.at(input);
    const auto& children = t.tree.instances[instance].children;
    for (const auto& [name, id] : children) {
      const Span at = module_of(t.tree, id).span.valid() ? module_of(t.tree, id).span : component.span;
      Arguments args;
      args.push_back({"", std::move(only), at, {}});
      only = call_instance(t, id, std::move(args), at, scope);
      if (only.is_poison()) break;
    }
    if (only.is_poison()) {
      for (const auto& [name, id] : children) mark_called(t, id);
    }
    if (component.body.outputs.given) scope.frame->bindings["output"] = only;
  } else if (component.body.forward.given) {
    Bindings bound = run_bindings(t, component.body.forward.entries, scope);
    last = std::move(bound.last);
    if (last.empty() && bound.unnamed) only = *bound.unnamed;
    if (last.empty() && !bound.unnamed && !component.body.outputs.given) {
      if (scope.level->incomplete || component.body.forward.entries.empty())
        return {};  // what could not be read was reported
      t.fault(body_span(component), diag::NoOutputs)
          .help("the last entry of `forward` outside a `for` or `if` is the output; or name one under `outputs`");
      return {};
    }
  } else {
    return {};  // neither: reported by the parser
  }
  NamedOutputs outputs = component_outputs(t, component, scope, last, only);
  if (last.size() == 1 && last[0] == ast::kUnkept && !component.body.outputs.given) {
    t.fault(body_span(component), diag::NoOutputs);
    return {};
  }
  Body result;
  result.outputs = outputs;
  if (outputs.items.size() == 1 && outputs.single) {
    result.value = outputs.items[0].second;
    return result;
  }
  std::vector<Value> values;
  std::vector<std::string> names;
  bool poisoned = false;
  for (auto& [name, value] : outputs.items) {
    names.push_back(name);
    values.push_back(value);
    poisoned |= value.is_poison();
  }
  if (!poisoned) result.value = Value::of_list(std::move(values), true, std::move(names));
  return result;
}

}  // namespace modelc::trace
