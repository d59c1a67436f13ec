// Every name in an expression, and what the expression gives as far as that is known.
#include <algorithm>

#include "resolve/attributes.h"
#include "resolve/namespaces.h"
#include "resolve/qualifier.h"
#include "resolve/walk.h"

namespace modelc::resolve {

using ast::Expr;
using ast::ExprKind;
using ast::ExprPtr;
using ast::Operator;

namespace {

bool is_name(const ExprPtr& e, std::string_view text) { return e && e->kind == ExprKind::Name && e->text == text; }

/// A function written behind a dot.
std::vector<DefinitionId> method(Walk& walk, const std::string& name, bool called) {
  if (const auto attribute = attribute_of(name); attribute && (!called || attribute->is_called())) {
    return {built_in(walk, name, "attribute of a tensor", attribute->about)};
  }
  if (!called) return {};
  if (const ops::Op* op = ops::Catalogue::get().method(name)) return {built_in(walk, *op)};
  if (const auto* entry = catalogue::find(catalogue::Kind::StaticFunction, name)) return {built_in(walk, *entry)};
  return {};
}

Thing member(Walk& walk, const Expr& e, const Scope& scope, bool called) {
  const ExprPtr& head = e.children[0];
  const Span at = e.name_span.valid() ? e.name_span : e.span;
  const auto qualifier = qualifier_of(*head);
  if (scope.in_loss && qualifier && qualifier != Qualifier::Modules) {
    const std::vector<DefinitionId> found = qualifier == Qualifier::Outputs
                                                ? scope.level->interface.outputs.find(e.text)
                                                : scope.level->interface.targets.find(e.text);
    use(walk, at, e.text, found);
    return Thing::of(Thing::Plain);
  }
  if (const auto function = data_function_of(e)) {
    use(walk, at, e.text,
        {built_in(walk, e.text, "function of the data",
                  *function == DataFunction::Categories ? "how many categories a column has"
                                                        : "a weight for each category of a column, that of a rare one "
                                                          "the higher")});
    return Thing::of(Thing::Plain);
  }
  const Thing base = expression(walk, head, scope);
  if (head->kind == ExprKind::Name && scope.columns && !called) {
    const auto part_of_zip = scope.columns->known.find(head->text);
    if (part_of_zip != scope.columns->known.end() && !attribute_of(e.text)) {
      // `fac.class`: a column of one part, which only the part's file has.
      const std::string name = head->text + "." + e.text;
      const DefinitionId id = built_in(walk, name, "column of the data", "");
      walk.names.definitions[id].kind = Kind::Column;
      walk.names.definitions[id].span = walk.names.definitions[part_of_zip->second].span;
      use(walk, at, e.text, {id});
      return Thing::of(Thing::Plain);
    }
  }
  const bool is_value = !base.is_module() && base.kind != Thing::Unknown;
  Part found = part(walk, base, e.text);
  if (found.definitions.empty() && (is_value || base.kind == Thing::Unknown)) {
    const std::vector<DefinitionId> known = method(walk, e.text, called);
    if (!known.empty()) {
      use(walk, at, e.text, known, is_value ? Certainty::Exact : Certainty::Open);
      return called ? thing_of(walk, known) : Thing::of(Thing::Plain);
    }
  }
  if (!found.definitions.empty()) {
    if (found.open) use(walk, at, e.text, found.definitions, Certainty::Open);
    else use(walk, at, e.text, found.definitions);
  } else if (!is_digits(e.text)) {  // a number counts elements, it names nothing
    use(walk, at, e.text, {}, found.open ? Certainty::Open : Certainty::Unknown);
  }
  return found.thing;
}

/// `modules[n]`, `outputs[t]`, `targets[t]`: a level indexed by a static string.
std::optional<Thing> indexed_level(Walk& walk, const Expr& e, const Scope& scope) {
  const Expr& head = *e.children[0];
  const auto qualifier = qualifier_of(head);
  if (!qualifier || scope.view.is_static || !scope.flow || e.children.size() != 2) return {};
  if (scope.flow->bindings.contains(head.text)) return {};
  const bool modules = qualifier == Qualifier::Modules, outputs = qualifier == Qualifier::Outputs;
  const ExprPtr& key = e.children[1];
  expression(walk, key, scope);
  if (!key || key->kind != ExprKind::String) {
    return modules ? Thing::of(Thing::AnyModule) : Thing::of(Thing::Plain);
  }
  const std::string text = key->parts.empty() ? key->text : skeleton(*key);
  const Span at = part_of(key->span, key->text.size(), 0, key->text.size());
  if (!modules) {
    use(walk, at, key->text, (outputs ? scope.level->interface.outputs : scope.level->interface.targets).find(text));
    return Thing::of(Thing::Plain);
  }
  const Part found = part(walk, tree_of(*scope.level), text);
  use(walk, at, key->text, found.definitions);
  return found.thing.kind == Thing::Unknown ? Thing::of(Thing::AnyModule) : found.thing;
}

Thing index(Walk& walk, const Expr& e, const Scope& scope) {
  if (auto found = indexed_level(walk, e, scope)) return std::move(*found);
  const Thing base = expression(walk, e.children[0], scope);
  for (std::size_t i = 1; i < e.children.size(); ++i) expression(walk, e.children[i], scope);
  if (e.children.size() != 2 || !e.children[1]) return base.is_module() ? Thing() : Thing::of(Thing::Plain);
  const Expr& key = *e.children[1];
  if (key.kind == ExprKind::Slice) return base.kind == Thing::List ? Thing::list({element_of(walk, base)}, true) : base;
  if (key.kind == ExprKind::String && base.is_module()) {
    const Part found = part(walk, base, key.parts.empty() ? key.text : skeleton(key));
    const Span at = part_of(key.span, key.text.size(), 0, key.text.size());
    if (!found.definitions.empty()) use(walk, at, key.text, found.definitions);
    else use(walk, at, key.text, {}, found.open ? Certainty::Open : Certainty::Unknown);
    return found.thing;
  }
  if (key.kind == ExprKind::Int && base.kind == Thing::Container && base.items->fixed && base.added.empty() &&
      key.int_value >= 0 && static_cast<std::size_t>(key.int_value) < base.items->order.size()) {
    return thing_of(walk, base.items->order[static_cast<std::size_t>(key.int_value)]);
  }
  if (key.kind == ExprKind::Int && base.kind == Thing::List && !base.uniform && key.int_value >= 0 &&
      static_cast<std::size_t>(key.int_value) < base.parts->size()) {
    return (*base.parts)[static_cast<std::size_t>(key.int_value)];
  }
  if (base.kind == Thing::Component && !base.called) {
    return element_of(walk, Thing::of(Thing::AnyModule));
  }
  return base.called ? Thing::of(Thing::Plain) : element_of(walk, base);
}

/// The word of a parameter that takes words, or text under a parameter of text: no expression (long form).
bool is_text(const Thing& callee, const ast::Argument& argument) {
  if (callee.kind != Thing::Operator || !callee.op) return false;
  const ops::Param* param = callee.op->find_arg(argument.name);
  if (!param) return false;
  const std::string& word = argument.value->text;
  const auto takes = [&](const auto& a) {
    return a.kind == ops::Param::Str || std::find(a.words.begin(), a.words.end(), word) != a.words.end();
  };
  return std::any_of(param->alternatives.begin(), param->alternatives.end(), takes);
}

void argument_name(Walk& walk, const ast::Argument& a, const Thing& callee, const Scope& scope) {
  const auto built = [&](const std::string& owner, const ops::Param* p) {
    std::vector<DefinitionId> found;
    if (p) found.push_back(argument_of(walk, owner, a.name, p->text));
    use(walk, a.name_span, a.name, found);
  };
  if (callee.kind == Thing::Component && !callee.called) {
    std::vector<DefinitionId> found;
    if (!scope.view.is_static) found = callee.level->interface.inputs.find(a.name);
    if (found.empty()) {
      for (const DefinitionId id : callee.level->statics.find(a.name)) {
        if (walk.names.definitions[id].kind == Kind::Param) found.push_back(id);
      }
    }
    use(walk, a.name_span, a.name, found);
  } else if (callee.kind == Thing::Operator && callee.op) {
    built(callee.op->name, scope.view.is_static ? callee.op->find_arg(a.name) : callee.op->find_input(a.name));
  } else if (callee.kind == Thing::Function && callee.define) {
    std::vector<DefinitionId> found;
    const auto& names = callee.define->arguments;
    const auto at = static_cast<std::size_t>(std::find(names.begin(), names.end(), a.name) - names.begin());
    if (at < names.size() && at < callee.define->argument_spans.size()) {
      found.push_back(define(walk, Kind::Argument, a.name, callee.define->argument_spans[at], {}));
    }
    use(walk, a.name_span, a.name, found);
  } else if (callee.kind == Thing::Function && callee.op &&
             callee.op->name == catalogue::entry(catalogue::FunctionId::Rearrange).name) {
    use(walk, a.name_span, a.name, {built_in(walk, a.name, "axis of `rearrange`", "")});
  } else if (callee.kind == Thing::Function && (callee.entry || callee.op)) {
    const ops::Param* p = callee.entry ? callee.entry->argument(a.name) : callee.op->find_input(a.name);
    const bool any_name = callee.entry && callee.entry->named;
    if (!p && any_name) p = &*callee.entry->named;
    if (!p && callee.entry) {  // with a tensor it is torch's
      if (const ops::Op* op = ops::Catalogue::get().function(callee.entry->name)) p = op->find_input(a.name);
    }
    built(callee.entry ? callee.entry->name : callee.op->name, p);
  } else {
    use(walk, a.name_span, a.name, {}, Certainty::Open);
  }
}

/// What a static function gives that makes lists of lists or hands a module on; nullopt for any other.
std::optional<Thing> list_of(Walk& walk, const catalogue::Entry& entry, const std::vector<Thing>& given) {
  using catalogue::FunctionId;
  if (entry.kind != catalogue::Kind::StaticFunction) return std::nullopt;
  const Thing first = given.empty() ? Thing() : given[0];
  switch (catalogue::id_of<FunctionId>(entry)) {
    case FunctionId::Zip: {
      std::vector<Thing> row;
      for (const Thing& t : given) row.push_back(element_of(walk, t));
      return Thing::list({Thing::list(std::move(row))}, true);
    }
    case FunctionId::Enumerate:
      return Thing::list({Thing::list({Thing::of(Thing::Plain), element_of(walk, first)})}, true);
    case FunctionId::Reversed:
    case FunctionId::List:
    case FunctionId::Tuple:
    case FunctionId::Sorted:
      return Thing::list({element_of(walk, first)}, true);
    case FunctionId::WeightNorm:
    case FunctionId::SpectralNorm:
      return first;  // the same module, with other tensors
    default:
      return std::nullopt;
  }
}

/// What a call gives.
Thing result_of(Walk& walk, const Thing& callee, const Expr& call, const std::vector<Thing>& given,
                const Scope& scope) {
  if (callee.kind == Thing::Function && callee.entry) {
    const std::string& name = callee.entry->name;
    if (auto list = list_of(walk, *callee.entry, given)) return std::move(*list);
    Thing result = callee;  // with a tensor it is torch's, whose results have names
    result.op = ops::Catalogue::get().function(name);
    result.called = true;
    return result;
  }
  if (callee.kind == Thing::Function && callee.define) return {};
  if (scope.view.is_static && callee.is_module()) return callee;  // a definition with more arguments
  if (scope.view.is_static) return callee.kind == Thing::Function ? Thing::of(Thing::Plain) : Thing();
  if (callee.kind == Thing::Component && !callee.called && !call.args.empty() &&
      std::all_of(call.args.begin(), call.args.end(), [&](const ast::Argument& a) {
        return !a.name.empty() && callee.level->interface.inputs.find(a.name).empty();
      })) {
    return callee;  // with its params alone, a function to be handed on
  }
  if (callee.kind == Thing::Component || callee.kind == Thing::Operator || callee.kind == Thing::Function) {
    Thing result = callee;
    result.called = true;
    return result;
  }
  return Thing::of(Thing::Plain);  // of whatever module: tensors
}

Thing callee_of(Walk& walk, const ExprPtr& callee, const Scope& scope) {
  if (callee->kind == ExprKind::Name) return look_up(walk, callee->text, callee->span, scope, true);
  if (const ops::Op* op = namespaced(*callee);
      op && find(walk, callee->children[0]->text, scope, false).definitions.empty()) {
    const std::vector<DefinitionId> known{built_in(walk, *op)};
    use(walk, callee->name_span.valid() ? callee->name_span : callee->span, callee->text, known);
    return thing_of(walk, known);
  }
  if (callee->kind == ExprKind::Member) return member(walk, *callee, scope, true);
  return expression(walk, callee, scope);
}

std::vector<Thing> evaluate_arguments(Walk& walk, const Expr& call, const Thing& callee, const Scope& scope) {
  std::vector<Thing> given;
  for (const ast::Argument& a : call.args) {
    const Scope inner = guarded(walk, a.guards, scope);
    expression(walk, a.inserted, inner);
    if (!a.name.empty() && !a.inserted) argument_name(walk, a, callee, inner);
    if (!a.value || (a.value->kind == ExprKind::Raw && is_text(callee, a))) {
      given.emplace_back();
      continue;
    }
    // Under a typed argument quotes only carry an expression.
    const bool typed = a.value->kind == ExprKind::Raw && callee.kind == Thing::Operator && !a.value->children.empty();
    given.push_back(expression(walk, typed ? a.value->children[0] : a.value, inner));
  }
  return given;
}

Thing call(Walk& walk, const Expr& e, const Scope& scope) {
  if (is_name(e.children[0], "tap")) return tapped(walk, e, scope);
  const Thing callee = callee_of(walk, e.children[0], scope);
  return result_of(walk, callee, e, evaluate_arguments(walk, e, callee, scope), scope);
}

Thing pipe(Walk& walk, const Expr& e, const Scope& scope) {
  const Thing left = expression(walk, e.children[0], scope);
  const ExprPtr& right = e.children[1];
  if (scope.view.is_static && (left.is_module() || left.kind == Thing::Unknown)) {
    const bool goes_on = left.kind == Thing::Pipeline && e.children[0]->kind == ExprKind::Pipe;
    std::vector<Thing> stages = goes_on ? *left.parts : std::vector<Thing>{left};
    std::vector<Span> places = goes_on ? left.places : std::vector<Span>{e.children[0]->span};
    stages.push_back(expression(walk, right, scope));
    places.push_back(right->span);
    return Thing::pipeline(std::move(stages), std::move(places));
  }
  if (right->kind == ExprKind::Call) {
    if (is_name(right->children[0], "tap")) return tapped(walk, *right, scope);
    const Thing callee = callee_of(walk, right->children[0], scope);
    std::vector<Thing> given = evaluate_arguments(walk, *right, callee, scope);
    given.insert(given.begin(), left);
    Expr with_left = *right;  // it has the left side as its first argument
    with_left.args.insert(with_left.args.begin(), ast::Argument{.name = "", .name_span = {}, .value = e.children[0]});
    return result_of(walk, callee, with_left, given, scope);
  }
  return result_of(walk, callee_of(walk, right, scope), e, {left}, scope);
}

/// `Backbone@small(width=128)`.
Thing variant(Walk& walk, const Expr& e, const Thing& left, const Scope& scope) {
  const Expr& right = *e.children[1];
  const Expr& name = right.kind == ExprKind::Call ? *right.children[0] : right;
  if (name.kind == ExprKind::Name) {
    use(walk, name.span, name.text, left.level->variants.find(name.text));
  }
  if (right.kind == ExprKind::Call) evaluate_arguments(walk, right, left, scope.as_static());
  return left;
}

Thing comprehension(Walk& walk, const Expr& e, const Scope& scope) {
  const Thing whole = expression(walk, e.children.at(1), scope);
  const Scope inner = loop_over(walk, e.variables, whole, scope);
  if (e.children.size() > 2) expression(walk, e.children[2], inner);
  const Thing item = expression(walk, e.children[0], inner);
  return Thing::list({e.children[0]->kind == ExprKind::Spread ? element_of(walk, item) : item}, true);
}

}  // namespace

Thing expression(Walk& walk, const ExprPtr& pointer, const Scope& scope) {
  if (!pointer) return {};
  const Expr& e = *pointer;
  const auto all = [&] {
    for (const ExprPtr& child : e.children) expression(walk, child, scope);
    return Thing::of(Thing::Plain);
  };
  switch (e.kind) {
    case ExprKind::String:
      for (const auto& [literal, inserted] : e.parts) expression(walk, inserted, scope);
      return Thing::of(Thing::Plain);
    case ExprKind::Name:
      return look_up(walk, e.text, e.span, scope, false);
    case ExprKind::List:
    case ExprKind::Tuple: {
      std::vector<Thing> items;
      bool spread = false;
      for (const ExprPtr& child : e.children) {
        const Thing item = expression(walk, child, scope);
        const bool several = child && child->kind == ExprKind::Spread;
        items.push_back(several ? element_of(walk, item) : item);
        spread |= several;
      }
      if (!spread) return Thing::list(std::move(items));
      Thing any = items[0];
      for (const Thing& item : items) any = either(any, item);
      return Thing::list({any}, true);
    }
    case ExprKind::Spread:
      return expression(walk, e.children[0], scope);
    case ExprKind::Comprehension:
      return comprehension(walk, e, scope);
    case ExprKind::Call:
      return call(walk, e, scope);
    case ExprKind::Pipe:
      return pipe(walk, e, scope);
    case ExprKind::Member:
      return member(walk, e, scope, false);
    case ExprKind::Index:
      return index(walk, e, scope);
    case ExprKind::Binary: {
      const Thing left = expression(walk, e.children[0], scope);
      if (e.op == Operator::MatMul && left.kind == Thing::Component && !left.called)
        return variant(walk, e, left, scope);
      const Thing right = expression(walk, e.children[1], scope);
      if (e.op == Operator::And || e.op == Operator::Or) return either(left, right);
      if (e.op == Operator::Add && left.kind == Thing::List && right.kind == Thing::List) {
        return Thing::list({either(element_of(walk, left), element_of(walk, right))}, true);
      }
      if (e.op == Operator::Multiply && left.kind == Thing::List) return Thing::list({element_of(walk, left)}, true);
      return Thing::of(Thing::Plain);
    }
    case ExprKind::Conditional: {
      expression(walk, e.children[1], scope);
      const Thing first = expression(walk, e.children[0], scope);
      return either(first, expression(walk, e.children[2], scope));
    }
    case ExprKind::Raw:
      if (e.quoted || e.children.empty()) return Thing::of(Thing::Plain);
      return expression(walk, e.children[0], scope);
    case ExprKind::Hole:
      return Thing();
    default:
      return all();
  }
}

Thing catalogue_call(Walk& walk, const ExprPtr& pointer, catalogue::Kind kind, const Scope& scope) {
  if (!pointer) return {};
  const Expr& e = pointer->kind == ExprKind::Raw && !pointer->children.empty() && pointer->children[0]
                      ? *pointer->children[0]
                      : *pointer;
  const Expr& head = e.kind == ExprKind::Call ? *e.children[0] : e;
  const catalogue::Entry* entry = head.kind == ExprKind::Name ? catalogue::find(kind, head.text) : nullptr;
  if (!entry) return expression(walk, pointer, scope);
  const DefinitionId id = built_in(walk, *entry);
  use(walk, head.span, head.text, {id});
  if (e.kind == ExprKind::Call) evaluate_arguments(walk, e, thing_of(walk, id), scope);
  return Thing::of(Thing::Plain);
}

}  // namespace modelc::resolve
