#include "recipe/turns.h"

#include <fmt/format.h>

#include <set>

#include "eval/unroll.h"
#include "recipe/following.h"
#include "recipe/optimizer.h"
#include "recipe/phases.h"
#include "recipe/settings.h"

namespace modelc::recipe {

using ast::Setting;
using catalogue::KeyId;
using catalogue::Place;

const Setting* setting_in(const Setting& section, KeyId key) {
  for (const auto& item : section.items)
    if (item.kind == ast::ItemKind::Entry && item.name.text == catalogue::key(key).name && item.value)
      return item.value.get();
  return nullptr;
}

namespace {

const Setting* turns_in(const Setting& section) {
  const Setting* turns = setting_in(section, KeyId::Train_turns);
  return turns && turns->kind == Setting::Mapping ? turns : nullptr;
}

const Setting* turns_of(const ast::Description& file) { return file.train ? turns_in(*file.train) : nullptr; }

}  // namespace

bool phase_takes_turns(const ast::Description& file, const Setting& phase) {
  if (turns_in(phase)) return true;
  const bool otherwise = setting_in(phase, KeyId::Train_turns) || setting_in(phase, KeyId::Train_optimizer);
  return !otherwise && turns_of(file);
}

bool takes_turns(Tracer& t, const Scope& scope) {
  bool any = turns_of(t.document.root());
  each_phase(t, scope, [&](const Setting& phase, const Scope&, std::size_t) { any |= turns_in(phase) != nullptr; });
  return any;
}

bool minimises_loss(Tracer& t, const Scope& scope) {
  const ast::Description& file = t.document.root();
  if (!has_phases(file)) return !turns_of(file);
  bool any = false;
  each_phase(t, scope,
             [&](const Setting& phase, const Scope&, std::size_t) { any |= !phase_takes_turns(file, phase); });
  return any;
}

void each_turn(Tracer& t, const Scope& scope, const std::function<void(const WrittenTurn&)>& turn) {
  std::set<std::string> taken;
  const auto each = [&](const Setting* turns, const Scope& outer, std::size_t phase) {
    if (!turns) return;
    unroll(t, turns->items, outer,
           [&](const ast::Item<ast::SettingPtr>& item, const std::string& name, const Scope& inner) {
             if (!item.value) return;
             std::string loss = taken.contains(name) ? fmt::format("{}.{}", name, phase) : name;
             taken.insert(loss);
             turn({phase, name, std::move(loss), *item.value, inner});
           });
  };
  each(turns_of(t.document.root()), scope, 0);
  each_phase(t, scope, [&](const Setting& section, const Scope& inner, std::size_t phase) {
    each(turns_in(section), inner, phase);
  });
}

std::map<std::size_t, std::vector<ir::Turn>> read_turns(const Given& given) {
  Tracer& t = given.statics;
  const std::string_view where = catalogue::place(Place::Turns).path;
  std::map<std::size_t, std::vector<ir::Turn>> turns;
  each_turn(t, given.scope(), [&](const WrittenTurn& written) {
    const Setting& section = written.section;
    const Fields fields = read_fields(t, section, Place::Turns, written.scope);
    ir::Turn turn;
    turn.name = written.loss;
    turn.every = read_integer(t, fields, KeyId::Turns_every, written.scope).value_or(turn.every);
    turn.times = read_integer(t, fields, KeyId::Turns_times, written.scope).value_or(turn.times);
    if (fields.at(KeyId::Turns_average)) {
      turn.follows = read_following(given, section, fields, written.scope);
      if (!turn.follows.pairs.empty()) turns[written.phase].push_back(std::move(turn));
      return;
    }
    for (const KeyId key : {KeyId::Turns_minimize, KeyId::Turns_optimizer})
      if (!fields.at(key) && !fields.misspelt && section.kind == Setting::Mapping)
        t.fault(section.span, diag::SettingMissing, where, catalogue::key(key).name);
    turn.update = selected_parameters(given, fields.at(KeyId::Turns_update), written.scope);
    const Setting* call = fields.at(KeyId::Turns_optimizer);
    const auto optimizer = call ? read_optimizer(given, *call, written.scope) : std::nullopt;
    std::vector<ir::Turn>& of_phase = turns[written.phase];
    if (!optimizer || !fields.at(KeyId::Turns_minimize)) return;
    turn.optimizer = *optimizer;
    of_phase.push_back(std::move(turn));
  });
  return turns;
}

}  // namespace modelc::recipe
