#include "recipe/turns.h"

#include "eval/unroll.h"
#include "recipe/optimizer.h"
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

const Setting* turns_of(const ast::Description& file) {
  const Setting* turns = file.train ? setting_in(*file.train, KeyId::Train_turns) : nullptr;
  return turns && turns->kind == Setting::Mapping ? turns : nullptr;
}

}  // namespace

bool takes_turns(const ast::Description& file) { return turns_of(file) != nullptr; }

void each_turn(Tracer& t, const Scope& scope,
               const std::function<void(const std::string&, const Setting&, const Scope&)>& turn) {
  const Setting* turns = turns_of(t.document.root());
  if (!turns) return;
  unroll(t, turns->items, scope,
         [&](const ast::Item<ast::SettingPtr>& item, const std::string& name, const Scope& inner) {
           if (item.value) turn(name, *item.value, inner);
         });
}

std::vector<ir::Turn> read_turns(const Given& given) {
  Tracer& t = given.statics;
  const std::string_view where = catalogue::place(Place::Turns).path;
  std::vector<ir::Turn> turns;
  each_turn(t, given.scope(), [&](const std::string& name, const Setting& section, const Scope& scope) {
    const Fields fields = read_fields(t, section, Place::Turns, scope);
    for (const KeyId key : {KeyId::Turns_minimize, KeyId::Turns_optimizer})
      if (!fields.at(key) && !fields.misspelt && section.kind == Setting::Mapping)
        t.fault(section.span, diag::SettingMissing, where, catalogue::key(key).name);
    ir::Turn turn;
    turn.name = name;
    turn.every = read_integer(t, fields, KeyId::Turns_every, scope).value_or(turn.every);
    turn.times = read_integer(t, fields, KeyId::Turns_times, scope).value_or(turn.times);
    turn.update = selected_parameters(given, fields.at(KeyId::Turns_update), scope);
    const Setting* call = fields.at(KeyId::Turns_optimizer);
    const auto optimizer = call ? read_optimizer(given, *call) : std::nullopt;
    if (!optimizer || !fields.at(KeyId::Turns_minimize)) return;
    turn.optimizer = *optimizer;
    turns.push_back(std::move(turn));
  });
  return turns;
}

}  // namespace modelc::recipe
