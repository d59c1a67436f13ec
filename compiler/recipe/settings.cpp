#include "recipe/settings.h"

#include <fmt/format.h>

#include <algorithm>

#include "ast/raw.h"
#include "catalogue/bind.h"
#include "eval/unroll.h"

namespace modelc::recipe {

using ast::Setting;
using ast::SettingPtr;
using catalogue::Key;
using catalogue::KeyId;
using eval::Value;

const Setting* Fields::at(KeyId key) const {
  const auto found = keys.find(key);
  return found == keys.end() ? nullptr : found->second.get();
}

namespace {

/// Where a key stands that this place does not have; empty where it stands nowhere.
std::string words_of_place(catalogue::Place place, const std::string& name) {
  for (const catalogue::PlaceInfo& info : catalogue::places()) {
    if (info.place == place || info.place == catalogue::Place::Module || info.place == catalogue::Place::Control)
      continue;
    const Key* key = catalogue::find_key(info.place, name);
    if (key && key->supported())
      return info.path.empty() ? fmt::format("`{}` stands at the top of the file", name)
                               : fmt::format("`{}` stands under `{}`", name, info.path);
  }
  for (const catalogue::Entry& optimizer : catalogue::entries(catalogue::Kind::Optimizer))
    for (const types::Param& argument : optimizer.arguments)
      if (argument.name == name)
        return fmt::format("`{}` is an argument of the optimizer: `optimizer: {}({}=…)`", name, optimizer.name, name);
  return {};
}

}  // namespace

Fields read_fields(eval::Environment& env, const Setting& section, catalogue::Place place, const eval::Scope& scope,
                   const std::vector<std::string>& arguments) {
  Fields fields;
  const std::string_view where = catalogue::place(place).path;
  if (section.kind != Setting::Mapping) {
    if (section.kind == Setting::Null) return fields;
    auto report = env.fault(section.span, diag::SettingKind, where, "a mapping");
    if (const Key* key = catalogue::key_at(where)) report.help(fmt::format("for example `{}`", key->example));
    return fields;
  }
  fields.misspelt = section.node && section.node->lost;
  const auto entry = [&](const ast::Item<SettingPtr>& item, const std::string& name, const eval::Scope&) {
    const support::Span at = item.name.span.valid() ? item.name.span : item.span;
    const Key* key = catalogue::find_key(place, name);
    if (key && !key->supported()) {
      env.fault(at, diag::NotSupportedYet, fmt::format("`{}`", catalogue::path_of(*key)));
    } else if (key) {
      fields.keys[key->id] = item.value;
    } else if (std::find(arguments.begin(), arguments.end(), name) != arguments.end()) {
      fields.arguments[name] = item.value;
    } else {
      fields.misspelt = true;
      std::vector<std::string> all = catalogue::names_of(place);
      all.insert(all.end(), arguments.begin(), arguments.end());
      auto report = env.fault(at, diag::SettingUnknown, where, name);
      if (report.did_you_mean(name, all)) return;
      const std::string elsewhere = words_of_place(place, name);
      report.help(!elsewhere.empty() ? elsewhere : fmt::format("it has `{}`", fmt::join(all, "`, `")));
    }
  };
  eval::unroll(env, section.items, scope, entry);
  return fields;
}

bool is_null(const Setting& setting) {
  if (setting.kind == Setting::Null) return true;
  if (setting.kind != Setting::Scalar || !setting.scalar) return false;
  const ast::Expr& scalar = *setting.scalar;
  const bool raw = scalar.kind == ast::ExprKind::Raw && scalar.children[0];
  return (raw ? *scalar.children[0] : scalar).kind == ast::ExprKind::Null;
}

ast::ExprPtr expression_of(const Setting& setting, eval::Environment& env) {
  if (!setting.scalar) return nullptr;
  ast::ExprPtr expr = ast::expression_in(setting.scalar, env.sink);
  env.whole &= expr->kind != ast::ExprKind::Hole;
  return expr;
}

namespace {

/// Enumerated words are text as they stand: `mode: max` is no function.
bool takes_words(const types::Param& param) {
  return std::all_of(param.alternatives.begin(), param.alternatives.end(),
                     [](const types::Param::Alternative& one) { return !one.words.empty(); });
}

bool is_written_text(const Setting& setting) { return setting.kind == Setting::Scalar && setting.scalar; }

/// One of the words that stand beside other kinds of values: `average: swa`.
bool is_word_of(const types::Param& param, const Setting& setting) {
  return is_written_text(setting) &&
         std::any_of(param.alternatives.begin(), param.alternatives.end(), [&](const types::Param::Alternative& one) {
           return std::find(one.words.begin(), one.words.end(), setting.scalar->text) != one.words.end();
         });
}

}  // namespace

std::optional<types::Constant> read_value(eval::Environment& env, const Fields& fields, KeyId id,
                                          const eval::Scope& scope) {
  const Setting* setting = fields.at(id);
  if (!setting) return std::nullopt;
  const Key& key = catalogue::key(id);
  const types::Param param = types::parse_param(fmt::format("{}: {}", key.name, key.type));
  const bool word = (takes_words(param) && is_written_text(*setting)) || is_word_of(param, *setting);
  const auto expr = word || takes_words(param) ? nullptr : expression_of(*setting, env);
  const Value value = expr ? evaluate(env, expr, scope) : word ? Value::of(setting->scalar->text) : Value::null();
  if (value.is_poison()) return std::nullopt;
  const auto given = to_constant(value);
  auto constant = given ? catalogue::fitted(param, *given) : std::nullopt;
  const bool number = constant && (constant->is_int() || constant->is_float());
  if (constant && !(number && !param.range.contains(constant->as_double()))) return constant;
  auto report = env.fault(setting->span, diag::SettingValue, catalogue::path_of(key),
                          constant           ? constant->str()
                          : !value.is_null() ? value.describe()
                                             : "no value",
                          constant ? param.range.words() : param.kind_words());
  if (value.kind == Value::String)
    for (const types::Param::Alternative& alternative : param.alternatives)
      report.did_you_mean(value.text, alternative.words);
  return std::nullopt;
}

std::optional<std::int64_t> read_integer(eval::Environment& env, const Fields& fields, KeyId key,
                                         const eval::Scope& scope) {
  const auto value = read_value(env, fields, key, scope);
  return value ? std::optional(value->as_int()) : std::nullopt;
}

std::optional<double> read_number(eval::Environment& env, const Fields& fields, KeyId key, const eval::Scope& scope) {
  const auto value = read_value(env, fields, key, scope);
  return value ? std::optional(value->as_double()) : std::nullopt;
}

std::optional<std::string> read_text(eval::Environment& env, const Fields& fields, KeyId key) {
  const Setting* setting = fields.at(key);
  if (!setting) return std::nullopt;
  if (setting->kind == Setting::Scalar && setting->scalar) return setting->scalar->text;
  env.fault(setting->span, diag::SettingValue, catalogue::path_of(catalogue::key(key)), "no text", "a text");
  return std::nullopt;
}

}  // namespace modelc::recipe
