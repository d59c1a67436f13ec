#include "recipe/training.h"

#include "recipe/figures.h"
#include "recipe/optimizer.h"
#include "recipe/schedule.h"
#include "recipe/settings.h"
#include "recipe/turns.h"
#include "support/words.h"

namespace modelc::recipe {

using catalogue::KeyId;
using catalogue::Place;

namespace {

constexpr support::Word<ir::Precision> kPrecisions[] = {
    {"fp32", ir::Precision::Full}, {"bf16-mixed", ir::Precision::Bfloat16}, {"fp16-mixed", ir::Precision::Float16}};

/// Reports where it is not said how long to train, or said twice.
void check_length(const Fields& fields, const ast::Setting& section, Tracer& t) {
  const bool epochs = fields.at(KeyId::Train_epochs), steps = fields.at(KeyId::Train_steps);
  if (epochs && steps)
    t.fault(fields.span(KeyId::Train_steps), diag::SettingConflict, "epochs", "steps")
        .note(fields.span(KeyId::Train_epochs), "the other is here");
  if (!epochs && !steps && !fields.misspelt)
    t.fault(section.span, diag::SettingMissing, "train", "epochs").help("say how long: `epochs: 20` or `steps: 1000`");
}

ir::Clip read_clip(const Given& given, const ast::Setting& section) {
  const Scope scope = given.scope();
  const Fields fields = read_fields(given.statics, section, Place::Clip, scope);
  return {read_number(given.statics, fields, KeyId::Clip_norm, scope),
          read_number(given.statics, fields, KeyId::Clip_value, scope)};
}

ir::Every read_every(const Given& given, const ast::Setting& section) {
  const Scope scope = given.scope();
  const Fields fields = read_fields(given.statics, section, Place::Every, scope);
  const auto steps = [&](KeyId key) { return read_integer(given.statics, fields, key, scope); };
  return {steps(KeyId::Every_log), steps(KeyId::Every_valid), steps(KeyId::Every_save)};
}

/// The figure that a section compares; nullopt after reporting.
std::optional<ir::Figure> read_figure(const Given& given, const Figures& figures, const ast::Setting& section,
                                      const Fields& fields, KeyId metric, KeyId mode) {
  Tracer& t = given.statics;
  const std::string_view where = catalogue::place(catalogue::key(metric).place).path;
  if (!fields.at(metric)) {
    if (!fields.misspelt && section.kind == ast::Setting::Mapping)
      t.fault(section.span, diag::SettingMissing, where, catalogue::key(metric).name);
    return std::nullopt;
  }
  const auto name = read_text(t, fields, metric);
  const auto direction = read_value(t, fields, mode, given.scope());
  if (!name || (fields.at(mode) && !direction)) return std::nullopt;
  return figures.find(t, *name, direction ? std::optional(direction->as_string()) : std::nullopt, where,
                      fields.span(metric));
}

std::optional<ir::Figure> read_best(const Given& given, const Figures& figures, const ast::Setting& section) {
  const Fields fields = read_fields(given.statics, section, Place::Best, given.scope());
  return read_figure(given, figures, section, fields, KeyId::Best_metric, KeyId::Best_mode);
}

std::optional<ir::Stop> read_stop(const Given& given, const Figures& figures, const ast::Setting& section) {
  Tracer& t = given.statics;
  const Fields fields = read_fields(t, section, Place::Stop, given.scope());
  const auto figure = read_figure(given, figures, section, fields, KeyId::Stop_metric, KeyId::Stop_mode);
  const auto patience = read_integer(t, fields, KeyId::Stop_patience, given.scope());
  if (!fields.at(KeyId::Stop_patience) && !fields.misspelt && section.kind == ast::Setting::Mapping)
    t.fault(section.span, diag::SettingMissing, catalogue::place(Place::Stop).path, "patience")
        .help("say for how many validations the metric may fail to improve: `patience: 5`");
  return figure && patience ? std::optional(ir::Stop{*figure, *patience}) : std::nullopt;
}

/// With what the parameters are changed.
void read_descent(const Given& given, const Figures& figures, const ast::Setting& section, const Fields& fields,
                  ir::Training& training) {
  const ast::Setting* turns = fields.at(KeyId::Train_turns);
  if (turns && turns->kind != ast::Setting::Mapping)
    given.statics.fault(turns->span, diag::SettingKind, "train.turns", "a mapping of turns by name");
  if (turns) training.turns = read_turns(given);
  for (const KeyId other : {KeyId::Train_optimizer, KeyId::Train_groups})
    if (turns && fields.at(other))
      given.statics.fault(fields.span(other), diag::SettingConflict, catalogue::key(other).name, "turns")
          .note(turns->span, "each turn has its own optimizer");
  if (const auto* optimizer = fields.at(KeyId::Train_optimizer)) training.optimizer = read_optimizer(given, *optimizer);
  else if (!fields.misspelt && !turns)
    given.statics.fault(section.span, diag::SettingMissing, "train", "optimizer").help("`optimizer: AdamW(lr=1e-3)`");
  const ast::Setting* groups = fields.at(KeyId::Train_groups);
  if (groups && training.optimizer) training.groups = read_groups(given, figures, *groups, training.optimizer->id);
  if (const auto* schedule = fields.at(KeyId::Train_schedule); schedule && schedule->kind != ast::Setting::Null)
    training.schedule = read_schedule(given, figures, *schedule, given.scope());
}

}  // namespace

ir::Training read_training(const Given& given, const ast::Setting& section, bool validates) {
  ir::Training training;
  const Scope scope = given.scope();
  const Fields fields = read_fields(given.statics, section, Place::Train, scope);
  const auto integer = [&](KeyId key) { return read_integer(given.statics, fields, key, scope); };
  training.epochs = integer(KeyId::Train_epochs);
  training.steps = integer(KeyId::Train_steps);
  check_length(fields, section, given.statics);
  training.batch = integer(KeyId::Train_batch).value_or(training.batch);
  training.batching.accumulate = integer(KeyId::Train_accumulate).value_or(training.batching.accumulate);
  if (const auto drop = read_value(given.statics, fields, KeyId::Train_drop_last, scope))
    training.batching.drop_last = drop->as_bool();
  training.seed = integer(KeyId::Train_seed).value_or(training.seed);
  const Figures figures(given.graphs, validates);
  read_descent(given, figures, section, fields, training);
  if (const auto precision = read_value(given.statics, fields, KeyId::Train_precision, scope))
    training.precision = support::meaning_of(kPrecisions, precision->as_string()).value_or(training.precision);
  training.average = read_number(given.statics, fields, KeyId::Train_average, scope);
  if (const auto* clip = fields.at(KeyId::Train_clip)) training.clip = read_clip(given, *clip);
  if (const auto* every = fields.at(KeyId::Train_every)) training.every = read_every(given, *every);
  if (const auto* best = fields.at(KeyId::Train_best)) training.best = read_best(given, figures, *best);
  if (const auto* stop = fields.at(KeyId::Train_stop)) training.stop = read_stop(given, figures, *stop);
  return training;
}

}  // namespace modelc::recipe
