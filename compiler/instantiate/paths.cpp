#include "instantiate/paths.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

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

}  // namespace

bool is_normalisation(const std::string& type) {
  const ops::Op* op = ops::Catalogue::get().module(type);
  return op && op->has(ops::Trait::Normalization);
}

void help_with_top(diagnostics::Report& report, const std::vector<std::string>& paths) {
  constexpr std::size_t kMost = 12;
  std::vector<std::string> top;
  for (const std::string& path : paths)
    if (path.find('.') == std::string::npos) top.push_back(path);
  if (!top.empty() && top.size() <= kMost) report.help(fmt::format("it has `{}`", fmt::join(top, "`, `")));
}

std::vector<Key> keys(Tree& tree) {
  std::vector<Key> result;
  for (const ir::ModuleId id : ir::in_order(tree.ir)) {
    ir::Module& module = tree.ir.modules[id];
    for (ir::Tensor& tensor : module.tensors) result.push_back({ir::key_of(module, tensor), &tensor, &module});
  }
  return result;
}

namespace {

/// The tree under the names that what is said by path in one file knows: what edits of a later file or of the command
/// line put there has none, and what they wrapped keeps its own.
class Sight {
 public:
  Sight(Context& c, const std::vector<Key>& all, const Viewpoint& from) : c_(c) {
    edited_ = edited_since(c.tree, from);
    if (edited_) gone_ = replaced_since(c.tree, from);
    for (InstanceId id = 0; id < c.tree.instances.size(); ++id) {
      const ir::Module& module = module_of(c.tree, id);
      if (!is_at_or_below(module.path, from.prefix)) continue;  // a pattern begins with the prefix
      const auto path = edited_ ? seen_path(c.tree, id, from) : module.path;
      if (!path) continue;
      modules_[&module] = *path;
      types_[*path] = module.type;
      if (!path->empty()) paths_.push_back(*path);
    }
    for (const Key& key : all)
      if (const auto name = seen(key)) paths_.push_back(*name);
  }

  std::optional<std::string> seen(const ir::Module& module) const {
    const auto found = modules_.find(&module);
    return found == modules_.end() ? std::nullopt : std::optional(found->second);
  }
  std::optional<std::string> seen(const Key& key) const {
    const auto path = seen(*key.module);
    return path ? std::optional(support::joined_path(*path, key.tensor->name)) : std::nullopt;
  }

  bool matches(const std::string& pattern, const std::optional<std::string>& name) const {
    return name && support::matches(pattern, *name, [this](std::string_view path) {
             const auto found = types_.find(path);
             return found == types_.end() ? std::string() : found->second;
           });
  }

  /// Whether what it names may have been given up for something else since.
  bool may_be_gone(const std::string& pattern) const {
    if (support::is_glob(pattern)) return !gone_.empty();
    return std::any_of(gone_.begin(), gone_.end(),
                       [&](const std::string& place) { return pattern == place || pattern.starts_with(place + "."); });
  }

  /// As check_pattern.
  void check(const std::string& pattern, Span span, bool partial = false) const {
    const std::string bare(support::without_negation(pattern));
    const auto is_there = [&](const std::string& wanted) {
      return std::any_of(paths_.begin(), paths_.end(), [&](const std::string& path) { return matches(wanted, path); });
    };
    if (is_there(bare) || may_be_gone(bare)) return;
    const std::string head = support::literal_head(bare);
    if (partial && (edited_ || head.empty() || !certainly_absent(c_, head))) return;
    if (support::is_glob(bare) && (head.empty() || is_there(head))) {
      c_.sink.report(span, diag::GlobMatchesNothing, pattern);
      return;
    }
    const std::string& missing = head.empty() ? bare : head;
    auto report = c_.fault(span, diag::PathNotFound, missing);
    if (!report.did_you_mean(missing, paths_)) help_with_top(report, paths_);
  }

 private:
  Context& c_;
  bool edited_ = false;
  std::map<const ir::Module*, std::string> modules_;
  std::map<std::string, std::string, std::less<>> types_;
  std::vector<std::string> paths_, gone_;
};

/// What each entry of a component sees.
class Sights {
 public:
  Sights(Context& c, const std::vector<Key>& all, const AppliedComponent& applied)
      : c_(c), all_(all), prefix_(applied.prefix) {}
  const Sight& of(const ast::PathEntry& entry) {
    return made_.try_emplace(entry.layer, c_, all_, Viewpoint{prefix_, entry.layer}).first->second;
  }

 private:
  Context& c_;
  const std::vector<Key>& all_;
  const std::string& prefix_;
  std::map<int, Sight> made_;
};

}  // namespace

