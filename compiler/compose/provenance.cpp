#include "compose/provenance.h"

#include <algorithm>

#include "catalogue/keys.h"
#include "support/dotted_path.h"
#include "syntax/description/fields.h"

namespace modelc::compose {
namespace {

using support::Span;

struct Named {
  std::string path;
  std::vector<Span> places;
};

/// By conditions of a variant's keys.
bool is_chosen(const ast::Expr& value) {
  if (value.kind != ast::ExprKind::Conditional || value.children.size() != 3) return false;
  const auto is_written = [](const ast::ExprPtr& side) {
    return !side || side->kind == ast::ExprKind::Raw || is_chosen(*side);
  };
  return is_written(value.children[0]) || is_written(value.children[2]);
}

/// Everything with a path, in the order in which a bare name is looked for.
class Collector {
 public:
  Collector(const ast::Description& description, const Decide& decide) : description_(description), decide_(decide) {
    params();
    block("", description.defines);
    block("inputs", description.inputs.entries);
    block("targets", description.targets);
    block("parameters", description.tensors.parameters);
    block("buffers", description.tensors.buffers);
    block("modules", description.modules);
    block("layers", description.body.layers.entries);
    bindings("forward", description.body.forward.entries);
    bindings("loss", description.loss.entries);
    bindings("metrics", description.metrics.entries);
    for (const catalogue::Key* key : catalogue::keys_of(catalogue::Place::Document)) {
      const ast::SettingPtr* setting = syntax::setting_field(description, key->id);
      if (setting && *setting) this->setting(std::string(key->name), **setting);
    }
    for (const auto& [key, span] : description.keys)
      if (std::none_of(all.begin(), all.end(), [&, name = &key](const Named& n) { return n.path == *name; }))
        all.push_back({key, {span}});
  }

  std::vector<Named> all;

 private:
  /// Its place in the base, and in each file that states it again.
  std::vector<Span> earlier(std::string_view key, const std::string& name) const {
    std::vector<Span> places;
    for (const ast::Restatement& one : description_.restated)
      if (one.key == key && one.name == name) places.push_back(one.base);
    return places;
  }

  void params() {
    for (const auto& item : description_.params) {
      if (item.kind != ast::ItemKind::Entry) continue;
      const ast::Declared& declared = item.value.declared;
      std::vector<Span> places = declared.earlier;
      places.push_back(declared.value_span.valid() ? declared.value_span : item.span);
      settle(declared.value, places);
      all.push_back({item.name.text, places});
      all.push_back({"params." + item.name.text, std::move(places)});
    }
  }

  /// Conditions of a variant choose between values as they are written: the place that is chosen holds, and where none
  /// is, what stood before.
  void settle(const ast::ExprPtr& value, std::vector<Span>& places) const {
    ast::ExprPtr chosen = value;
    while (chosen && is_chosen(*chosen)) {
      const auto holds = decide_ ? decide_(chosen->children[1]) : std::nullopt;
      if (!holds) return;
      chosen = chosen->children[*holds ? 0 : 2];
    }
    if (!chosen || chosen == value) return;
    const auto before = std::find(places.begin(), places.end(), chosen->span);
    if (before != places.end()) places.erase(before + 1, places.end());
    else places.back() = chosen->span;
  }

  template <class T>
  void block(const std::string& key, const ast::Block<T>& entries) {
    for (const ast::Item<T>& item : entries) {
      if (item.kind != ast::ItemKind::Entry || item.name.empty()) continue;
      std::vector<Span> places = earlier(key.empty() ? "define" : key, item.name.text);
      places.push_back(item.span);
      all.push_back({support::joined_path(key, item.name.text), std::move(places)});
    }
  }

  void bindings(const std::string& key, const ast::Block<ast::Binding>& entries) {
    for (const auto& item : entries)
      for (const ast::Name& target : item.value.targets)
        all.push_back({support::joined_path(key, target.text), {item.span}});
  }

  void setting(const std::string& path, const ast::Setting& setting) {
    all.push_back({path, {setting.span}});
    for (const auto& item : setting.items)
      if (item.kind == ast::ItemKind::Entry && !item.name.empty() && item.value)
        this->setting(support::joined_path(path, item.name.text), *item.value);
  }

  const ast::Description& description_;
  const Decide& decide_;
};

}  // namespace

std::optional<std::vector<Span>> places_of(const ast::Description& description, const std::string& path,
                                           const Decide& decide) {
  const Collector collected(description, decide);
  const auto found =
      std::find_if(collected.all.begin(), collected.all.end(), [&](const Named& named) { return named.path == path; });
  if (found != collected.all.end()) return found->places;
  // A bare name may be a module's or a binding's.
  const auto named = std::find_if(collected.all.begin(), collected.all.end(), [&](const Named& one) {
    return one.path.ends_with("." + path) && std::count(one.path.begin(), one.path.end(), '.') == 1;
  });
  if (named != collected.all.end()) return named->places;
  return std::nullopt;
}

std::vector<std::string> known_paths(const ast::Description& description) {
  std::vector<std::string> paths;
  for (const Named& named : Collector(description, {}).all) paths.push_back(named.path);
  return paths;
}

}  // namespace modelc::compose
