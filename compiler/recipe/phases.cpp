#include "recipe/phases.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "eval/unroll.h"
#include "instantiate/paths.h"
#include "recipe/optimizer.h"
#include "recipe/settings.h"
#include "recipe/turns.h"
#include "support/glob.h"

namespace modelc::recipe {

using ast::Setting;
using catalogue::KeyId;
using instantiate::Key;

namespace {

const Setting* phases_of(const ast::Description& file) {
  const Setting* phases = file.train ? setting_in(*file.train, KeyId::Train_phases) : nullptr;
  return phases && phases->kind == Setting::List ? phases : nullptr;
}

/// What the phases say of the tree, in the order of the phases.
struct Freezes {
  std::vector<std::vector<std::string>> patterns;
  std::vector<Span> places;
  bool any = false;
};

Freezes read_freezes(const Given& given) {
  Tracer& t = given.statics;
  const std::vector<Key> keys = instantiate::keys(t.tree);
  Freezes out;
  each_phase(t, given.scope(), [&](const Setting& section, const Scope& scope, std::size_t) {
    const Setting* freeze = setting_in(section, KeyId::Phases_freeze);
    const bool stated = freeze && !is_null(*freeze);
    out.patterns.push_back(stated ? patterns_of(t, *freeze, keys, scope) : std::vector<std::string>());
    out.places.push_back(stated ? freeze->span : section.span);
    out.any |= stated;
  });
  return out;
}

/// Whether a name stands still in each phase: as the description says, then as the phase does, the later one wins.
class Stand {
 public:
  Stand(Tracer& t, const Freezes& freezes) : t_(t), freezes_(freezes) {}

  std::vector<bool> of(const std::string& name, bool frozen) const {
    const auto type = [&](std::string_view path) { return type_at(t_.tree, std::string(path)); };
    std::vector<bool> out;
    for (const std::vector<std::string>& patterns : freezes_.patterns) {
      bool stands = frozen;
      for (const std::string& pattern : patterns) {
        const std::string_view bare = support::without_negation(pattern);
        if (support::matches(bare, name, type)) stands = bare.size() == pattern.size();
      }
      out.push_back(stands);
    }
    return out;
  }

 private:
  Tracer& t_;
  const Freezes& freezes_;
};

bool in_all(const std::vector<bool>& phases) {
  return std::all_of(phases.begin(), phases.end(), [](bool stands) { return stands; });
}

/// A parameter under two names stands still where one of them does.
void share_ties(const std::vector<Key>& keys, std::map<std::string, std::vector<bool>>& stands) {
  for (const Key& key : keys) {
    const auto own = stands.find(key.name), other = stands.find(key.tensor->tied_to);
    if (own == stands.end() || other == stands.end()) continue;
    for (std::size_t i = 0; i < own->second.size(); ++i)
      own->second[i] = other->second[i] = own->second[i] || other->second[i];
  }
}

void settle_parameters(Tracer& t, const Stand& stand, std::vector<Standing>& out) {
  const std::vector<Key> keys = instantiate::keys(t.tree);
  std::map<std::string, std::vector<bool>> stands;
  for (const Key& key : keys)
    if (!key.tensor->buffer && types::is_floating(key.tensor->type.dtype))
      stands[key.name] = stand.of(key.name, !key.tensor->trainable);
  share_ties(keys, stands);
  for (const Key& key : keys) {
    const auto found = stands.find(key.name);
    if (found == stands.end()) continue;
    key.tensor->trainable = !in_all(found->second);
    for (std::size_t i = 0; key.tensor->trainable && i < out.size(); ++i)
      if (found->second[i]) out[i].frozen.push_back(key.name);
  }
}

void settle_statistics(Tracer& t, const Stand& stand, std::vector<Standing>& out) {
  for (ir::Module& module : t.tree.ir.modules) {
    if (module.path.empty() || !instantiate::is_normalisation(module.type)) continue;
    const std::vector<bool> stands = stand.of(module.path, module.frozen);
    module.frozen = in_all(stands);
    for (std::size_t i = 0; !module.frozen && i < out.size(); ++i)
      if (stands[i]) out[i].held.push_back(module.path);
  }
}

/// Reports a phase in which nothing is left to train; where nothing ever is, the loss is told that it reaches nothing.
void check_any_trains(Tracer& t, const Freezes& freezes, const std::vector<Standing>& standing) {
  std::set<std::string> trainable;
  for (const Key& key : instantiate::keys(t.tree))
    if (key.tensor->trainable) trainable.insert(key.name);
  for (std::size_t i = 0; i < standing.size(); ++i)
    if (!trainable.empty() && standing[i].frozen.size() == trainable.size())
      t.fault(freezes.places[i], diag::NothingToTrain, fmt::format("trainable parameter in phase {}", i + 1));
}

}  // namespace

void each_phase(Tracer& t, const Scope& scope,
                const std::function<void(const Setting&, const Scope&, std::size_t)>& phase) {
  const Setting* phases = phases_of(t.document.root());
  if (!phases) return;
  std::size_t number = 0;
  unroll(t, phases->items, scope, [&](const ast::Item<ast::SettingPtr>& item, const std::string&, const Scope& inner) {
    if (item.value) phase(*item.value, inner, ++number);
  });
}

bool has_phases(const ast::Description& file) { return phases_of(file) != nullptr; }

std::vector<Standing> settle_freezes(const Given& given) {
  Tracer& t = given.statics;
  const Freezes freezes = read_freezes(given);
  std::vector<Standing> out(freezes.patterns.size());
  if (!freezes.any) return out;
  const Stand stand(t, freezes);
  settle_parameters(t, stand, out);
  settle_statistics(t, stand, out);
  check_any_trains(t, freezes, out);
  return out;
}

}  // namespace modelc::recipe