void check_pattern(Context& c, const std::string& pattern, Span span, const std::vector<Key>& all, bool partial) {
  Sight(c, all, {"", std::numeric_limits<int>::max()}).check(pattern, span, partial);
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
    Sights sights(c, all, applied);
    for (const auto* entries : {&applied.component->by_path.tie, &applied.component->by_path.init,
                                &applied.component->by_path.freeze, &applied.component->by_path.moved}) {
      for (const ast::PathEntry& entry : *entries) {
        guarded(c, entry.guards, scope, [&](const Scope& inner) {
          // What moved is no longer where it was.
          if (entries != &applied.component->by_path.moved)
            sights.of(entry).check(
                absolute(applied.prefix,
                         entry.inserted ? text_of(c, entry.inserted, inner).value_or("") : entry.pattern),
                entry.span, true);
          if (entries == &applied.component->by_path.tie || entries == &applied.component->by_path.moved)
            sights.of(entry).check(support::joined_path(applied.prefix, entry.text), entry.text_span, true);
        });
      }
    }
  }
}

namespace {

void apply_ties(Context& c, const AppliedComponent& applied, const std::vector<Key>& all, Sights& sights) {
  const Scope scope = scope_of(c, applied);
  for (const ast::PathEntry& entry : applied.component->by_path.tie) {
    const Sight& sight = sights.of(entry);
    std::map<std::string, const Key*> by_name;
    for (const Key& k : all)
      if (const auto name = sight.seen(k)) by_name[*name] = &k;
    guarded(c, entry.guards, scope, [&](const Scope& inner) {
      const std::string pattern = entry.inserted ? text_of(c, entry.inserted, inner).value_or("") : entry.pattern;
      const std::string tied = support::joined_path(applied.prefix, pattern),
                        source = support::joined_path(applied.prefix, entry.text);
      const auto a = by_name.find(tied), b = by_name.find(source);
      if (a == by_name.end() || b == by_name.end()) {
        const bool first = a == by_name.end();
        // As in PyTorch, a module that is given up takes what it shared with it.
        if (sight.may_be_gone(first ? tied : source)) return;
        std::vector<std::string> names;
        for (const auto& [name, key] : by_name) names.push_back(name);
        auto report = c.fault(first ? entry.span : entry.text_span, diag::PathNotFound, first ? pattern : entry.text);
        report.did_you_mean(first ? tied : source, names);
        return;
      }
      ir::Tensor& shared = *b->second->tensor;
      if (!(a->second->tensor->type == shared.type)) {
        c.fault(entry.span, diag::TieShapes, pattern, a->second->tensor->type.str(), entry.text, shared.type.str());
        return;
      }
      a->second->tensor->tied_to = shared.tied_to.empty() ? b->second->name : shared.tied_to;
    });
  }
}

void apply_init(Context& c, const AppliedComponent& applied, const std::vector<Key>& all, Sights& sights) {
  const Scope outer = scope_of(c, applied);
  for (const ast::PathEntry& entry : applied.component->by_path.init) {
    const Sight& sight = sights.of(entry);
    guarded(c, entry.guards, outer, [&](const Scope& scope) {
      const std::string pattern =
          absolute(applied.prefix, entry.inserted ? text_of(c, entry.inserted, scope).value_or("") : entry.pattern);
      sight.check(pattern, entry.span);
      for (const Key& k : all) {
        if (!sight.matches(pattern, sight.seen(k)) || k.tensor->buffer || !entry.value) continue;
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

void apply_freeze(Context& c, const AppliedComponent& applied, const std::vector<Key>& all, Sights& sights) {
  const Scope outer = scope_of(c, applied);
  const auto type = [&](std::string_view p) { return type_at(c.tree, std::string(p)); };
  std::vector<std::pair<std::string, const Sight*>> patterns;
  for (const ast::PathEntry& entry : applied.component->by_path.freeze) {
    guarded(c, entry.guards, outer, [&](const Scope& scope) {
      patterns.emplace_back(
          absolute(applied.prefix, entry.inserted ? text_of(c, entry.inserted, scope).value_or("") : entry.pattern),
          &sights.of(entry));
      patterns.back().second->check(patterns.back().first, entry.span);
    });
  }
  if (patterns.empty()) return;
  // The later wins. A pattern holds for what came since, too, and for what was wrapped since under its earlier name.
  const auto freezes = [&](const std::string& name, const auto& thing) {
    bool frozen = false;
    for (const auto& [pattern, sight] : patterns) {
      const std::string bare(support::without_negation(pattern));
      if (support::matches(bare, name, type) || sight->matches(bare, sight->seen(thing)))
        frozen = bare.size() == pattern.size();
    }
    return frozen;
  };
  for (const Key& k : all) {
    if (!k.tensor->buffer && freezes(k.name, k)) k.tensor->trainable = false;
  }
  for (ir::Module& m : c.tree.ir.modules) {
    if (!m.path.empty() && is_normalisation(m.type) && freezes(m.path, m)) m.frozen = true;
  }
}

void add_moved(Context& c, const AppliedComponent& applied, Sights& sights, Applied& result) {
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
      sights.of(entry).check(to, entry.text_span);
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
  for (const AppliedComponent& applied : c.tree.applied) {
    if (!applied.strip.empty()) continue;  // of a part only the weights come along by path; the rest is the whole's
    Sights sights(c, all, applied);
    apply_ties(c, applied, all, sights);
    apply_init(c, applied, all, sights);
    apply_freeze(c, applied, all, sights);
    add_moved(c, applied, sights, result);
  }
  std::map<std::string, const Key*> by_name;
  for (const Key& k : all) by_name[k.name] = &k;
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
