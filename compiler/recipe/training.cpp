#include "recipe/training.h"

#include <algorithm>
#include <set>

#include "recipe/carry.h"
#include "recipe/figures.h"
#include "recipe/optimizer.h"
#include "recipe/phases.h"
#include "recipe/schedule.h"
#include "recipe/settings.h"
#include "recipe/turns.h"
#include "support/words.h"

namespace modelc::recipe {

using ast::Setting;
using catalogue::KeyId;
using catalogue::Place;

namespace {

constexpr support::Word<ir::Precision> kPrecisions[] = {
    {"fp32", ir::Precision::Full}, {"bf16-mixed", ir::Precision::Bfloat16}, {"fp16-mixed", ir::Precision::Float16}};

/// One section with the keys of a training: `train` itself, or a phase.
struct Section {
  const Given& given;
  const Figures& figures;
  const Setting& setting;
  const Fields& fields;
  const Scope& scope;
  std::string_view where;  // for messages

  std::optional<std::int64_t> integer(KeyId key) const { return read_integer(given.statics, fields, key, scope); }
};

ir::Clip read_clip(const Section& s, const Setting& section) {
  const Fields fields = read_fields(s.given.statics, section, Place::Clip, s.scope);
  return {read_number(s.given.statics, fields, KeyId::Clip_norm, s.scope),
          read_number(s.given.statics, fields, KeyId::Clip_value, s.scope)};
}

ir::Every read_every(const Section& s, const Setting& section) {
  const Fields fields = read_fields(s.given.statics, section, Place::Every, s.scope);
  const auto steps = [&](KeyId key) { return read_integer(s.given.statics, fields, key, s.scope); };
  return {steps(KeyId::Every_log), steps(KeyId::Every_valid), steps(KeyId::Every_save)};
}

/// The figure that a section compares; nullopt after reporting.
std::optional<ir::Figure> read_figure(const Section& s, const Setting& section, const Fields& fields, KeyId metric,
                                      KeyId mode) {
  Tracer& t = s.given.statics;
  const std::string_view where = catalogue::place(catalogue::key(metric).place).path;
  if (!fields.at(metric)) {
    if (!fields.misspelt && section.kind == Setting::Mapping)
      t.fault(section.span, diag::SettingMissing, where, catalogue::key(metric).name);
    return std::nullopt;
  }
  const auto name = read_text(t, fields, metric);
  const auto direction = read_value(t, fields, mode, s.scope);
  if (!name || (fields.at(mode) && !direction)) return std::nullopt;
  return s.figures.find(t, *name, direction ? std::optional(direction->as_string()) : std::nullopt, where,
                        fields.span(metric));
}

std::optional<ir::Figure> read_best(const Section& s, const Setting& section) {
  const Fields fields = read_fields(s.given.statics, section, Place::Best, s.scope);
  return read_figure(s, section, fields, KeyId::Best_metric, KeyId::Best_mode);
}

std::optional<ir::Stop> read_stop(const Section& s, const Setting& section) {
  Tracer& t = s.given.statics;
  const Fields fields = read_fields(t, section, Place::Stop, s.scope);
  const auto figure = read_figure(s, section, fields, KeyId::Stop_metric, KeyId::Stop_mode);
  const auto patience = read_integer(t, fields, KeyId::Stop_patience, s.scope);
  if (!fields.at(KeyId::Stop_patience) && !fields.misspelt && section.kind == Setting::Mapping)
    t.fault(section.span, diag::SettingMissing, catalogue::place(Place::Stop).path, "patience")
        .help("say for how many validations the metric may fail to improve: `patience: 5`");
  return figure && patience ? std::optional(ir::Stop{*figure, *patience}) : std::nullopt;
}

/// How long: what one section says of it takes the place of what was said before.
void take_length(const Section& s, ir::Training& training) {
  const bool epochs = s.fields.at(KeyId::Train_epochs), steps = s.fields.at(KeyId::Train_steps);
  if (epochs && steps)
    s.given.statics.fault(s.fields.span(KeyId::Train_steps), diag::SettingConflict, "epochs", "steps")
        .note(s.fields.span(KeyId::Train_epochs), "the other is here");
  if (!epochs && !steps) return;
  training.epochs = s.integer(KeyId::Train_epochs);
  training.steps = s.integer(KeyId::Train_steps);
}

/// With what the parameters are changed; `turns`: those that the section names.
void take_descent(const Section& s, const std::vector<ir::Turn>* turns, ir::Training& training) {
  Tracer& t = s.given.statics;
  const Setting* written = s.fields.at(KeyId::Train_turns);
  if (written && written->kind != Setting::Mapping)
    t.fault(written->span, diag::SettingKind, "train.turns", "a mapping of turns by name");
  for (const KeyId other : {KeyId::Train_optimizer, KeyId::Train_groups})
    if (written && s.fields.at(other))
      t.fault(s.fields.span(other), diag::SettingConflict, catalogue::key(other).name, "turns")
          .note(written->span, "each turn has its own optimizer");
  const Setting* optimizer = s.fields.at(KeyId::Train_optimizer);
  if (written || optimizer) training.turns = {}, training.optimizer.reset(), training.groups = {};
  if (written && turns) training.turns = *turns;
  if (optimizer) training.optimizer = read_optimizer(s.given, *optimizer, s.scope);
}

/// Groups say what differs from the optimiser's arguments: of a phase with another one they are read anew.
void take_groups(const Section& s, const Fields& outer, ir::Training& training) {
  const Setting* own = s.fields.at(KeyId::Train_groups);
  const Setting* groups = own ? own : outer.at(KeyId::Train_groups);
  if (groups && training.optimizer)
    training.groups = read_groups(s.given, s.figures, *groups, training.optimizer->id, s.scope);
}

void take(const Section& s, const std::vector<ir::Turn>* turns, ir::Training& training) {
  Tracer& t = s.given.statics;
  const Fields& fields = s.fields;
  take_length(s, training);
  training.batch = s.integer(KeyId::Train_batch).value_or(training.batch);
  training.batching.accumulate = s.integer(KeyId::Train_accumulate).value_or(training.batching.accumulate);
  if (const auto drop = read_value(t, fields, KeyId::Train_drop_last, s.scope))
    training.batching.drop_last = drop->as_bool();
  if (const auto* carry = fields.at(KeyId::Train_carry)) training.batching.carry = read_carry(s.given, *carry, s.scope);
  training.seed = s.integer(KeyId::Train_seed).value_or(training.seed);
  take_descent(s, turns, training);
  if (const auto* schedule = fields.at(KeyId::Train_schedule); schedule && schedule->kind != Setting::Null)
    training.schedule = read_schedule(s.given, s.figures, *schedule, s.scope);
  if (const auto precision = read_value(t, fields, KeyId::Train_precision, s.scope))
    training.precision = support::meaning_of(kPrecisions, precision->as_string()).value_or(training.precision);
  if (const auto average = read_value(t, fields, KeyId::Train_average, s.scope))
    training.average = average->is_string() ? 0 : average->as_double();
  if (const auto* clip = fields.at(KeyId::Train_clip)) training.clip = read_clip(s, *clip);
  if (const auto* every = fields.at(KeyId::Train_every)) training.every = read_every(s, *every);
  if (const auto* best = fields.at(KeyId::Train_best)) training.best = read_best(s, *best);
  if (const auto* stop = fields.at(KeyId::Train_stop)) training.stop = read_stop(s, *stop);
}

/// Reports what a training cannot do without; `outer`: what stands beside the phases.
void check_whole(const Section& s, const Fields& outer) {
  Tracer& t = s.given.statics;
  if (s.fields.misspelt || outer.misspelt || s.setting.kind != Setting::Mapping) return;
  const auto given = [&](KeyId key) { return s.fields.at(key) || outer.at(key); };
  if (!given(KeyId::Train_epochs) && !given(KeyId::Train_steps))
    t.fault(s.setting.span, diag::SettingMissing, s.where, "epochs")
        .help("say how long: `epochs: 20` or `steps: 1000`");
  if (!given(KeyId::Train_optimizer) && !given(KeyId::Train_turns))
    t.fault(s.setting.span, diag::SettingMissing, s.where, "optimizer").help("`optimizer: AdamW(lr=1e-3)`");
}

/// What a phase takes away with `null` of what stands beside the phases; the keys are gone from its fields.
void take_away(Fields& fields, ir::Training& training) {
  const ir::Training none;
  const auto gone = [&](KeyId key) {
    const Setting* setting = fields.at(key);
    return setting && is_null(*setting) && fields.keys.erase(key) > 0;
  };
  if (gone(KeyId::Train_schedule)) training.schedule = none.schedule;
  if (gone(KeyId::Train_clip)) training.clip = none.clip;
  if (gone(KeyId::Train_every)) training.every = none.every;
  if (gone(KeyId::Train_best)) training.best = none.best;
  if (gone(KeyId::Train_stop)) training.stop = none.stop;
  if (gone(KeyId::Train_average)) training.average = none.average;
  if (gone(KeyId::Train_carry)) training.batching.carry = none.batching.carry;
  if (gone(KeyId::Train_turns)) training.turns = none.turns;
  (void)gone(KeyId::Phases_freeze);
}

/// Of all that the graphs make small, what is no turn's.
std::vector<std::string> plain_losses(const Given& given, const std::map<std::size_t, std::vector<ir::Turn>>& turns) {
  std::set<std::string> of_turns;
  for (const auto& [phase, list] : turns)
    for (const ir::Turn& turn : list) of_turns.insert(turn.name);
  std::vector<std::string> out;
  for (const ir::Graph& graph : given.graphs)
    for (const ir::Output& loss : graph.losses)
      if (!of_turns.contains(loss.name) && std::find(out.begin(), out.end(), loss.name) == out.end())
        out.push_back(loss.name);
  return out;
}

/// The losses that count in a phase; empty: all there are.
std::vector<std::string> losses_of(const Given& given, const ir::Training& training,
                                   const std::map<std::size_t, std::vector<ir::Turn>>& turns) {
  if (turns.empty()) return {};
  if (training.turns.empty()) return plain_losses(given, turns);
  std::vector<std::string> out;
  for (const ir::Turn& turn : training.turns) out.push_back(turn.name);
  return out;
}

}  // namespace

Trained read_training(const Given& given, const Setting& section, bool validates) {
  Tracer& t = given.statics;
  const Scope scope = given.scope();
  const Figures figures(given.graphs, validates);
  // Before the parameters are asked for: which of them train is decided by the phases.
  const std::vector<Standing> standing = settle_freezes(given);
  const auto turns = read_turns(given);
  const auto turns_of = [&](std::size_t phase) { return turns.contains(phase) ? &turns.at(phase) : nullptr; };
  const Fields outer = read_fields(t, section, Place::Train, scope);
  const Section whole{given, figures, section, outer, scope, catalogue::place(Place::Train).path};
  Trained out;
  take(whole, turns_of(0), out.training);
  take_groups(whole, outer, out.training);
  const Setting* phases = outer.at(KeyId::Train_phases);
  if (!phases || is_null(*phases)) {
    check_whole(whole, outer);
    return out;
  }
  if (phases->kind != Setting::List || phases->items.empty())
    t.fault(phases->span, diag::SettingKind, "train.phases", "a list of `{epochs: …}`");
  bool inherits = false;
  each_phase(t, scope, [&](const Setting& written, const Scope& inner, std::size_t number) {
    Fields fields = read_fields(t, written, Place::Phases, inner);
    ir::Phase phase;
    phase.training = out.training;
    take_away(fields, phase.training);
    const Section one{given, figures, written, fields, inner, catalogue::place(Place::Phases).path};
    inherits |= !fields.at(KeyId::Train_epochs) && !fields.at(KeyId::Train_steps);
    take(one, turns_of(number), phase.training);
    take_groups(one, outer, phase.training);
    check_whole(one, outer);
    phase.losses = losses_of(given, phase.training, turns);
    if (number <= standing.size()) phase.frozen = standing[number - 1].frozen, phase.held = standing[number - 1].held;
    out.phases.push_back(std::move(phase));
  });
  for (const KeyId length : {KeyId::Train_epochs, KeyId::Train_steps})
    if (outer.at(length) && !inherits && !out.phases.empty())
      t.sink.report(outer.span(length), diag::LengthUnused, catalogue::key(length).name);
  return out;
}

}  // namespace modelc::recipe
