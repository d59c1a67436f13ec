#include <fmt/format.h>

#include "elaborate/elaborator.h"
#include "support/spelling.h"

namespace modelc::elaborate {

namespace {

const LoopScope* find_loop(const Loops& loops, const std::string& name) {
  for (const LoopScope* l = loops.get(); l; l = l->outer.get()) {
    if (l->name == name) return l;
  }
  return nullptr;
}

bool can_be_called(const Value& v) {
  return v.kind == Value::Module || v.kind == Value::Def || v.kind == Value::Function || v.is_poison();
}

}  // namespace

std::optional<Value> Elaborator::own_static(const LevelPtr& level, const std::string& name, Span span, const Scope&) {
  if (level->params.count(name)) return param_value(level, name, span);
  const auto define = level->defines.find(name);
  if (define != level->defines.end() && !define->second.definition->is_function) return define_value(level, name, span);
  return std::nullopt;
}

Value Elaborator::define_value(const LevelPtr& level, const std::string& name, Span span) {
  Level::Define& define = level->defines.at(name);
  if (define.value) return *define.value;
  if (define.evaluating) {
    sink_.report(span, diag::Circle, name).note(define.definition->span, "it is defined here");
    return Value::poison();
  }
  define.evaluating = true;
  Scope scope{level, level->active, define.loops};
  scope.is_static = true;
  ir::Graph* const graph_before = graph_;
  graph_ = nullptr;  // a tensor has no place here
  define.value = evaluate(define.definition->value, scope);
  graph_ = graph_before;
  define.evaluating = false;
  return *define.value;
}

std::optional<Value> Elaborator::lookup_definition(const std::string& name, Span span, const LevelPtr& start) {
  for (LevelPtr level = start; level; level = level->parent) {
    for (const auto& [n, component] : level->component->components) {
      if (n.text != name || !component) continue;
      auto def = std::make_shared<Definition>();
      def->kind = Definition::Component;
      def->span = span;
      def->component = component;
      def->type_name = name;
      def->closure = level;
      def->loops = nullptr;
      return Value::of(DefinitionPtr(def));
    }
    const auto import = level->component->imports.find(name);
    if (import == level->component->imports.end() || import->second.file.empty()) continue;
    std::string file = import->second.file, part;
    if (const auto hash = file.rfind('#'); hash != std::string::npos) {
      part = file.substr(hash + 1);
      file = file.substr(0, hash);
    }
    const auto found = composition_.files.find(compose::resolve_path(level->component->folder, file));
    if (found == composition_.files.end() || !found->second) return Value::poison();  // reported when it was loaded
    const ast::DescriptionPtr& document = found->second;
    if (!part.empty()) {
      LevelPtr& inner = level->import_levels[found->first];
      if (!inner) inner = make_level(document, document.get(), nullptr, nullptr, {}, "", import->second.span);
      for (const auto& [n, component] : document->components) {
        if (n.text != part || !component) continue;
        auto def = std::make_shared<Definition>();
        def->kind = Definition::Component;
        def->span = span;
        def->component = component;
        def->type_name = part;
        def->closure = inner;
        return Value::of(DefinitionPtr(def));
      }
      std::vector<std::string> known;
      for (const auto& [n, c] : document->components) known.push_back(n.text);
      auto report = sink_.report(import->second.span, diag::NoSuchComponent, file, part);
      if (const auto near = support::nearest(part, known)) report.help("did you mean `" + *near + "`?");
      return Value::poison();
    }
    auto def = std::make_shared<Definition>();
    def->kind = Definition::Component;
    def->span = span;
    def->component = document;
    def->type_name = name;
    return Value::of(DefinitionPtr(def));
  }
  if (const ops::Op* op = ops::Catalogue::get().module(name)) {
    auto def = std::make_shared<Definition>();
    def->kind = Definition::Operator;
    def->span = span;
    def->op = op;
    def->type_name = op->name;
    return Value::of(DefinitionPtr(def));
  }
  return std::nullopt;
}

Value Elaborator::lookup(const std::string& name, Span span, const Scope& scope) {
  if (name == "training") {
    if (scope.is_static) {
      sink_.report(span, diag::TrainingUnderModules).help("decide in `forward`, where both modes have their own graph");
      return Value::poison();
    }
    return Value::of(training_);
  }
  if (const LoopScope* loop = find_loop(scope.loops, name)) return loop->value;
  if (!scope.is_static && scope.frame) {
    const auto binding = scope.frame->bindings.find(name);
    if (binding != scope.frame->bindings.end()) {
      if (scope.frame->ambiguous.count(name)) {
        sink_.report(span, diag::AmbiguousName, name).help("write `outputs." + name + "` or `targets." + name + "`");
        return Value::poison();
      }
      return binding->second;
    }
    if (!scope.frame->loss && !scope.feed && scope.frame->instance != kNoInstance) {
      const ir::Module& module = module_of(scope.frame->instance);
      for (std::uint32_t i = 0; i < module.tensors.size(); ++i) {
        if (module.tensors[i].name == name) return tensor_reference(scope.frame->instance, i);
      }
    }
    if (!scope.feed) {
      if (const auto id = child(scope.frame->instance, name)) return Value::of_module(*id);
    }
  }
  if (scope.feed) {
    if (const auto column = feed_column(name, span)) return *column;
    if (const auto part = feed_part(name, span)) return *part;
  }
  if (const auto value = own_static(scope.level, name, span, scope)) return *value;
  if (scope.frame) {
    const auto symbol = scope.frame->symbols.find(name);
    if (symbol != scope.frame->symbols.end()) {
      if (scope.is_static) scope.level->symbols_read.emplace(name, symbol->second);
      return Value::of(conditions_ ? conditions_->simplify(symbol->second) : symbol->second);
    }
  }
  for (LevelPtr level = scope.level; level; level = level->parent) {
    if (const LoopScope* loop = find_loop(level->outer_loops, name)) return loop->value;
    if (level->parent) {
      if (const auto value = own_static(level->parent, name, span, scope)) return *value;
    }
  }
  if (const auto definition = lookup_definition(name, span, scope.level)) return *definition;
  if (const auto dtype = types::parse_dtype(name)) return Value::of(*dtype);
  if (name == "pi") return Value::of(3.141592653589793);
  if (is_builtin(name) || ops::Catalogue::get().function(name)) return Value::function(name);
  report_unknown(name, span, scope, false);
  return Value::poison();
}

Elaborator::Callable Elaborator::lookup_callable(const std::string& name, Span span, const Scope& scope) {
  Callable result;
  const auto take = [&](const Value& v) {
    result.kind = v.is_poison() ? Callable::Poisoned : Callable::Value_;
    result.value = v;
    if (v.kind == Value::Function) {
      result.kind = Callable::Function;
      result.op = ops::Catalogue::get().function(v.text);
    }
  };
  const auto take_static = [&](const LevelPtr& level) {
    const auto define = level->defines.find(name);
    if (define != level->defines.end()) {
      if (define->second.definition->is_function) {
        result.kind = Callable::DefineFunction;
        result.define = &define->second;
        result.level = level;
        return true;
      }
    }
    if (level->params.count(name) || define != level->defines.end()) {
      // A size named like a function does not hide it: `max: 5` and `max(a, b)`.
      if (const auto value = own_static(level, name, span, scope)) {
        if (can_be_called(*value)) {
          take(*value);
          return true;
        }
      }
    }
    return false;
  };
  if (const LoopScope* loop = find_loop(scope.loops, name); loop && can_be_called(loop->value)) {
    take(loop->value);
    return result;
  }
  if (!scope.is_static && scope.frame) {
    const auto binding = scope.frame->bindings.find(name);
    if (binding != scope.frame->bindings.end() && can_be_called(binding->second) && !binding->second.is_poison()) {
      take(binding->second);
      return result;
    }
    if (const auto id = child(scope.frame->instance, name); id && !scope.feed) {
      take(Value::of_module(*id));
      return result;
    }
  }
  if (take_static(scope.level)) return result;
  for (LevelPtr level = scope.level; level; level = level->parent) {
    if (const LoopScope* loop = find_loop(level->outer_loops, name); loop && can_be_called(loop->value)) {
      take(loop->value);
      return result;
    }
    if (level->parent && take_static(level->parent)) return result;
  }
  if (const auto definition = lookup_definition(name, span, scope.level)) {
    take(*definition);
    return result;
  }
  if (is_builtin(name) || ops::Catalogue::get().function(name)) {
    result.kind = Callable::Function;
    result.op = ops::Catalogue::get().function(name);
  }
  return result;
}

std::vector<std::string> Elaborator::known_names(const Scope& scope) {
  std::vector<std::string> names;
  for (const LoopScope* l = scope.loops.get(); l; l = l->outer.get()) names.push_back(l->name);
  if (scope.frame && !scope.is_static) {
    for (const auto& [n, v] : scope.frame->bindings) names.push_back(n);
    if (!scope.feed && scope.frame->instance != kNoInstance) {
      for (const auto& [n, id] : instances_[scope.frame->instance].children) names.push_back(n);
      for (const auto& t : module_of(scope.frame->instance).tensors) names.push_back(t.name);
    }
  }
  if (scope.frame) {
    for (const auto& [n, d] : scope.frame->symbols) names.push_back(n);
  }
  for (LevelPtr level = scope.level; level; level = level->parent) {
    for (const auto& [n, p] : level->params) names.push_back(n);
    for (const auto& [n, d] : level->defines) names.push_back(n);
    for (const auto& [n, c] : level->component->components) names.push_back(n.text);
    for (const auto& [n, i] : level->component->imports) names.push_back(n);
  }
  return names;
}

void Elaborator::report_unknown(const std::string& name, Span span, const Scope& scope, bool called) {
  if (scope.frame) {
    const auto untaken = scope.frame->untaken.find(name);
    if (untaken != scope.frame->untaken.end()) {
      sink_.report(span, diag::OnlyInUntakenBranch, name)
          .note(untaken->second, "this branch binds it, and its condition is false here");
      return;
    }
  }
  for (LevelPtr level = scope.level; level; level = level->parent) {
    if (level->symbols_missing && !name.empty() && name[0] >= 'A' && name[0] <= 'Z') return;
    if (level->incomplete || names_missing_) return;  // what would bind it is faulty, and was reported
  }
  if (called && (name == "weight_norm" || name == "spectral_norm")) {
    sink_.report(span, diag::NotSupportedYet, fmt::format("`{}`", name));
    return;
  }
  std::vector<std::string> known = known_names(scope);
  if (scope.feed && feed_ && feed_->columns) {
    for (const auto& c : *feed_->columns) known.push_back(c.name);
  }
  const auto& catalogue = ops::Catalogue::get();
  if (called) {
    for (auto& n : catalogue.function_names()) {
      if (!n.starts_with("_") && !scope.is_static) known.push_back(std::move(n));
    }
    for (auto& n : catalogue.module_names()) known.push_back(std::move(n));
  }
  auto report = called ? sink_.report(span, diag::UnknownFunction, name) : sink_.report(span, diag::UnknownName, name);
  if (scope.is_static && scope.frame && !called) {
    const auto hidden = scope.frame->bindings.find(name);
    if (hidden != scope.frame->bindings.end()) {
      report.help("it is known only at run time; here only params, `define`s, symbols and loop variables are seen");
      return;
    }
  }
  if (const auto near = support::nearest(name, known)) {
    report.help("did you mean `" + *near + "`?").fix(span, *near);
  } else if (!called) {
    if (const ops::Op* op = catalogue.module(name); op)
      report.help("`" + name + "` is an operator; call it under `modules`");
    else report.help("a string needs quotes of its own: `\"" + name + "\"`");
  }
}

}  // namespace modelc::elaborate
