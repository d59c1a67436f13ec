#include "trace/unknown.h"

#include <fmt/format.h>

#include <algorithm>

#include "catalogue/entry.h"
#include "resolve/qualifier.h"
#include "resolve/scope_order.h"
#include "trace/names.h"

namespace modelc::trace {

namespace {

using resolve::Place;

/// Names of one place, for "did you mean".
void list(Tracer& t, Place place, const LevelPtr& level, const Scope& scope, std::vector<std::string>& names) {
  const auto add = [&](const auto& named) {
    for (const auto& entry : named) names.push_back(entry.first);
  };
  const auto add_loops = [&](const Loops& loops) {
    for (const LoopScope* l = loops.get(); l; l = l->outer.get()) names.push_back(l->name);
  };
  switch (place) {
    case Place::Loop:
      add_loops(scope.loops);
      break;
    case Place::OuterLoop:
      add_loops(level->outer_loops);
      break;
    case Place::Binding:
      add(scope.frame->bindings);
      break;
    case Place::Module:
      if (scope.frame->instance != kNoInstance) add(t.tree.instances[scope.frame->instance].children);
      break;
    case Place::Tensor:
      if (scope.frame->instance == kNoInstance) break;
      for (const auto& tensor : module_of(t.tree, scope.frame->instance).tensors) names.push_back(tensor.name);
      break;
    case Place::Column:
      if (!t.feed) break;
      for (std::string& column : t.feed->known()) names.push_back(std::move(column));
      break;
    case Place::Static:
      add(level->params);
      add(level->defines);
      break;
    case Place::Symbol:
      add(scope.frame->symbols);
      break;
    case Place::Component:
      for (const ast::LocalComponent& local : level->component->components) names.push_back(local.name.text);
      break;
    case Place::Import:
      add(level->component->imports);
      break;
    default:
      break;
  }
}

/// All that may stand here, and where something is called what may be called.
std::vector<std::string> known_names(Tracer& t, const Scope& scope, bool called) {
  std::vector<std::string> names;
  resolve::walk_scopes(view_of(scope), scope.level, around, [&](Place place, const LevelPtr& level) {
    list(t, place, level, scope, names);
    return false;
  });
  const auto add = [&](const std::vector<std::string>& more) { names.insert(names.end(), more.begin(), more.end()); };
  if (scope.vocabulary) add(catalogue::names(*scope.vocabulary));
  if (!called) return names;
  if (scope.feed) add(catalogue::names(catalogue::Kind::FeedFunction));
  add(catalogue::names(catalogue::Kind::StaticFunction));
  if (!scope.is_static) add(ops::Catalogue::get().function_names());
  add(ops::Catalogue::get().module_names());
  return names;
}

/// What has this name and is called in a place of its own; of what is only read, what was to be called here.
std::string words_of_place(const std::string& name, const Scope& scope, bool called) {
  using catalogue::Kind;
  static constexpr std::pair<Kind, std::string_view> kPlaces[] = {
      {Kind::Metric, "a metric, which stands alone under `metrics`"},
      {Kind::Initialiser, "an initialiser, which stands alone as a value or under `init`"},
      {Kind::FeedFunction, "a function of `data.feed`"},
      {Kind::Source, "a source, which stands under `data`"},
      {Kind::Optimizer, "an optimizer, which stands under `train.optimizer`"},
      {Kind::Schedule, "a schedule, which stands under `train.schedule`"}};
  for (const auto& [kind, words] : kPlaces) {
    if (!called && scope.vocabulary != kind) continue;
    if (const catalogue::Entry* entry = catalogue::find(kind, name))
      return fmt::format("`{}` is {}: `{}`", name, words, entry->example);
  }
  return {};
}

/// Where no name is near: those that stand here, if they are few, and what a string would look like.
std::string what_stands(Tracer& t, const std::string& name, const Scope& scope) {
  constexpr std::size_t kMost = 12;
  const std::string quotes = "a string needs quotes of its own: `\"" + name + "\"`";
  std::vector<std::string> names = known_names(t, scope, false);
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  if (names.empty() || names.size() > kMost) return quotes;
  return fmt::format("here stand `{}`; {}", fmt::join(names, "`, `"), quotes);
}

/// The names of Python's modules for which a name here stands alone; `self` with them.
bool is_of_python(std::string_view name) {
  static constexpr std::string_view kNames[] = {"torch", "nn", "functional", "F", "self", "math", "np"};
  return std::find(std::begin(kNames), std::end(kNames), name) != std::end(kNames);
}

/// Whether a name means something here, read or called.
bool stands(Tracer& t, const std::string& name, const Scope& scope) {
  return lookup_callable(t, name, {}, scope).kind != Callable::Nothing || plain_value(t, name, scope) ||
         name == ast::kTraining || types::parse_dtype(name) || resolve::constant_of(name);
}

/// How the language writes what PyTorch has a container for; empty for any other name.
std::string_view words_of_container(std::string_view name) {
  static constexpr std::pair<std::string_view, std::string_view> kContainers[] = {
      {"Sequential", "write its parts as a list, or in a row: `Linear(32) -> ReLU`"},
      {"ModuleList", "write its parts as a list under `list`"},
      {"ModuleDict", "write its parts as a mapping under `dict`"}};
  for (const auto& [container, words] : kContainers)
    if (name == container) return words;
  return {};
}

/// What the language writes for a word that YAML 1.1 has for a truth value; empty for any other name.
std::string_view word_of_yaml(std::string_view name) {
  static constexpr std::pair<std::string_view, std::string_view> kWords[] = {
      {"yes", "true"}, {"no", "false"}, {"on", "true"}, {"off", "false"}};
  for (const auto& [theirs, ours] : kWords)
    if (name == theirs) return ours;
  return {};
}

/// What would give the name is faulty, and was reported.
bool may_be_missing(const Tracer& t, std::string_view name, const Scope& scope) {
  for (LevelPtr level = scope.level; level; level = level->parent) {
    if (level->symbols_missing && !name.empty() && name[0] >= 'A' && name[0] <= 'Z') return true;
    if (level->incomplete || t.document.names_missing) return true;
  }
  return false;
}

}  // namespace

void report_unknown(Tracer& t, const std::string& name, Span span, const Scope& scope, bool called) {
  if (scope.frame) {
    const auto untaken = scope.frame->untaken.find(name);
    if (untaken != scope.frame->untaken.end()) {
      t.fault(span, diag::OnlyInUntakenBranch, name)
          .note(untaken->second, "this branch binds it, and its condition is false here");
      return;
    }
  }
  if (may_be_missing(t, name, scope)) return;
  auto report = called ? t.fault(span, diag::UnknownFunction, name) : t.fault(span, diag::UnknownName, name);
  for (const ast::Restatement& one : t.document.root().restated)
    if (one.deletes && one.name == name) report.note(one.own, "it is taken away here");
  if (scope.is_static && scope.frame && !called && scope.frame->bindings.count(name) != 0) {
    report.help("it is known only at run time; here only params, `define`s, symbols and loop variables are seen");
    return;
  }
  const std::string_view word = called ? std::string_view() : word_of_yaml(name);
  if (!word.empty()) {
    report.help(fmt::format("the word is `{}`", word)).fix(span, std::string(word));
  } else if (const std::string_view container = words_of_container(name); !container.empty()) {
    report.help(std::string(container));
  } else if (const std::string place = words_of_place(name, scope, called); !place.empty()) {
    report.help(place);
  } else if (!report.did_you_mean(name, known_names(t, scope, called), span) && !called) {
    if (ops::Catalogue::get().module(name)) report.help("`" + name + "` is an operator; call it under `modules`");
    else if (scope.in_type) report.help("a symbol begins with a capital letter, a parameter stands under `params`");
    else if (!scope.is_static || !report.did_you_mean(name, ops::Catalogue::get().module_names(), span))
      report.help(what_stands(t, name, scope));
  }
}

bool report_foreign(Tracer& t, const ast::Expr& member, const Scope& scope, bool called) {
  std::vector<const ast::Expr*> chain;  // the name beside the root last
  const ast::Expr* root = &member;
  for (; root->kind == ast::ExprKind::Member; root = root->children[0].get()) chain.push_back(root);
  if (root->kind != ast::ExprKind::Name || !is_of_python(root->text) || stands(t, root->text, scope)) return false;
  while (!chain.empty() && is_of_python(chain.back()->text)) chain.pop_back();
  if (chain.empty()) return false;
  if (may_be_missing(t, root->text, scope)) return true;
  const ast::Expr& named = *chain.back();
  if (!stands(t, named.text, scope)) {
    report_unknown(t, named.text, named.name_span, scope, called && chain.size() == 1);
    return true;
  }
  t.fault(root->span, diag::UnknownName, root->text)
      .help(fmt::format("a name stands alone: `{}`", named.text))
      .fix({root->span.file, root->span.begin, named.name_span.begin}, "");
  return true;
}

}  // namespace modelc::trace
