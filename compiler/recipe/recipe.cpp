#include "recipe/recipe.h"

#include "recipe/carry.h"
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
  recipe.has_loss = given.file().loss.given || takes_turns(given.statics, given.scope());
  if (stated(given.file().data)) recipe.data = read_data(given, *given.file().data, judged);
  const bool validates = recipe.data.valid || recipe.data.split.divides();
  if (stated(given.file().train)) {
    Trained trained = read_training(given, *given.file().train, validates);
    recipe.training = std::move(trained.training);
    recipe.phases = std::move(trained.phases);
    check_order(recipe, given.statics);
  }
  if (stated(given.file().predict)) recipe.generate = read_generate(given);
  if (stated(given.file().running.checks)) recipe.checks = read_checks(given, *given.file().running.checks);
  return recipe;
}

}  // namespace modelc::recipe
