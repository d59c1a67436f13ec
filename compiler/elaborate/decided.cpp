#include "elaborate/decided.h"

#include "eval/unroll.h"
#include "syntax/expression/expression.h"

namespace modelc::elaborate {

namespace {

using ast::Setting;

/// A scalar with its insertions made.
ast::SettingPtr inserted(eval::Environment& env, const ast::SettingPtr& setting, const eval::Scope& scope) {
  if (!setting->scalar || !setting->node || setting->scalar->text.find("${") == std::string::npos) return setting;
  const ast::Name text{setting->scalar->text, setting->span,
                       syntax::parse_pattern(syntax::Text(*setting->node), env.sink)};
  auto scalar = std::make_shared<ast::Expr>(*setting->scalar);
  scalar->text = eval::name_text(env, text, scope);
  auto made = std::make_shared<Setting>(*setting);
  made->scalar = std::move(scalar);
  return made;
}

}  // namespace

ast::SettingPtr decided(eval::Environment& env, const ast::SettingPtr& setting, const eval::Scope& scope) {
  if (!setting) return setting;
  if (setting->kind != Setting::List && setting->kind != Setting::Mapping) return inserted(env, setting, scope);
  auto made = std::make_shared<Setting>(*setting);
  made->items.clear();
  bool named = false;
  eval::unroll(env, setting->items, scope,
               [&](const ast::Item<ast::SettingPtr>& item, const std::string& name, const eval::Scope& inner) {
                 ast::Item<ast::SettingPtr> entry = item;
                 entry.name.text = name;
                 entry.name.pattern = nullptr;
                 entry.value = decided(env, item.value, inner);
                 named |= !name.empty();
                 made->items.push_back(std::move(entry));
               });
  if (setting->kind == Setting::Mapping && !named && !setting->items.empty()) {
    if (made->items.size() == 1) return made->items[0].value;
    made->kind = made->items.empty() ? Setting::Null : Setting::List;
  }
  return made;
}

}  // namespace modelc::elaborate
