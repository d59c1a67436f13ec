#include "trace/defined.h"

#include <algorithm>

#include "eval/access.h"
#include "eval/evaluate.h"
#include "support/glob.h"
#include "trace/names.h"
#include "trace/stated.h"

namespace modelc::trace {

namespace {

/// A name as a glob: what stands in `${…}` may be anything.
std::string glob_of(const std::string& name) {
  std::string glob;
  for (std::size_t at = 0; at < name.size();) {
    const std::size_t open = name.find("${", at), close = name.find('}', at);
    if (open == std::string::npos || close == std::string::npos || close < open) return glob + name.substr(at);
    glob += name.substr(at, open - at) + "*";
    at = close + 1;
  }
  return glob;
}

/// Whether an entry of the name stands in a block, in whatever branch.
template <class T>
bool mentions(const ast::Block<T>& block, const std::string& name) {
  const auto no_type = [](std::string_view) { return std::string(); };
  return std::any_of(block.begin(), block.end(), [&](const ast::Item<T>& item) {
    if (item.kind == ast::ItemKind::Entry)
      return item.name.pattern ? support::matches_exactly(glob_of(item.name.text), name, no_type)
                               : item.name.text == name;
    return mentions(item.body, name) || std::any_of(item.branches.begin(), item.branches.end(),
                                                    [&](const auto& branch) { return mentions(branch.body, name); });
  });
}

/// What a level declares under some condition.
bool declares(const ast::Component& component, const std::string& name) {
  return mentions(component.modules, name) || mentions(component.body.layers.entries, name) ||
         mentions(component.tensors.parameters, name) || mentions(component.tensors.buffers, name);
}

Value is_null_or_not(const Value& value) { return value.is_poison() ? value : Value::of(!value.is_null()); }

bool has_member(Tracer& t, InstanceId id, const std::string& name) {
  if (child(t.tree, id, name)) return true;
  declare_stated(t, id);
  const std::vector<ir::Tensor>& tensors = module_of(t.tree, id).tensors;
  return std::any_of(tensors.begin(), tensors.end(), [&](const ir::Tensor& tensor) { return tensor.name == name; });
}

}  // namespace

std::optional<Value> is_defined(Tracer& t, const ast::ExprPtr& expr, const Scope& scope) {
  if (expr->kind == ast::ExprKind::Name) {
    const bool untaken = (scope.frame && scope.frame->untaken.count(expr->text) != 0) ||
                         (scope.level && declares(*scope.level->component, expr->text));
    if (untaken && !is_known(t, expr->text, scope)) return Value::of(false);
    return is_null_or_not(evaluate(t, expr, scope));
  }
  if (expr->kind != ast::ExprKind::Member) return std::nullopt;
  const auto there = is_defined(t, expr->children[0], scope);
  if (there && (there->is_poison() || !there->boolean)) return there;
  const Value base = evaluate(t, expr->children[0], scope);
  if (base.is_poison()) return base;
  if (base.kind == Value::Module) {
    const Instance& instance = t.tree.instances[base.instance];
    if (has_member(t, base.instance, expr->text)) return Value::of(true);
    if (instance.built && instance.level && declares(*instance.level->component, expr->text)) return Value::of(false);
  }
  return is_null_or_not(eval::member(t, base, expr->text, expr->span, expr->name_span, scope));
}

}  // namespace modelc::trace
