// The keys of a section and their values, held against keys.def.
#include "recipe/settings.h"

#include <doctest/doctest.h>

#include "tests/unit/eval/world.h"

using namespace modelc;
using catalogue::KeyId;
using catalogue::Place;

namespace {

ast::SettingPtr setting_of(const ast::ExprPtr& value) {
  auto setting = std::make_shared<ast::Setting>();
  setting->kind = ast::Setting::Scalar;
  setting->scalar = value;
  return setting;
}

struct Entry {
  std::string key, text;
};

struct Section : eval::World {
  ast::Setting setting;

  Section(std::initializer_list<Entry> entries) {
    setting.kind = ast::Setting::Mapping;
    for (const auto& [key, text] : entries) {
      ast::Item<ast::SettingPtr> item;
      item.name.text = key;
      item.value = setting_of(parsed(text));
      setting.items.push_back(std::move(item));
    }
  }
  recipe::Fields fields(Place place, const std::vector<std::string>& arguments = {}) {
    return recipe::read_fields(*this, setting, place, {}, arguments);
  }
  std::string message() { return sink.found().empty() ? "" : sink.found().back().message; }
};

}  // namespace

TEST_CASE("a value has the form of its declaration") {
  Section train{{"epochs", "2 * 3"}, {"seed", "7"}};
  const recipe::Fields fields = train.fields(Place::Train);
  CHECK(recipe::read_integer(train, fields, KeyId::Train_epochs, {}) == 6);
  CHECK(recipe::read_integer(train, fields, KeyId::Train_seed, {}) == 7);
  CHECK(recipe::read_integer(train, fields, KeyId::Train_batch, {}) == std::nullopt);
  Section clip{{"norm", "1"}};
  CHECK(recipe::read_number(clip, clip.fields(Place::Clip), KeyId::Clip_norm, {}) == 1.0);
  CHECK(train.codes() == "");
  CHECK(clip.codes() == "");
}

TEST_CASE("a value of another kind, or out of range, is told what was declared") {
  Section train{{"epochs", "0"}, {"batch", "2.5"}};
  const recipe::Fields fields = train.fields(Place::Train);
  CHECK_FALSE(recipe::read_integer(train, fields, KeyId::Train_epochs, {}));
  CHECK(train.message() == "`train.epochs` is 0, expected at least 1");
  CHECK_FALSE(recipe::read_integer(train, fields, KeyId::Train_batch, {}));
  CHECK(train.message() == "`train.batch` is the float 2.5, expected an integer");
  Section valid{{"split", "1"}};
  CHECK_FALSE(recipe::read_number(valid, valid.fields(Place::Valid), KeyId::Valid_split, {}));
  CHECK(valid.message() == "`data.valid.split` is 1.0, expected more than 0 and less than 1");
}

TEST_CASE("a key is known, an argument, or misspelt") {
  Section train{{"epochs", "1"}, {"phases", "1"}, {"epocs", "1"}, {"lr", "0.1"}};
  const recipe::Fields fields = train.fields(Place::Train, {"lr"});
  CHECK(fields.at(KeyId::Train_epochs));
  CHECK(fields.at(KeyId::Train_phases));
  CHECK(fields.arguments.count("lr") == 1);
  CHECK(fields.misspelt);
  CHECK(train.codes() == "M8311");
}

TEST_CASE("a section is a mapping, and a text is a scalar") {
  Section train{};
  train.setting.kind = ast::Setting::List;
  CHECK(train.fields(Place::Train).keys.empty());
  CHECK(train.codes() == "M8310");
  Section data{{"root", "\"files\""}};
  recipe::Fields fields = data.fields(Place::Data);
  CHECK(recipe::read_text(data, fields, KeyId::Data_root) == "files");
  fields.keys[KeyId::Data_root]->kind = ast::Setting::List;
  CHECK_FALSE(recipe::read_text(data, fields, KeyId::Data_root));
  CHECK(data.codes() == "M8312");
}
