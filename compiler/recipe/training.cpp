#include "recipe/training.h"

#include "recipe/optimizer.h"
#include "recipe/settings.h"

namespace modelc::recipe {

using catalogue::KeyId;
using catalogue::Place;

namespace {

/// Reports where it is not said how long to train, or said twice.
void check_length(const Fields& fields, const ast::Setting& section, Tracer& t) {
  const bool epochs = fields.at(KeyId::Train_epochs), steps = fields.at(KeyId::Train_steps);
  if (epochs && steps)
    t.fault(fields.span(KeyId::Train_steps), diag::SettingConflict, "epochs", "steps")
        .note(fields.span(KeyId::Train_epochs), "the other is here");
  if (!epochs && !steps && !fields.misspelt)
    t.fault(section.span, diag::SettingMissing, "train", "epochs").help("say how long: `epochs: 20` or `steps: 1000`");
}

void read_clip(const Given& given, const ast::Setting& section, ir::Training& training) {
  const Scope scope = given.scope();
  const Fields fields = read_fields(given.statics, section, Place::Clip, scope);
  training.clip_norm = read_number(given.statics, fields, KeyId::Clip_norm, scope);
  training.clip_value = read_number(given.statics, fields, KeyId::Clip_value, scope);
}

}  // namespace

ir::Training read_training(const Given& given, const ast::Setting& section) {
  ir::Training training;
  const Scope scope = given.scope();
  const Fields fields = read_fields(given.statics, section, Place::Train, scope);
  const auto integer = [&](KeyId key) { return read_integer(given.statics, fields, key, scope); };
  training.epochs = integer(KeyId::Train_epochs);
  training.steps = integer(KeyId::Train_steps);
  check_length(fields, section, given.statics);
  training.batch = integer(KeyId::Train_batch).value_or(training.batch);
  training.seed = integer(KeyId::Train_seed).value_or(training.seed);
  if (const auto* clip = fields.at(KeyId::Train_clip)) read_clip(given, *clip, training);
  if (const auto* optimizer = fields.at(KeyId::Train_optimizer)) training.optimizer = read_optimizer(given, *optimizer);
  else if (!fields.misspelt)
    given.statics.fault(section.span, diag::SettingMissing, "train", "optimizer").help("`optimizer: AdamW(lr=1e-3)`");
  const ast::Setting* groups = fields.at(KeyId::Train_groups);
  if (groups && training.optimizer) training.groups = read_groups(given, *groups, training.optimizer->id);
  return training;
}

}  // namespace modelc::recipe
