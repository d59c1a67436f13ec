// Sections of a recipe: the keys that stand in one, and their values, each held against its declaration in keys.def.
// Reports M8310 to M8312, and M9001 for a key that is granted and not honoured yet. Knows neither graphs nor data.
#pragma once

#include <map>
#include <optional>

#include "ast/description.h"
#include "catalogue/keys.h"
#include "eval/environment.h"

namespace modelc::recipe {

struct Fields {
  std::map<catalogue::KeyId, ast::SettingPtr> keys;
  std::map<std::string, ast::SettingPtr> arguments;  // of a call, where the section gives some
  bool misspelt = false;  // a key is unknown or could not be read: what seems to be missing may be that

  /// nullptr where the key is not given.
  const ast::Setting* at(catalogue::KeyId key) const;
  /// Where a key stands that is given.
  support::Span span(catalogue::KeyId key) const { return at(key)->span; }
};

/// The keys that stand in a section, `for` and `if` decided; `arguments` may stand beside those of `place`.
Fields read_fields(eval::Environment& env, const ast::Setting& section, catalogue::Place place,
                   const eval::Scope& scope, const std::vector<std::string>& arguments = {});

/// `null` takes away what a base or an earlier layer gave.
bool is_null(const ast::Setting& setting);

/// The expression of a scalar, or null where there is none; what cannot be read is a Hole, after reporting.
ast::ExprPtr expression_of(const ast::Setting& setting, eval::Environment& env);

/// The value of a key in the form of its declaration; nullopt where it is not given, or after reporting.
std::optional<types::Constant> read_value(eval::Environment& env, const Fields& fields, catalogue::KeyId key,
                                          const eval::Scope& scope);
std::optional<std::int64_t> read_integer(eval::Environment& env, const Fields& fields, catalogue::KeyId key,
                                         const eval::Scope& scope);
std::optional<double> read_number(eval::Environment& env, const Fields& fields, catalogue::KeyId key,
                                  const eval::Scope& scope);
/// The text of a key as written: a path, the name of a column.
std::optional<std::string> read_text(eval::Environment& env, const Fields& fields, catalogue::KeyId key);

}  // namespace modelc::recipe
