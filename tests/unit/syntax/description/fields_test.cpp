#include "syntax/description/fields.h"

#include <doctest/doctest.h>

#include <set>

using namespace modelc;
using catalogue::KeyId;

TEST_CASE("fields: a key of the recipe is kept as a setting or as bindings, never as both, each in its place") {
  ast::Description description;
  std::set<const void*> places;
  for (const catalogue::Key& key : catalogue::keys()) {
    CAPTURE(key.name);
    const ast::SettingPtr* setting = syntax::setting_field(description, key.id);
    const syntax::BindingsField bindings = syntax::bindings_field(description, key.id);
    CHECK_FALSE((setting && bindings.block));
    CHECK((bindings.block == nullptr) == (bindings.given == nullptr));
    if (setting) CHECK(places.insert(setting).second);
    if (bindings.block) CHECK(places.insert(bindings.block).second);
  }
  CHECK(places.contains(&description.train));
  CHECK(places.contains(&description.loss.entries));
  CHECK(places.contains(&description.feed.entries));
}

TEST_CASE("fields: bindings count where the file gives them") {
  ast::Description description;
  CHECK(syntax::given_bindings(description, KeyId::Document_loss) == nullptr);
  *syntax::bindings_field(description, KeyId::Document_loss).given = true;
  CHECK(syntax::given_bindings(description, KeyId::Document_loss) == &description.loss.entries);
  CHECK(syntax::given_bindings(description, KeyId::Component_modules) == nullptr);
  CHECK(syntax::setting_field(description, KeyId::Component_modules) == nullptr);
}
