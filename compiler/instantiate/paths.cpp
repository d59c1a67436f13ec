#include "instantiate/paths.h"

#include <fmt/format.h>

#include <algorithm>

#include "eval/unroll.h"
#include "instantiate/edits.h"
#include "instantiate/initialisers.h"
#include "ir/resizing_words.h"
#include "support/dotted_path.h"
#include "support/glob.h"
#include "support/words.h"

namespace modelc::instantiate {

namespace {

/// A pattern relative to a module, made relative to the root; a leading `!` stays in front.
std::string absolute(const std::string& prefix, const std::string& pattern) {
  const bool negated = !pattern.empty() && pattern[0] == '!';
  return (negated ? "!" : "") + support::joined_path(prefix, support::without_negation(pattern));
}

Scope scope_of(const Context& c, const AppliedComponent& applied) {
  return static_scope(applied.level ? applied.level : c.tree.instances[0].level);
}

bool is_normalisation(const std::string& type) {
  const ops::Op* op = ops::Catalogue::get().module(type);
  return op && op->has(ops::Trait::Normalization);
}

}  // namespace

std::vector<Key> keys(Tree& tree) {
  std::vector<Key> result;
  for (const ir::ModuleId id : ir::in_order(tree.ir)) {
    ir::Module& module = tree.ir.modules[id];
    for (ir::Tensor& tensor : module.tensors) result.push_back({ir::key_of(module, tensor), &tensor, &module});
  }
  return result;
}

void check_pattern(Context& c, const std::string& pattern, Span span, const std::vector<Key>& all, bool partial) {
  const std::string bare(support::without_negation(pattern));
  const auto type = [&](std::string_view p) { return type_at(c.tree, std::string(p)); };
  std::vector<std::string> paths = module_paths(c.tree);
  for (const Key& k : all) paths.push_back(k.name);
  for (const std::string& p : paths)
    if (support::matches(bare, p, type)) return;
  const std::string head = support::literal_head(bare);
  if (partial && (head.empty() || !certainly_absent(c, head))) return;
  const bool head_exists = head.empty() || std::any_of(paths.begin(), paths.end(), [&](const std::string& p) {
                             return support::matches(head, p, type);
                           });
  if (support::is_glob(bare) && head_exists) {
    c.sink.report(span, diag::GlobMatchesNothing, pattern);
    return;
  }
  auto report = c.fault(span, diag::PathNotFound, head.empty() ? bare : head);
  report.did_you_mean(head.empty() ? bare : head, paths);
}

/// Whether a path is missing although nothing is missing from the tree around it.
bool certainly_absent(const Context& c, const std::string& path) {
  if (c.document.names_missing || c.tree.instances.empty()) return false;
  InstanceId at = 0;
  for (std::size_t begin = 0; begin <= path.size();) {
    const std::size_t dot = std::min(path.find('.', begin), path.size());
    const std::string name = path.substr(begin, dot - begin);
    const Instance& instance = c.tree.instances[at];
    const bool whole = instance.definition && !instance.broken && !instance.definition->incomplete &&
                       !(instance.level && instance.level->incomplete) &&
                       (instance.definition->kind == Definition::Operator ? instance.owned : instance.built);
    const auto next = child(c.tree, at, name);
    if (!next) {
      if (!whole) return false;
      for (const ir::Tensor& t : c.tree.ir.modules[instance.module].tensors)
        if (t.name == name) return false;
      return true;
    }
    at = *next;
    begin = dot + 1;
  }
  return false;
}

void check_paths(Context& c) {
  const std::vector<Key> all = keys(c.tree);
  for (const AppliedComponent& applied : c.tree.applied) {
    if (!applied.strip.empty()) continue;
    const Scope scope = scope_of(c, applied);
    for (const auto* entries : {&applied.component->by_path.tie, &applied.component->by_path.init,
                                &applied.component->by_path.freeze, &applied.component->by_path.moved}) {
      for (const ast::PathEntry& entry : *entries) {
        guarded(c, entry.guards, scope, [&](const Scope& inner) {
          // What moved is no longer where it was.
          if (entries != &applied.component->by_path.moved)
            check_pattern(c,
                          absolute(applied.prefix,
                                   entry.inserted ? text_of(c, entry.inserted, inner).value_or("") : entry.pattern),
                          entry.span, all, true);
          if (entries == &applied.component->by_path.tie || entries == &applied.component->by_path.moved)
            check_pattern(c, support::joined_path(applied.prefix, entry.text), entry.text_span, all, true);
        });
      }
    }
  }
}

namespace {

void apply_ties(Context& c, const AppliedComponent& applied, const std::map<std::string, const Key*>& by_name) {
  const Scope scope = scope_of(c, applied);
  for (const ast::PathEntry& entry : applied.component->by_path.tie) {
    guarded(c, entry.guards, scope, [&](const Scope& inner) {
      const std::string pattern = entry.inserted ? text_of(c, entry.inserted, inner).value_or("") : entry.pattern;
      const std::string tied = support::joined_path(applied.prefix, pattern),
                        source = support::joined_path(applied.prefix, entry.text);
      const auto a = by_name.find(tied), b = by_name.find(source);
      if (a == by_name.end() || b == by_name.end()) {
        std::vector<std::string> names;
        for (const auto& [name, key] : by_name) names.push_back(name);
        const bool first = a == by_name.end();
        auto report = c.fault(first ? entry.span : entry.text_span, diag::PathNotFound, first ? pattern : entry.text);
        report.did_you_mean(first ? tied : source, names);
        return;
      }
      ir::Tensor& shared = *b->second->tensor;
      if (!(a->second->tensor->type == shared.type)) {
        c.fault(entry.span, diag::TieShapes, pattern, a->second->tensor->type.str(), entry.text, shared.type.str());
        return;
      }
      a->second->tensor->tied_to = shared.tied_to.empty() ? source : shared.tied_to;
    });
  }
}

void apply_init(Context& c, const AppliedComponent& applied, const std::vector<Key>& all) {
  const Scope outer = scope_of(c, applied);
  const auto type = [&](std::string_view p) { return type_at(c.tree, std::string(p)); };
  for (const ast::PathEntry& entry : applied.component->by_path.init) {
    guarded(c, entry.guards, outer, [&](const Scope& scope) {
      const std::string pattern =
          absolute(applied.prefix, entry.inserted ? text_of(c, entry.inserted, scope).value_or("") : entry.pattern);
      check_pattern(c, pattern, entry.span, all);
      for (const Key& k : all) {
        if (!support::matches(pattern, k.name, type) || k.tensor->buffer || !entry.value) continue;
        std::vector<std::int64_t> shape;
        for (const Dim& d : k.tensor->type.shape) shape.push_back(d.constant());
        k.tensor->same_as.clear();
        if (const auto init = initialiser(c, entry.value, shape, scope)) {
          k.tensor->init = *init;
          continue;
        }
        Scope inner = scope;
        inner.vocabulary = catalogue::Kind::Initialiser;
        const Value v = evaluate(c, entry.value, inner);
        if (v.is_int() || v.kind == Value::Float) k.tensor->init = ops::Init::fill(v.as_double());
        else if (!v.is_poison()) c.fault(entry.value->span, diag::NotAnInitialiser, v.describe());
      }
    });
  }
}

void apply_freeze(Context& c, const AppliedComponent& applied, const std::vector<Key>& all) {
  const Scope outer = scope_of(c, applied);
  const auto type = [&](std::string_view p) { return type_at(c.tree, std::string(p)); };
  std::vector<std::string> patterns;
  for (const ast::PathEntry& entry : applied.component->by_path.freeze) {
    guarded(c, entry.guards, outer, [&](const Scope& scope) {
      patterns.push_back(
          absolute(applied.prefix, entry.inserted ? text_of(c, entry.inserted, scope).value_or("") : entry.pattern));
      check_pattern(c, patterns.back(), entry.span, all);
    });
  }
  if (patterns.empty()) return;
  for (const Key& k : all) {
    if (!k.tensor->buffer && support::selects(patterns, k.name, type)) k.tensor->trainable = false;
  }
  for (ir::Module& m : c.tree.ir.modules) {
    if (!m.path.empty() && is_normalisation(m.type) && support::selects(patterns, m.path, type)) m.frozen = true;
  }
}

void add_moved(Context& c, const AppliedComponent& applied, const std::vector<Key>& all, Applied& result) {
  const Scope outer = scope_of(c, applied);
  for (const ast::PathEntry& entry : applied.component->by_path.moved) {
    guarded(c, entry.guards, outer, [&](const Scope& scope) {
      const std::string from = entry.inserted ? text_of(c, entry.inserted, scope).value_or("") : entry.pattern;
      const std::string to = support::joined_path(applied.prefix, entry.text);
      if (support::is_glob(from) || support::is_glob(to)) {
        c.fault(support::is_glob(from) ? entry.span : entry.text_span, diag::PathNotFound,
                support::is_glob(from) ? from : entry.text)
            .help("`moved` takes paths, of a module for all that is below it");
        return;
      }
      check_pattern(c, to, entry.text_span, all);
      result.moved.emplace_back(support::joined_path(applied.prefix, from), to);
    });
  }
}

/// `take(pattern, entry)` for each turn of the loops around each entry, what `${…}` inserts put in.
template <class Take>
void each_pattern(Context& c, const std::vector<ast::PathEntry>& entries, const Scope& scope, const Take& take) {
  for (const ast::PathEntry& entry : entries) {
    guarded(c, entry.guards, scope, [&](const Scope& inner) {
      const auto pattern = entry.inserted ? text_of(c, entry.inserted, inner) : std::optional(entry.pattern);
      if (pattern) take(*pattern, entry);
    });
  }
}

std::optional<ir::Resizing> resizing(Context& c, const ast::PathEntry& entry) {
  const auto how = support::meaning_of(ir::kResizings, entry.text);
  if (how) return *how;
  c.fault(entry.text_span, diag::SettingValue, "weights.resize", "`" + entry.text + "`", "`interpolate` or `mean`");
  return std::nullopt;
}

void add_weights(Context& c, const AppliedComponent& applied, Applied& result) {
  const Scope outer = scope_of(c, applied);
  for (const ast::WeightsEntry& entry : applied.component->by_path.weights) {
    guarded(c, entry.guards, outer, [&](const Scope& scope) {
      ir::WeightSource source;
      const std::string file = entry.inserted ? text_of(c, entry.inserted, scope).value_or("") : entry.from;
      if (file.empty()) return;
      source.from = compose::resolve_path(entry.folder.empty() ? applied.component->file.folder : entry.folder, file);
      source.span = entry.from_span.valid() ? entry.from_span : entry.span;
      source.prefix = applied.prefix;
      const auto gather = [&](const auto& entries, std::vector<std::string>& names) {
        each_pattern(c, entries, scope, [&](const std::string& name, const auto&) { names.push_back(name); });
      };
      gather(entry.only, source.only);
      gather(entry.except, source.except);
      gather(entry.created, source.created);
      each_pattern(c, entry.rename, scope,
                   [&](const std::string& name, const auto& e) { source.rename.emplace_back(name, e.text); });
      each_pattern(c, entry.resize, scope, [&](const std::string& name, const ast::PathEntry& e) {
        if (const auto how = resizing(c, e)) source.resize.push_back({name, *how});
      });
      if (!applied.strip.empty()) {
        // Of a part that was taken out only its own tensors come along, under their names within it.
        source.only.insert(source.only.begin(), applied.strip);
        source.rename.insert(source.rename.begin(), {applied.strip + ".", ""});
      }
      result.weights.push_back(std::move(source));
    });
  }
}

}  // namespace

Applied apply_paths(Context& c) {
  Applied result;
  if (c.tree.edits.empty() && c.tree.applied.empty()) return result;
  const std::vector<Key> all = keys(c.tree);
  for (InstanceId id = 0; id < c.tree.instances.size(); ++id) {
    if (!is_new(c.tree, id)) continue;
    for (ir::Tensor& tensor : module_of(c.tree, id).tensors) tensor.implied_new = true;
  }
  std::map<std::string, const Key*> by_name;
  for (const Key& k : all) by_name[k.name] = &k;
  for (const AppliedComponent& applied : c.tree.applied) {
    if (!applied.strip.empty()) continue;  // of a part only the weights come along by path; the rest is the whole's
    apply_ties(c, applied, by_name);
    apply_init(c, applied, all);
    apply_freeze(c, applied, all);
    add_moved(c, applied, all, result);
  }
  for (const Key& k : all) {
    if (k.tensor->tied_to.empty()) continue;
    ir::Tensor& shared = *by_name.at(k.tensor->tied_to)->tensor;
    k.tensor->trainable = shared.trainable = k.tensor->trainable && shared.trainable;
  }
  // Where a file was written before a `wrap`, its names lack what the wrapping added.
  for (auto& [from, to] : moved_by_wrapping(c.tree)) result.moved.emplace_back(std::move(from), std::move(to));
  // Weights of what was taken apart or imported come first, the outermost file's last.
  for (auto applied = c.tree.applied.rbegin(); applied != c.tree.applied.rend(); ++applied)
    add_weights(c, *applied, result);
  return result;
}

}  // namespace modelc::instantiate
