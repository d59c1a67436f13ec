#include "recipe/following.h"

#include <fmt/format.h>

#include <algorithm>

#include "recipe/optimizer.h"
#include "support/dotted_path.h"
#include "support/glob.h"

namespace modelc::recipe {

using ast::Setting;
using catalogue::KeyId;
using instantiate::Key;

namespace {

/// The one path under a key; empty after reporting.
std::string path_at(Tracer& t, const Fields& fields, KeyId id, const std::vector<Key>& keys, const Scope& scope) {
  const Setting& setting = *fields.at(id);
  const std::vector<std::string> paths = patterns_of(t, setting, keys, scope);
  if (paths.size() == 1 && !support::is_glob(paths[0]) && !paths[0].starts_with('!')) return paths[0];
  t.fault(setting.span, diag::SettingKind, catalogue::path_of(catalogue::key(id)), "one path");
  return "";
}

bool lies_within(const std::string& name, const std::string& path) {
  return name == path || name.starts_with(path + ".");
}

/// What keeps one parameter from following another; empty where nothing does.
std::string obstacle(const std::string& name, const Key* leader, const Key& follower) {
  if (!leader) return fmt::format("there is no `{}`", name);
  if (leader->tensor->buffer) return fmt::format("`{}` is a buffer", name);
  if (leader->tensor->type == follower.tensor->type) return "";
  return fmt::format("`{}` is {}, `{}` is {}", follower.name, follower.tensor->type.str(), name,
                     leader->tensor->type.str());
}

/// Both start with the values that the one has which is drawn first.
void start_alike(const std::vector<Key>& keys, const Key& follower, const Key& leader) {
  const bool first = &*std::find_if(keys.begin(), keys.end(), [&](const Key& key) {
                         return key.name == follower.name || key.name == leader.name;
                       })->tensor == follower.tensor;
  if (first) leader.tensor->same_as = follower.name;
  else follower.tensor->same_as = leader.name;
}

}  // namespace

ir::Following read_following(const Given& given, const Setting& section, const Fields& fields, const Scope& scope) {
  Tracer& t = given.statics;
  for (const KeyId other : {KeyId::Turns_minimize, KeyId::Turns_optimizer})
    if (fields.at(other)) t.fault(fields.span(other), diag::SettingConflict, "average", catalogue::key(other).name);
  ir::Following out;
  out.decay = read_number(t, fields, KeyId::Turns_decay, scope).value_or(fields.at(KeyId::Turns_decay) ? 0 : 0.99);
  if (!fields.at(KeyId::Turns_update)) {
    t.fault(section.span, diag::SettingMissing, catalogue::place(catalogue::Place::Turns).path, "update");
    return {};
  }
  const std::vector<Key> keys = instantiate::keys(t.tree);
  const std::string own = path_at(t, fields, KeyId::Turns_update, keys, scope),
                    other = path_at(t, fields, KeyId::Turns_average, keys, scope);
  if (own.empty() || other.empty()) return {};
  const auto refuse = [&](const std::string& why) {
    t.fault(fields.span(KeyId::Turns_average), diag::CannotFollow, own, other, why);
    return ir::Following();
  };
  if (lies_within(own, other) || lies_within(other, own)) return refuse("one lies within the other");
  for (const Key& key : keys) {
    if (key.tensor->buffer || !lies_within(key.name, own)) continue;
    const std::string name = other + key.name.substr(own.size());
    const auto leader = std::find_if(keys.begin(), keys.end(), [&](const Key& one) { return one.name == name; });
    const Key* found = leader == keys.end() ? nullptr : &*leader;
    if (const std::string why = obstacle(name, found, key); !why.empty()) return refuse(why);
    out.pairs.emplace_back(key.name, name);
    key.tensor->trainable = false;
    start_alike(keys, key, *found);
  }
  return out.pairs.empty() && !t.document.names_missing ? refuse(fmt::format("`{}` has no parameters", own)) : out;
}

}  // namespace modelc::recipe
