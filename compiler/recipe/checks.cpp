#include "recipe/checks.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "compose/compose.h"
#include "eval/unroll.h"
#include "instantiate/tree.h"
#include "recipe/settings.h"

namespace modelc::recipe {

using catalogue::KeyId;
using catalogue::Place;
using ir::Bound;

namespace {

void refuse(const Given& given, const ast::Setting& setting, KeyId key, std::string_view expected) {
  const std::string found = setting.scalar ? fmt::format("`{}`", setting.scalar->text) : std::string("no text");
  given.statics.fault(setting.span, diag::SettingValue, catalogue::path_of(catalogue::key(key)), found, expected);
}

/// Sizes of symbols of the inputs.
std::map<std::string, std::int64_t> read_sizes(const Given& given, const ast::Setting& section) {
  std::map<std::string, std::int64_t> sizes;
  if (section.kind != ast::Setting::Mapping) {
    refuse(given, section, KeyId::Checks_with, "sizes of symbols, `{B: 2}`");
    return sizes;
  }
  const auto entry = [&](const ast::Item<ast::SettingPtr>& item, const std::string& name, const Scope& scope) {
    const std::vector<std::string>& known = given.model.symbol_order;
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      auto report = given.statics.fault(item.name.span.valid() ? item.name.span : item.span, diag::UnknownSymbol, name);
      report.did_you_mean(name, known);
      return;
    }
    const ast::ExprPtr expr = expression_of(*item.value, given.statics);
    const Value value = expr ? evaluate(given.statics, expr, scope) : Value::null();
    if (value.is_int() && value.dim.constant() >= 1) sizes[name] = value.dim.constant();
    else if (!value.is_poison()) refuse(given, *item.value, KeyId::Checks_with, "a size of at least 1");
  };
  unroll(given.statics, section.items, given.scope(), entry);
  return sizes;
}

/// A name that stands under `variants`; empty where none is said.
std::string read_variant(const Given& given, const Fields& fields) {
  const auto name = read_text(given.statics, fields, KeyId::Checks_variant);
  const auto& variants = given.file().variants;
  if (!name || variants.contains(*name)) return name.value_or("");
  std::vector<std::string> known;
  for (const auto& [variant, values] : variants) known.push_back(variant);
  given.statics
      .fault(fields.at(KeyId::Checks_variant)->span, diag::NoSuchVariant, *name,
             given.file().title.text.empty() ? given.file().file.path : given.file().title.text)
      .did_you_mean(*name, known);
  return "";
}

/// A bound `<= 4e9`, else an expression that gives the number.
std::optional<Bound> read_bound(const Given& given, const Fields& fields, KeyId key) {
  const ast::Setting* setting = fields.at(key);
  if (!setting) return std::nullopt;
  static constexpr std::pair<std::string_view, Bound::Relation> kSigns[] = {
      {"<=", Bound::AtMost}, {">=", Bound::AtLeast}, {"==", Bound::Equal}, {"<", Bound::Below}, {">", Bound::Above}};
  Bound bound;
  bound.span = setting->span;
  std::string text = setting->scalar ? setting->scalar->text : std::string();
  bound.words = text;
  for (const auto& [sign, relation] : kSigns) {
    if (!text.starts_with(sign)) continue;
    bound.relation = relation;
    text.erase(0, sign.size());
    std::erase_if(text, [](char c) { return c == ' ' || c == '_'; });
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), bound.number);
    if (error == std::errc() && end == text.data() + text.size() && !text.empty()) return bound;
    refuse(given, *setting, key, "a number, or a bound such as `<= 4e9`");
    return std::nullopt;
  }
  const ast::ExprPtr expr = expression_of(*setting, given.statics);
  const Value value = expr ? evaluate(given.statics, expr, given.scope()) : Value::null();
  if (value.is_int() || value.kind == Value::Float) {
    bound.number = value.as_double();
    return bound;
  }
  if (!value.is_poison()) refuse(given, *setting, key, "a number, or a bound such as `<= 4e9`");
  return std::nullopt;
}

/// One size of a type: a symbol by its name, else what the expression gives.
std::optional<std::string> size_words(const Given& given, const ast::ExprPtr& size) {
  const std::vector<std::string>& symbols = given.model.symbol_order;
  if (size->kind == ast::ExprKind::Name && std::find(symbols.begin(), symbols.end(), size->text) != symbols.end())
    return size->text;
  const Value value = evaluate(given.statics, size, given.scope());
  if (value.kind == Value::Int) return value.dim.str();
  if (!value.is_poison())
    given.statics.fault(size->span, diag::SettingValue, catalogue::path_of(catalogue::key(KeyId::Checks_output)),
                        value.describe(), "an integer for each size");
  return std::nullopt;
}

