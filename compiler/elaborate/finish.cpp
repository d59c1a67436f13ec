// What is said by path about the finished tree: edits that found no place, tie, freeze, init, weights, and the lints
// that need the whole model.
#include <fmt/format.h>

#include <algorithm>

#include "compose/settings.h"
#include "elaborate/elaborator.h"
#include "support/glob.h"
#include "support/spelling.h"

namespace modelc::elaborate {

namespace {

std::string joined(const std::string& prefix, const std::string& path) {
  return prefix.empty() ? path : path.empty() ? prefix : prefix + "." + path;
}

/// A pattern relative to a module, made relative to the root; a leading `!` stays in front.
std::string absolute(const std::string& prefix, const std::string& pattern) {
  const bool negated = !pattern.empty() && pattern[0] == '!';
  return (negated ? "!" : "") + joined(prefix, std::string(support::without_negation(pattern)));
}

bool is_normalisation(const std::string& type) {
  const ops::Op* op = ops::Catalogue::get().module(type);
  return op && op->has(ops::Trait::Normalization);
}

bool stops_gradient(const ir::Node& node) {
  const ops::Op* op = ops::Catalogue::get().function(node.op);
  return op && op->has(ops::Trait::StopsGradient);
}

}  // namespace

std::vector<Elaborator::Key> Elaborator::keys() {
  std::vector<Key> result;
  for (std::size_t m = 0; m < program_.tree.modules.size(); ++m) {
    for (std::size_t t = 0; t < program_.tree.modules[m].tensors.size(); ++t) {
      result.push_back({joined(program_.tree.modules[m].path, program_.tree.modules[m].tensors[t].name),
                        &program_.tree.modules[m].tensors[t], &program_.tree.modules[m]});
    }
  }
  return result;
}

void Elaborator::check_pattern(const std::string& pattern, Span span, const std::vector<Key>& all) {
  const std::string bare(support::without_negation(pattern));
  const auto type = [&](std::string_view p) { return type_at(std::string(p)); };
  std::vector<std::string> paths;
  for (const ir::Module& m : program_.tree.modules)
    if (!m.path.empty()) paths.push_back(m.path);
  for (const Key& k : all) paths.push_back(k.name);
  for (const std::string& p : paths)
    if (support::matches(bare, p, type)) return;
  const std::string head = support::literal_head(bare);
  if (partial_ && (head.empty() || !certainly_absent(head))) return;
  const bool head_exists = head.empty() || std::any_of(paths.begin(), paths.end(), [&](const std::string& p) {
                             return support::matches(head, p, type);
                           });
  if (support::is_glob(bare) && head_exists) {
    sink_.report(span, diag::GlobMatchesNothing, pattern);
    return;
  }
  auto report = sink_.report(span, diag::PathNotFound, head.empty() ? bare : head);
  if (const auto near = support::nearest(head.empty() ? bare : head, paths))
    report.help(fmt::format("did you mean `{}`?", *near));
}

void Elaborator::guarded(const std::vector<ast::Guard>& guards, const Scope& scope,
                         const std::function<void(const Scope&)>& entry, std::size_t at) {
  if (at == guards.size()) return entry(scope);
  const ast::Guard& guard = guards[at];
  if (guard.iterable) {
    const auto rows = elements(evaluate(guard.iterable, scope), guard.iterable->span, "`for`");
    if (!rows) return;
    for (const Value& row : *rows) {
      const auto inner = bind_loop(*this, guard.variables, row, guard.iterable->span, scope);
      if (inner) guarded(guards, *inner, entry, at + 1);
    }
    return;
  }
  const auto holds = decide(guard.condition, scope);
  if (holds && *holds == guard.expected) guarded(guards, scope, entry, at + 1);
}

void Elaborator::check_edits() {
  std::vector<std::string> paths;
  for (const ir::Module& m : program_.tree.modules)
    if (!m.path.empty()) paths.push_back(m.path);
  for (const PendingEdit& edit : edits_) {
    if (edit.used) continue;
    const std::string full = joined(edit.prefix, edit.path);
    if (partial_ && (support::is_glob(full) || !certainly_absent(full))) continue;
    if (support::is_glob(full)) {
      sink_.report(edit.edit->span, diag::GlobMatchesNothing, edit.path);
      continue;
    }
    auto report = sink_.report(edit.edit->span, diag::PathNotFound, edit.path);
    if (const auto near = support::nearest(full, paths)) report.help(fmt::format("did you mean `{}`?", *near));
  }
}

namespace {

bool operator_needs_size(const Definition& definition) {
  if (definition.kind != Definition::Operator) return true;
  return std::any_of(definition.op->args.begin(), definition.op->args.end(),
                     [](const ops::Param& p) { return p.inferred; });
}

}  // namespace

void Elaborator::check_called() {
  std::set<ir::ModuleId> read;  // modules whose tensors the dataflow reads by name
  for (const ir::Graph& g : program_.graphs) {
    for (const ir::ValueInfo& v : g.values)
      if (v.kind == ir::ValueKind::Tensor) read.insert(v.source);
  }
  for (std::size_t i = 1; i < instances_.size(); ++i) {
    const Instance& instance = instances_[i];
    const ir::Module& module = module_of(static_cast<InstanceId>(i));
    const auto kind = instance.definition->kind;
    if (module.called || instance.broken || instance.broken_input || read.count(instance.module)) continue;
    if (kind == Definition::List || kind == Definition::Dict) continue;
    if (module.parent != ir::kNone) {
      // The parts of a Sequential that nobody calls are reported once, at the Sequential.
      const ir::Module& parent = program_.tree.modules[module.parent];
      if (!parent.called && parent.kind != ir::ModuleKind::List && parent.kind != ir::ModuleKind::Dict) continue;
    }
    bool needs_size = operator_needs_size(*instance.definition);
    if (kind == Definition::Sequential) {
      needs_size = std::any_of(instance.children.begin(), instance.children.end(),
                               [&](const auto& c) { return operator_needs_size(*instances_[c.second].definition); });
      // A Sequential whose parts are called one by one is used.
      const bool parts_called = std::any_of(instance.children.begin(), instance.children.end(),
                                            [&](const auto& c) { return module_of(c.second).called; });
      if (parts_called) continue;
    }
    if (needs_size) sink_.report(module.span, diag::NeverSized, module.path).help("call it in `forward`, or remove it");
    else sink_.report(module.span, diag::NeverCalled, module.path).help("call it in `forward`, or remove it");
  }
}

void Elaborator::apply_ties(const AppliedComponent& applied, const std::map<std::string, const Key*>& by_name) {
  Scope scope{applied.level ? applied.level : root_level_, nullptr, nullptr};
  scope.is_static = true;
  for (const ast::PathEntry& entry : applied.component->tie) {
    guarded(entry.guards, scope, [&](const Scope& inner) {
      const std::string pattern = entry.inserted ? text_of(entry.inserted, inner).value_or("") : entry.pattern;
      const std::string tied = joined(applied.prefix, pattern), source = joined(applied.prefix, entry.text);
      const auto a = by_name.find(tied), b = by_name.find(source);
      if (a == by_name.end() || b == by_name.end()) {
        std::vector<std::string> names;
        for (const auto& [name, key] : by_name) names.push_back(name);
        const bool first = a == by_name.end();
        auto report =
            sink_.report(first ? entry.span : entry.text_span, diag::PathNotFound, first ? pattern : entry.text);
        if (const auto near = support::nearest(first ? tied : source, names))
          report.help(fmt::format("did you mean `{}`?", *near));
        return;
      }
      ir::Tensor& shared = *b->second->tensor;
      if (!(a->second->tensor->type == shared.type)) {
        sink_.report(entry.span, diag::TieShapes, pattern, a->second->tensor->type.str(), entry.text,
                     shared.type.str());
        return;
      }
      a->second->tensor->tied_to = shared.tied_to.empty() ? source : shared.tied_to;
    });
  }
}

void Elaborator::apply_init(const AppliedComponent& applied, const std::vector<Key>& all) {
  Scope outer{applied.level ? applied.level : root_level_, nullptr, nullptr};
  outer.is_static = true;
  const auto type = [&](std::string_view p) { return type_at(std::string(p)); };
  for (const ast::PathEntry& entry : applied.component->init) {
    guarded(entry.guards, outer, [&](const Scope& scope) {
      const std::string pattern =
          absolute(applied.prefix, entry.inserted ? text_of(entry.inserted, scope).value_or("") : entry.pattern);
      check_pattern(pattern, entry.span, all);
      for (const Key& k : all) {
        if (!support::matches(pattern, k.name, type) || k.tensor->buffer || !entry.value) continue;
        std::vector<std::int64_t> shape;
        for (const Dim& d : k.tensor->type.shape) shape.push_back(d.constant());
        if (const auto init = initialiser(entry.value, shape, scope, true)) {
          k.tensor->init = *init;
          continue;
        }
        const Value v = evaluate(entry.value, scope);
        if (v.is_int() || v.kind == Value::Float) k.tensor->init = ops::Init::fill(v.as_double());
        else if (!v.is_poison()) sink_.report(entry.value->span, diag::NotAnInitialiser, v.describe());
      }
    });
  }
}

void Elaborator::apply_freeze(const AppliedComponent& applied, const std::vector<Key>& all) {
  Scope outer{applied.level ? applied.level : root_level_, nullptr, nullptr};
  outer.is_static = true;
  const auto type = [&](std::string_view p) { return type_at(std::string(p)); };
  std::vector<std::string> patterns;
  for (const ast::PathEntry& entry : applied.component->freeze) {
    guarded(entry.guards, outer, [&](const Scope& scope) {
      patterns.push_back(
          absolute(applied.prefix, entry.inserted ? text_of(entry.inserted, scope).value_or("") : entry.pattern));
      check_pattern(patterns.back(), entry.span, all);
    });
  }
  if (patterns.empty()) return;
  for (const Key& k : all) {
    if (!k.tensor->buffer && support::selects(patterns, k.name, type)) k.tensor->trainable = false;
  }
  for (ir::Module& m : program_.tree.modules) {
    if (!m.path.empty() && is_normalisation(m.type) && support::selects(patterns, m.path, type)) m.frozen = true;
  }
}

void Elaborator::add_moved(const AppliedComponent& applied, const std::vector<Key>& all) {
  Scope outer{applied.level ? applied.level : root_level_, nullptr, nullptr};
  outer.is_static = true;
  for (const ast::PathEntry& entry : applied.component->moved) {
    guarded(entry.guards, outer, [&](const Scope& scope) {
      const std::string from = entry.inserted ? text_of(entry.inserted, scope).value_or("") : entry.pattern;
      const std::string to = joined(applied.prefix, entry.text);
      if (support::is_glob(from) || support::is_glob(to)) {
        sink_
            .report(support::is_glob(from) ? entry.span : entry.text_span, diag::PathNotFound,
                    support::is_glob(from) ? from : entry.text)
            .help("`moved` takes paths, of a module for all that is below it");
        return;
      }
      check_pattern(to, entry.text_span, all);
      program_.moved.emplace_back(joined(applied.prefix, from), to);
    });
  }
}

void Elaborator::place() {
  const compose::Placement placement = compose::read_placement(*root_file_, sink_);
  const std::vector<Key> all = keys();
  for (const compose::Placement::Path& path : placement.paths) check_pattern(path.pattern, path.span, all);
  program_.device = placement.device;
  program_.device_span = placement.span;
}

void Elaborator::add_weights(const AppliedComponent& applied) {
  Scope outer{applied.level ? applied.level : root_level_, nullptr, nullptr};
  outer.is_static = true;
  for (const ast::WeightsEntry& entry : applied.component->weights) {
    guarded(entry.guards, outer, [&](const Scope& scope) {
      ir::WeightSource source;
      const std::string file = entry.inserted ? text_of(entry.inserted, scope).value_or("") : entry.from;
      if (file.empty()) return;
      source.from = compose::resolve_path(entry.folder.empty() ? applied.component->folder : entry.folder, file);
      source.span = entry.from_span.valid() ? entry.from_span : entry.span;
      source.prefix = applied.prefix;
      for (const auto& p : entry.only) source.only.push_back(p.pattern);
      for (const auto& p : entry.except) source.except.push_back(p.pattern);
      for (const auto& p : entry.rename) source.rename.emplace_back(p.pattern, p.text);
      for (const auto& p : entry.created) source.created.push_back(p.pattern);
      for (const auto& p : entry.resize) source.resize.push_back(p.pattern);
      if (!applied.strip.empty()) {
        // Of a part that was taken out only its own tensors come along, under their names within it.
        source.only.insert(source.only.begin(), applied.strip);
        source.rename.insert(source.rename.begin(), {applied.strip + ".", ""});
      }
      program_.weights.push_back(std::move(source));
    });
  }
}

/// Whether a path is missing although nothing is missing from the tree around it.
bool Elaborator::certainly_absent(const std::string& path) const {
  if (names_missing_ || instances_.empty()) return false;
  InstanceId at = 0;
  for (std::size_t begin = 0; begin <= path.size();) {
    const std::size_t dot = std::min(path.find('.', begin), path.size());
    const std::string name = path.substr(begin, dot - begin);
    const Instance& instance = instances_[at];
    const bool whole = instance.definition && !instance.broken && !instance.definition->incomplete &&
                       !(instance.level && instance.level->incomplete) &&
                       (instance.definition->kind == Definition::Operator ? instance.owned : instance.built);
    const auto next = child(at, name);
    if (!next) {
      if (!whole) return false;
      for (const ir::Tensor& t : program_.tree.modules[instance.module].tensors)
        if (t.name == name) return false;
      return true;
    }
    at = *next;
    begin = dot + 1;
  }
  return false;
}

void Elaborator::check_paths() {
  const std::vector<Key> all = keys();
  for (const AppliedComponent& applied : applied_) {
    if (!applied.strip.empty()) continue;
    Scope scope{applied.level ? applied.level : root_level_, nullptr, nullptr};
    scope.is_static = true;
    for (const auto* entries :
         {&applied.component->tie, &applied.component->init, &applied.component->freeze, &applied.component->moved}) {
      for (const ast::PathEntry& entry : *entries) {
        guarded(entry.guards, scope, [&](const Scope& inner) {
          // What moved is no longer where it was.
          if (entries != &applied.component->moved)
            check_pattern(
                absolute(applied.prefix, entry.inserted ? text_of(entry.inserted, inner).value_or("") : entry.pattern),
                entry.span, all);
          if (entries == &applied.component->tie || entries == &applied.component->moved)
            check_pattern(joined(applied.prefix, entry.text), entry.text_span, all);
        });
      }
    }
  }
}

void Elaborator::finish() {
  if (instances_.empty()) return;
  partial_ = graph_broken_ || sink_.has_errors();
  types::Conditions scratch;
  conditions_ = &scratch;
  check_edits();
  place();
  if (partial_) {
    check_paths();
    if (!graph_broken_ && !names_missing_) check_called();
    return;
  }
  const std::vector<Key> all = keys();
  check_called();
  for (const std::string& path : replaced_) {
    for (const Key& k : all)
      if (support::matches(path, k.name)) k.tensor->implied_new = true;
  }
  std::map<std::string, const Key*> by_name;
  for (const Key& k : all) by_name[k.name] = &k;
  for (const AppliedComponent& applied : applied_) {
    if (!applied.strip.empty()) continue;  // of a part only the weights come along by path; the rest is the whole's
    apply_ties(applied, by_name);
    apply_init(applied, all);
    apply_freeze(applied, all);
    add_moved(applied, all);
  }
  for (const Key& k : all) {
    if (k.tensor->tied_to.empty()) continue;
    ir::Tensor& shared = *by_name.at(k.tensor->tied_to)->tensor;
    k.tensor->trainable = shared.trainable = k.tensor->trainable && shared.trainable;
  }
  // Weights of what was taken apart or imported come first, the outermost file's last.
  for (auto applied = applied_.rbegin(); applied != applied_.rend(); ++applied) add_weights(*applied);
  lint_loss(all);
}

void Elaborator::lint_loss(const std::vector<Key>& all) {
  const ir::Graph* train = nullptr;
  bool has_loss = false;
  std::set<std::string> reached;
  for (const ir::Graph& graph : program_.graphs) {
    if (!graph.training) continue;
    train = &graph;
    std::vector<bool> needed(graph.values.size(), false);
    std::function<void(const ir::Operand&)> mark = [&](const ir::Operand& o) {
      if (o.kind == ir::Operand::Value) needed[o.value] = true;
      for (const auto& part : o.list) mark(part);
    };
    for (const ir::Output& term : graph.losses) {
      mark(term.value);
      has_loss = true;
    }
    for (std::size_t n = graph.nodes.size(); n-- > 0;) {
      const ir::Node& node = graph.nodes[n];
      if (stops_gradient(node) ||
          std::none_of(node.results.begin(), node.results.end(), [&](ir::ValueId v) { return needed[v]; }))
        continue;
      for (const ir::Operand& o : node.operands) mark(o);
      if (node.module == ir::kNone) continue;
      const ir::Module& m = program_.tree.modules[node.module];
      for (const ir::Tensor& t : m.tensors) reached.insert(joined(m.path, t.name));
    }
    for (std::size_t v = 0; v < graph.values.size(); ++v) {
      if (!needed[v] || graph.values[v].kind != ir::ValueKind::Tensor) continue;
      const ir::Module& m = program_.tree.modules[graph.values[v].source];
      reached.insert(joined(m.path, m.tensors[graph.values[v].index].name));
    }
  }
  if (!train || !has_loss) return;
  for (const Key& k : all)
    if (!k.tensor->tied_to.empty() && reached.count(k.name)) reached.insert(k.tensor->tied_to);
  bool any = false;
  std::map<std::string, std::pair<Span, std::size_t>> unreached;
  for (const Key& k : all) {
    if (!k.tensor->trainable) continue;
    if (reached.count(k.name) || (!k.tensor->tied_to.empty() && reached.count(k.tensor->tied_to))) {
      any = true;
      continue;
    }
    auto& entry = unreached[k.module->path.empty() ? k.name : k.module->path];
    entry.first = k.tensor->span;
    ++entry.second;
  }
  for (const auto& [path, entry] : unreached) {
    sink_.report(entry.first, diag::LossDoesNotReach, path, entry.second, entry.second == 1 ? "" : "s")
        .help("it stays as it is; freeze it to say so, or use its result in the loss");
  }
  if (!any && !all.empty()) {
    const auto& term = train->losses.empty() ? ir::Output{} : train->losses.front();
    sink_.report(term.span, diag::LossReachesNothing);
  }
}

}  // namespace modelc::elaborate
