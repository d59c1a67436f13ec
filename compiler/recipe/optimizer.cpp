#include "recipe/optimizer.h"

#include <fmt/format.h>

#include "catalogue/bind.h"
#include "eval/actual.h"
#include "eval/unroll.h"
#include "recipe/schedule.h"
#include "recipe/settings.h"
#include "support/glob.h"

namespace modelc::recipe {

using ast::Setting;
using ast::SettingPtr;
using catalogue::KeyId;
using instantiate::Key;

namespace {

/// What entries of `groups` say of a parameter.
struct Overrides {
  std::map<std::string, types::Constant> arguments;
  std::optional<ir::Schedule> schedule;

  /// The later entry wins, key by key.
  void take(const Overrides& later) {
    for (const auto& [name, value] : later.arguments) arguments[name] = value;
    if (later.schedule) schedule = later.schedule;
  }
  std::string signature() const {
    std::string words;
    for (const auto& [name, value] : arguments) words += name + "=" + value.str() + ";";
    return schedule ? words + "schedule=" + schedule->text : words;
  }
};

const catalogue::Entry* find_optimizer(const ast::Expr& callee, eval::Environment& env) {
  if (const auto* entry = catalogue::find(catalogue::Kind::Optimizer, callee.text)) return entry;
  auto report = env.fault(callee.span, diag::OptimizerUnknown, callee.text);
  const std::vector<std::string> known = catalogue::names(catalogue::Kind::Optimizer);
  if (!report.did_you_mean(callee.text, known, callee.span))
    report.help(fmt::format("there are {}", fmt::join(known, ", ")));
  return nullptr;
}

/// What an entry gives; nullopt after reporting.
std::optional<Overrides> overrides_of(const Given& given, const Figures& figures, const Fields& fields,
                                      const catalogue::Entry& optimizer, Span at, const Scope& scope) {
  Tracer& t = given.statics;
  Arguments args;
  for (const auto& [name, setting] : fields.arguments)
    if (const auto expr = expression_of(*setting, t))
      args.push_back({name, evaluate(t, expr, scope), setting->span, setting->span});
  const auto bound = bound_to(t, optimizer, actuals_of(args), at);
  if (!bound) return std::nullopt;
  Overrides differing;
  // A group says only what differs: what it leaves out is the optimiser's.
  for (const catalogue::Param& p : optimizer.arguments)
    if (bound->given(p.name)) differing.arguments[p.name] = bound->value(p.name);
  if (const Setting* schedule = fields.at(KeyId::Groups_schedule)) {
    differing.schedule = read_schedule(given, figures, *schedule, scope);
    if (!differing.schedule) return std::nullopt;
  }
  return differing;
}

/// Parameters with the same arguments, in the order of the tree.
std::vector<ir::ParameterGroup> grouped(const std::vector<Key>& keys,
                                        const std::map<std::string, Overrides>& overrides) {
  std::vector<ir::ParameterGroup> groups;
  std::map<std::string, std::size_t> places;
  for (const Key& key : keys) {
    const auto found = overrides.find(key.name);
    if (found == overrides.end()) continue;
    const Overrides& own = found->second;
    const auto [at, fresh] = places.emplace(own.signature(), groups.size());
    if (fresh) groups.push_back({{}, {own.arguments.begin(), own.arguments.end()}, own.schedule});
    groups[at->second].tensors.push_back(key.name);
  }
  return groups;
}

}  // namespace

std::vector<std::string> patterns_of(Tracer& t, const Setting& match, const std::vector<Key>& keys,
                                     const Scope& scope) {
  std::vector<std::string> patterns;
  const auto add = [&](const Setting& one) {
    if (one.kind != Setting::Scalar) return;
    patterns.push_back(one.scalar->text);
    if (!t.document.names_missing) instantiate::check_pattern(t, one.scalar->text, one.span, keys);
  };
  if (match.kind != Setting::List) add(match);
  else unroll(t, match.items, scope, [&](const auto& item, const std::string&, const Scope&) { add(*item.value); });
  return patterns;
}

std::optional<ir::Optimizer> read_optimizer(const Given& given, const Setting& setting, const Scope& scope) {
  Tracer& t = given.statics;
  const auto expr = setting.kind == Setting::Scalar ? expression_of(setting, t) : nullptr;
  if (expr && expr->kind == ast::ExprKind::Hole) return std::nullopt;
  const bool calls = expr && expr->kind == ast::ExprKind::Call;
  const ast::Expr* callee = calls ? expr->children[0].get() : expr.get();
  if (!callee || callee->kind != ast::ExprKind::Name) {
    const bool named = callee && callee->kind == ast::ExprKind::Member;  // torch.optim.Adam
    const std::string found = named                              ? fmt::format("`{}` of something", callee->text)
                              : setting.kind == Setting::Mapping ? "a mapping"
                                                                 : "no call";
    auto report = t.fault(setting.span, diag::SettingValue, "train.optimizer", found, "a call: `Adam(lr=1e-3)`");
    if (named)
      report.help(fmt::format("a name stands alone: `{}`", callee->text))
          .fix({callee->span.file, callee->span.begin, callee->name_span.begin}, "");
    return std::nullopt;
  }
  const catalogue::Entry* entry = find_optimizer(*callee, t);
  if (!entry || refused(t, *entry, callee->span)) return std::nullopt;
  const auto args = calls ? evaluate_arguments(t, *expr, scope) : Arguments();
  if (!args) return std::nullopt;
  const auto bound = bound_to(t, *entry, actuals_of(*args), expr->span);
  if (!bound) return std::nullopt;
  ir::Optimizer optimizer;
  optimizer.id = catalogue::id_of<catalogue::OptimizerId>(*entry);
  optimizer.span = expr->span;
  for (std::size_t i = 0; i < entry->arguments.size(); ++i)
    optimizer.args.emplace_back(entry->arguments[i].name, bound->values[i]);
  return optimizer;
}

std::vector<std::string> selected_parameters(const Given& given, const Setting* paths, const Scope& scope) {
  Tracer& t = given.statics;
  const std::vector<Key> keys = instantiate::keys(t.tree);
  const auto type = [&](std::string_view path) { return type_at(t.tree, std::string(path)); };
  const std::vector<std::string> patterns =
      paths ? patterns_of(t, *paths, keys, scope) : std::vector<std::string>{"**"};
  std::vector<std::string> out;
  for (const Key& key : keys)
    if (key.tensor->trainable && support::selects(patterns, key.name, type)) out.push_back(key.name);
  return out;
}

std::vector<ir::ParameterGroup> read_groups(const Given& given, const Figures& figures, const Setting& section,
                                            catalogue::OptimizerId id, const Scope& outer) {
  Tracer& t = given.statics;
  if (id == catalogue::OptimizerId::LBFGS) {
    t.fault(section.span, diag::GroupsRefused, catalogue::name_of(id));
    return {};
  }
  if (section.kind != Setting::List) {
    t.fault(section.span, diag::SettingKind, "train.groups", "a list of `{match: …, lr: …}`");
    return {};
  }
  const catalogue::Entry& optimizer = catalogue::entry(id);
  std::vector<std::string> arguments;
  for (const auto& p : optimizer.arguments) arguments.push_back(p.name);
  const std::vector<Key> keys = instantiate::keys(t.tree);
  const auto type = [&](std::string_view path) { return type_at(t.tree, std::string(path)); };
  std::map<std::string, Overrides> overrides;  // by key of the state_dict
  const auto entry = [&](const ast::Item<SettingPtr>& item, const std::string&, const Scope& scope) {
    const Fields fields = read_fields(t, *item.value, catalogue::Place::Groups, scope, arguments);
    const Setting* match = fields.at(KeyId::Groups_match);
    if (!match) {
      if (!fields.misspelt) t.fault(item.span, diag::SettingMissing, "train.groups", "match");
      return;
    }
    const std::vector<std::string> patterns = patterns_of(t, *match, keys, scope);
    const auto differing = overrides_of(given, figures, fields, optimizer, item.span, scope);
    if (!differing) return;
    for (const Key& key : keys)
      if (key.tensor->trainable && support::selects(patterns, key.name, type)) overrides[key.name].take(*differing);
  };
  unroll(t, section.items, outer, entry);
  return grouped(keys, overrides);
}

}  // namespace modelc::recipe
