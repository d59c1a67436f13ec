#include "recipe/recipe.h"

#include "recipe/checks.h"
#include "recipe/data.h"
#include "recipe/generate.h"
#include "recipe/training.h"
#include "recipe/turns.h"

namespace modelc::recipe {

namespace {

bool stated(const ast::SettingPtr& section) { return section && section->kind != ast::Setting::Null; }

}  // namespace

ir::Recipe read_recipe(const Given& given, bool judged) {
  ir::Recipe recipe;
  recipe.has_loss = given.file().loss.given || takes_turns(given.file());
  if (stated(given.file().data)) recipe.data = read_data(given, *given.file().data, judged);
  const ir::Split& split = recipe.data.split;
  const bool validates = recipe.data.valid || split.fraction > 0 || split.folds > 1 || !split.by.empty();
  if (stated(given.file().train)) recipe.training = read_training(given, *given.file().train, validates);
  if (stated(given.file().predict)) recipe.generate = read_generate(given);
  if (stated(given.file().running.checks)) recipe.checks = read_checks(given, *given.file().running.checks);
  return recipe;
}

}  // namespace modelc::recipe
