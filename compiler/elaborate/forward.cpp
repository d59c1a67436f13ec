#include <fmt/format.h>

#include "elaborate/elaborator.h"

namespace modelc::elaborate {

namespace {

/// Where the body of a level begins, for what is wrong with it as a whole.
Span body_span(const ast::Component& component) {
  if (component.is_document) {
    const auto& keys = static_cast<const ast::Description&>(component).keys;
    const auto key = keys.find(component.layers_given ? "layers" : "forward");
    if (key != keys.end()) return key->second;
  }
  if (component.layers_given && !component.layers.empty()) return component.layers[0].span;
  if (component.forward_given && !component.forward.empty()) return component.forward.back().span;
  return component.name_span.valid() ? component.name_span : component.span;
}

}  // namespace

void Elaborator::bind_targets(const ast::Binding& binding, const Value& value, Scope& scope) {
  const auto bind = [&](const ast::Name& target, const Value& v) {
    const std::string name = name_text(target, scope);
    if (name == "_" || name.empty()) return;
    scope.frame->bindings[name] = v;
    if (v.kind == Value::Tensor && graph_ && graph_->values[v.tensor].name.empty())
      graph_->values[v.tensor].name = name;
  };
  if (binding.targets.size() == 1) {
    Value v = value;
    if (binding.type && !v.is_poison() &&
        !match_type(*binding.type, v, scope, scope.frame->symbols, binding.value ? binding.value->span : binding.span,
                    fmt::format("`{}` is", binding.targets[0].text), binding.type->span)) {
      v = Value::poison();
      scope.level->symbols_missing = true;
    }
    bind(binding.targets[0], v);
    return;
  }
  if (binding.targets.empty()) return;
  if (value.is_poison()) {
    for (const ast::Name& t : binding.targets) bind(t, value);
    return;
  }
  const auto items = elements(value, binding.value ? binding.value->span : binding.span, "several names");
  if (!items || items->size() != binding.targets.size()) {
    if (items) sink_.report(binding.span, diag::WrongCount, binding.targets.size(), items->size());
    for (const ast::Name& t : binding.targets) bind(t, Value::poison());
    return;
  }
  for (std::size_t i = 0; i < items->size(); ++i) bind(binding.targets[i], (*items)[i]);
}

void Elaborator::run_bindings(const ast::Block<ast::Binding>& block, Scope& scope, std::vector<std::string>* last) {
  // The last entry outside a `for` or `if` is what the body yields.
  const ast::Item<ast::Binding>* final_entry = nullptr;
  for (const auto& item : block) {
    if (item.kind == ast::ItemKind::Entry) final_entry = &item;
  }
  unroll_block(
      *this, block, scope,
      [&](const ast::Item<ast::Binding>& item, const std::string&, const Scope& inner) {
        Scope s = inner;
        const ast::Binding& binding = item.value;
        const Value value = evaluate(binding.value, s);
        if (binding.targets.empty()) scope.frame->bindings["\n"] = value;  // an unnamed last expression
        bind_targets(binding, value, s);
        if (&item == final_entry && last) {
          for (const ast::Name& t : binding.targets) last->push_back(name_text(t, s));
        }
      },
      [&](const ast::Item<ast::Binding>& item) {
        const std::function<void(const ast::Item<ast::Binding>&)> note = [&](const ast::Item<ast::Binding>& i) {
          for (const ast::Name& t : i.value.targets) {
            if (!scope.frame->bindings.count(t.text)) scope.frame->untaken.emplace(t.text, t.span);
          }
          for (const auto& inner : i.body) note(inner);
          for (const auto& branch : i.branches)
            for (const auto& inner : branch.body) note(inner);
        };
        note(item);
      });
}

Elaborator::NamedOutputs Elaborator::component_outputs(const ast::Component& component, const Scope& scope,
                                                       const std::vector<std::string>& last, const Value& only) {
  NamedOutputs result;
  if (component.outputs_given) {
    result.single = component.outputs_single;
    std::size_t position = 0;
    unroll(component.outputs, scope, [&](const ast::Item<ast::Binding>& item, const std::string&, const Scope& inner) {
      const ast::Binding& b = item.value;
      const Value value = evaluate(b.value, inner);
      std::string name;
      if (!b.targets.empty()) name = name_text(b.targets[0], inner);
      else if (b.value && b.value->kind == ast::ExprKind::Name) name = b.value->text;
      else name = component.outputs_single ? "output" : std::to_string(position);
      ++position;
      for (const auto& [n, v] : result.items) {
        if (n == name) {
          sink_.report(item.span, diag::DuplicateOutput, name);
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

Value Elaborator::run_body(const ast::Component& component, const Scope& outer, InstanceId instance) {
  Scope scope = outer;
  std::vector<std::string> last;
  Value only = Value::poison();
  if (component.layers_given) {
    if (scope.frame->own_inputs.size() != 1) {
      sink_.report(body_span(component), diag::LayersOneInput, scope.frame->own_inputs.size());
      return Value::poison();
    }
    const std::string input = *scope.frame->own_inputs.begin();
    only = scope.frame->bindings.at(input);
    const auto children = instances_[instance].children;
    for (const auto& [name, id] : children) {
      const Span at = module_of(id).span.valid() ? module_of(id).span : component.span;
      std::vector<GivenArgument> args{{"", only, at, {}}};
      only = call_instance(id, std::move(args), at, scope);
      if (only.is_poison()) break;
    }
    if (only.is_poison()) {
      for (const auto& [name, id] : children) mark_called(id);
    }
    if (component.outputs_given) scope.frame->bindings["output"] = only;
  } else if (component.forward_given) {
    scope.frame->bindings.erase("\n");
    run_bindings(component.forward, scope, &last);
    const auto unnamed = scope.frame->bindings.find("\n");
    if (last.empty() && unnamed != scope.frame->bindings.end()) only = unnamed->second;
    if (last.empty() && unnamed == scope.frame->bindings.end() && !component.outputs_given) {
      if (scope.level->incomplete || component.forward.empty())
        return Value::poison();  // what could not be read was reported
      sink_.report(body_span(component), diag::NoOutputs)
          .help("the last entry of `forward` outside a `for` or `if` is the output; or name one under `outputs`");
      return Value::poison();
    }
  } else {
    return Value::poison();  // neither: reported by the parser
  }
  NamedOutputs outputs = component_outputs(component, scope, last, only);
  if (last.size() == 1 && last[0] == "_" && !component.outputs_given) {
    sink_.report(body_span(component), diag::NoOutputs);
    return Value::poison();
  }
  last_outputs_ = outputs;
  if (outputs.items.size() == 1 && outputs.single) return outputs.items[0].second;
  std::vector<Value> values;
  std::vector<std::string> names;
  bool poisoned = false;
  for (auto& [name, value] : outputs.items) {
    names.push_back(name);
    values.push_back(value);
    poisoned |= value.is_poison();
  }
  if (poisoned) return Value::poison();
  return Value::of_list(std::move(values), true, std::move(names));
}

}  // namespace modelc::elaborate
