#include "trace/tracer.h"

#include <fmt/format.h>

#include "eval/evaluate.h"
#include "instantiate/definitions.h"
#include "instantiate/edits.h"
#include "resolve/qualifier.h"
#include "trace/calls.h"
#include "trace/modules.h"
#include "trace/names.h"
#include "trace/scan.h"
#include "trace/stated.h"
#include "trace/tensors.h"
#include "trace/types.h"
#include "trace/unknown.h"

namespace modelc::trace {

void Tracer::without_graph(const std::function<void(Context&)>& body) {
  Tracer inner = *this;
  inner.graph = nullptr;
  body(inner);
}

Value Tracer::name(const std::string& text, Span span, const Scope& scope) { return lookup(*this, text, span, scope); }

std::optional<Value> Tracer::qualified(const ast::Expr& e, const Scope& scope) {
  if (report_foreign(*this, e, scope, false)) return Value::poison();
  const ast::Expr& base = *e.children[0];
  using resolve::Qualifier;
  const auto qualifier = resolve::qualifier_of(base);
  if (!qualifier || !scope.frame) return std::nullopt;
  const bool outputs = qualifier == Qualifier::Outputs, modules = qualifier == Qualifier::Modules;
  const auto& named = outputs ? scope.frame->outputs : scope.frame->targets;
  if (e.kind == ast::ExprKind::Member) {
    if (!scope.frame->loss || modules) return std::nullopt;
    const auto found = named.find(e.text);
    return found == named.end() ? std::nullopt : std::optional(found->second);
  }
  if (scope.is_static || e.children.size() != 2 || scope.frame->bindings.count(base.text) != 0) return std::nullopt;
  const auto key = text_of(*this, e.children[1], scope, true);
  if (!key) return Value::poison();
  if (modules) {
    if (const auto id = child(tree, scope.frame->instance, *key)) return Value::of_module(*id);
  } else if (const auto found = named.find(*key); found != named.end()) {
    return found->second;
  }
  sink.report(e.children[1]->span, diag::UnknownName, base.text + "[\"" + *key + "\"]");
  return Value::poison();
}

Value Tracer::call(const ast::Expr& e, const Scope& scope) { return trace::call(*this, e, scope); }

Value Tracer::call_value(const Value& callee, Arguments args, Span span, const Scope& scope) {
  return trace::call_value(*this, callee, std::move(args), span, scope);
}

Value Tracer::pipe(const ast::Expr& e, const Scope& scope) { return trace::pipe(*this, e, scope); }

Value Tracer::variant(const Value& definition, const ast::Expr& e, Span span, const Scope& scope) {
  return value_of(with_variant(*this, definition.definition, e, span, scope));
}

Value Tracer::long_form(const ast::Expr& e, const ast::Argument& argument, const Scope& scope) {
  return long_form_value(*this, e, argument, scope);
}

Value Tracer::member_of(const Value& base, const std::string& member, Span at, const Scope&) {
  if (base.kind == Value::Def) return value_of(part_of(*this, base.definition, member, at));
  if (const auto id = child(tree, base.instance, member)) return Value::of_module(*id);
  declare_stated(*this, base.instance);
  const Instance& instance = tree.instances[base.instance];
  const ir::Module& module = tree.ir.modules[instance.module];
  for (std::uint32_t i = 0; i < module.tensors.size(); ++i) {
    if (module.tensors[i].name == member) return tensor_reference(*this, base.instance, i);
  }
  if (document.names_missing || instance.broken || instance.definition->incomplete ||
      (instance.level && instance.level->incomplete))
    return Value::poison();
  if (const ast::TreeEdit* wrap = instantiate::wrapping(tree, base.instance)) {
    fault(wrap->span, diag::WrapNotCalled, module.path).note(at, fmt::format("its part `{}` is used here", member));
    return Value::poison();
  }
  std::vector<std::string> known;
  for (const auto& [n, id] : instance.children) known.push_back(n);
  for (const auto& tensor : module.tensors) known.push_back(tensor.name);
  auto report =
      sink.report(at, diag::NoMember, fmt::format("`{}`", module.path.empty() ? module.type : module.path), member);
  if (!report.did_you_mean(member, known) && !instance.built)
    report.help("its parts are there only after its first call");
  return Value::poison();
}

eval::Parts Tracer::parts_of(const Value& module) const {
  eval::Parts parts;
  if (module.kind == Value::Def) {
    parts.known = !module.definition->incomplete;
    parts.container = module.definition->is_container();
    parts.count = module.definition->items.size();
    return parts;
  }
  const Instance& instance = tree.instances[module.instance];
  if (const ast::TreeEdit* wrap = instantiate::wrapping(tree, module.instance)) {
    whole = false;
    sink.report(wrap->span, diag::WrapNotCalled, tree.ir.modules[instance.module].path)
        .help("its parts are used by themselves: wrap those");
    parts.known = false;
    return parts;
  }
  parts.known = !instance.definition->incomplete;
  parts.container = instance.definition->is_container();
  parts.broken = instance.broken;
  parts.count = instance.children.size();
  return parts;
}

Value Tracer::part(const Value& module, std::size_t position) const {
  if (module.kind == Value::Def) return instantiate::value_of(module.definition->items[position].definition);
  return Value::of_module(tree.instances[module.instance].children[position].second);
}

Value Tracer::operate(std::string_view function, Arguments args, Span span) {
  const ops::Op& op = *ops::Catalogue::get().function(std::string(function));
  if (feed)
    if (auto made = feed->operation(*this, op, args, span)) return *made;
  return call_function(*this, op, args, span);
}

bool Tracer::has_function(std::string_view text) const {
  return ops::Catalogue::get().function(std::string(text)) != nullptr;
}

Value Tracer::scan(Arguments args, Span span, const Scope& scope) {
  return trace::scan(*this, std::move(args), span, scope);
}

Type Tracer::type_of(const Value& value) const { return trace::type_of(*this, value); }

void Tracer::mark_incomplete(const Scope& scope) {
  if (scope.level) scope.level->incomplete = true;
}

}  // namespace modelc::trace