/// The type as the compiler writes it, values of params put in.
std::optional<ir::Demand> read_type(const Given& given, const ast::Setting& setting, KeyId key) {
  const ast::ExprPtr raw = setting.scalar;
  const ast::ExprPtr expr = raw && !raw->children.empty() ? raw->children[0] : nullptr;
  const auto dtype_of = [](const std::string& word) { return types::parse_dtype(word); };
  if (raw && raw->text.ends_with("[]") && dtype_of(raw->text.substr(0, raw->text.size() - 2)))
    return ir::Demand{raw->text, setting.span};
  if (!expr || expr->kind != ast::ExprKind::Index || expr->children[0]->kind != ast::ExprKind::Name ||
      !dtype_of(expr->children[0]->text)) {
    refuse(given, setting, key, "the type of a tensor, `float[2, 1000]`");
    return std::nullopt;
  }
  std::string text = expr->children[0]->text + "[";
  for (std::size_t i = 1; i < expr->children.size(); ++i) {
    const auto words = size_words(given, expr->children[i]);
    if (!words) return std::nullopt;
    text += (i > 1 ? ", " : "") + *words;
  }
  return ir::Demand{text + "]", setting.span};
}

/// One type, several in order, or each by the name of its output.
std::vector<ir::OutputDemand> read_outputs(const Given& given, const ast::Setting& setting, KeyId key) {
  std::vector<ir::OutputDemand> outputs;
  const auto add = [&](const std::string& name, const Given& inner, const ast::Setting& one) {
    if (auto type = read_type(inner, one, key)) outputs.push_back({name, std::move(*type)});
  };
  if (setting.kind != ast::Setting::Mapping && setting.kind != ast::Setting::List) {
    add("", given, setting);
    return outputs;
  }
  unroll(given.statics, setting.items, given.scope(),
         [&](const ast::Item<ast::SettingPtr>& item, const std::string& name, const Scope& scope) {
           add(name, given.within(scope.loops), *item.value);
         });
  return outputs;
}

std::string read_path(const Given& given, const Fields& fields, KeyId key) {
  const auto text = read_text(given.statics, fields, key);
  return text ? compose::resolve_path(given.file().file.folder, *text) : std::string();
}

std::optional<ir::SameOutput> read_same_output(const Given& given, const ast::Setting& section) {
  const Fields fields = read_fields(given.statics, section, Place::SameOutput, given.scope());
  ir::SameOutput same;
  same.span = section.span;
  bool whole = section.kind == ast::Setting::Mapping;
  for (const auto& [key, path] :
       {std::pair{KeyId::SameOutput_weights, &same.weights}, std::pair{KeyId::SameOutput_inputs, &same.inputs},
        std::pair{KeyId::SameOutput_outputs, &same.outputs}}) {
    if (fields.at(key)) {
      *path = read_path(given, fields, key);
    } else if (whole && !fields.misspelt) {
      given.statics.fault(section.span, diag::SettingMissing, catalogue::place(Place::SameOutput).path,
                          catalogue::key(key).name);
      whole = false;
    }
    whole = whole && !path->empty();
  }
  same.tolerance =
      read_number(given.statics, fields, KeyId::SameOutput_tolerance, given.scope()).value_or(same.tolerance);
  return whole ? std::optional(same) : std::nullopt;
}

ir::Check read_check(const Given& given, const ast::Setting& section) {
  const Fields fields = read_fields(given.statics, section, Place::Checks, given.scope());
  ir::Check check;
  check.span = section.span;
  check.variant = read_variant(given, fields);
  if (const auto* sizes = fields.at(KeyId::Checks_with)) check.sizes = read_sizes(given, *sizes);
  if (const auto* output = fields.at(KeyId::Checks_output))
    check.outputs = read_outputs(given, *output, KeyId::Checks_output);
  check.parameters = read_bound(given, fields, KeyId::Checks_parameters);
  check.flops = read_bound(given, fields, KeyId::Checks_flops);
  if (const auto* keys = fields.at(KeyId::Checks_keys))
    check.keys = ir::Demand{read_path(given, fields, KeyId::Checks_keys), keys->span};
  if (const auto* same = fields.at(KeyId::Checks_same_output_as)) check.same_output = read_same_output(given, *same);
  return check;
}

}  // namespace

std::vector<ir::Check> read_checks(const Given& given, const ast::Setting& section) {
  std::vector<ir::Check> checks;
  if (section.kind == ast::Setting::Mapping) return {read_check(given, section)};
  unroll(given.statics, section.items, given.scope(),
         [&](const ast::Item<ast::SettingPtr>& item, const std::string&, const Scope& scope) {
           checks.push_back(read_check(given.within(scope.loops), *item.value));
         });
  return checks;
}

}  // namespace modelc::recipe
