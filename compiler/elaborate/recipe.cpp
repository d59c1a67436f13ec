#include <fmt/format.h>

#include <algorithm>

#include "ast/raw.h"
#include "compose/compose.h"
#include "elaborate/recipe_reader.h"
#include "eval/actual.h"
#include "eval/unroll.h"
#include "instantiate/paths.h"
#include "support/glob.h"

namespace modelc::elaborate {

using ast::Setting;
using ast::SettingPtr;
using catalogue::SourceId;

namespace {

ast::ExprPtr expression_of(const Setting& setting, diagnostics::Sink& sink) {
  return setting.scalar ? ast::expression_in(setting.scalar, sink) : nullptr;
}

}  // namespace

RecipeReader::Fields RecipeReader::fields(const Setting& setting, catalogue::Place place, const Scope& scope,
                                          const std::vector<std::string>& also) {
  Fields found;
  misspelt_ = false;
  const std::string where(catalogue::place(place).path);
  if (setting.kind != Setting::Mapping) {
    if (setting.kind != Setting::Null) t_.sink.report(setting.span, diag::SettingKind, where, "a mapping");
    return found;
  }
  unroll(t_, setting.items, scope, [&](const ast::Item<SettingPtr>& item, const std::string& name, const Scope&) {
    const Span at = item.name.span.valid() ? item.name.span : item.span;
    const catalogue::Key* key = catalogue::find_key(place, name);
    if (key && !key->supported()) {
      t_.sink.report(at, diag::NotSupportedYet, fmt::format("`{}.{}`", where, name));
    } else if (key || std::find(also.begin(), also.end(), name) != also.end()) {
      found[name] = item.value;
    } else {
      std::vector<std::string> all = catalogue::names_of(place);
      all.insert(all.end(), also.begin(), also.end());
      misspelt_ = true;
      auto report = t_.sink.report(at, diag::SettingUnknown, where, name);
      report.did_you_mean(name, all);
    }
  });
  return found;
}

std::optional<std::int64_t> RecipeReader::integer(const SettingPtr& setting, const std::string& key, std::int64_t least,
                                                  const Scope& scope) {
  const auto expr = expression_of(*setting, t_.sink);
  const Value v = expr ? evaluate(t_, expr, scope) : Value::null();
  if (v.is_poison()) return std::nullopt;
  if (!v.is_int() || v.dim.constant() < least) {
    t_.sink.report(setting->span, diag::SettingValue, key, expr ? v.describe() : "no number",
                   fmt::format("an integer of at least {}", least));
    return std::nullopt;
  }
  return v.dim.constant();
}

std::optional<double> RecipeReader::number(const SettingPtr& setting, const std::string& key, const Scope& scope) {
  const auto expr = expression_of(*setting, t_.sink);
  const Value v = expr ? evaluate(t_, expr, scope) : Value::null();
  if (v.is_poison()) return std::nullopt;
  if (!v.is_int() && v.kind != Value::Float) {
    t_.sink.report(setting->span, diag::SettingValue, key, expr ? v.describe() : "no number", "a number");
    return std::nullopt;
  }
  return v.as_double();
}

std::optional<std::string> RecipeReader::text(const SettingPtr& setting, const std::string& key) {
  if (setting->kind != Setting::Scalar || !setting->scalar) {
    t_.sink.report(setting->span, diag::SettingValue, key, "no text", "a text");
    return std::nullopt;
  }
  return setting->scalar->text;
}

void RecipeReader::read(bool judged) {
  const ast::Description& file = t_.document.root();
  ir::Recipe& recipe = recipe_;
  recipe.has_loss = file.loss_given;
  for (const auto& item : file.feed)
    for (const ast::Name& n : item.value.targets) fed_.insert(n.text);
  if (file.data && file.data->kind != Setting::Null) read_data(*file.data, judged);
  if (file.train && file.train->kind != Setting::Null) read_train(*file.train);
}

void RecipeReader::read_root(const Fields& f) {
  root_ = t_.document.root().folder;
  if (!options_.data_root.empty()) {
    root_ = options_.data_root;
  } else if (f.count("root")) {
    if (const auto folder = text(f.at("root"), "data.root")) {
      // A path in a file is relative to the file, one of the command line to where the command runs.
      const auto* sources = options_.sources;
      const support::FileId at = f.at("root")->span.file;
      const bool typed = sources && sources->contains(at) && sources->file(at).path().starts_with("--set");
      root_ = typed ? *folder : compose::resolve_path(t_.document.root().folder, *folder);
    }
  }
}

void RecipeReader::read_data(const Setting& data, bool judged) {
  const Scope scope = static_scope(model_.level);
  ir::Recipe& recipe = recipe_;
  recipe.span = data.span;
  const Fields f = fields(data, catalogue::Place::Data, scope);
  read_root(f);
  recipe.root = root_;
  if (!f.count("train")) {
    if (!misspelt_) t_.sink.report(data.span, diag::SettingMissing, "data", "train").help("`train: csv(\"file.csv\")`");
    return;
  }
  const SettingPtr& train = f.at("train");
  if (train->kind != Setting::Scalar) {
    t_.sink.report(train->span, diag::SettingKind, "data.train", "a source");
    return;
  }
  recipe.train = read_source(train->scalar, scope);
  if (!recipe.train) return;
  recipe.has_data = true;
  // `null` takes away what a base or an earlier layer gave.
  const auto given = [&](const char* key) {
    if (!f.count(key) || f.at(key)->kind == Setting::Null) return false;
    const auto expr = f.at(key)->kind == Setting::Scalar ? expression_of(*f.at(key), t_.sink) : nullptr;
    return !(expr && expr->kind == ast::ExprKind::Null);
  };
  if (given("valid")) read_valid(f.at("valid"), scope);
  if (given("test")) {
    if (f.at("test")->kind == Setting::Scalar) recipe.test = read_source(f.at("test")->scalar, scope);
    else t_.sink.report(f.at("test")->span, diag::SettingKind, "data.test", "a source");
  }
  // Faults of the model are reported; what is fed to it cannot be judged then.
  if (!judged || t_.sink.has_errors()) return;
  // One feed for each set of columns: the parts of an `alternate`, else the source itself.
  const ir::Source& source = *recipe.train;
  if (source.kind == SourceId::Alternate) {
    for (const auto& [name, part] : source.parts) {
      if (part.known) read_feed(part);
      else recipe.feeds.emplace_back();
    }
  } else if (source.known) {
    read_feed(source);
  } else {
    recipe.feeds.emplace_back();
  }
  if (recipe.feeds.empty()) return;  // the feed is faulty
  for (const auto* other : {&recipe.valid, &recipe.test}) {
    if (!*other || !(*other)->known || !source.known || (*other)->kind == SourceId::Alternate ||
        source.kind == SourceId::Alternate)
      continue;
    for (const ir::Input& input : recipe.feeds[0].inputs) {
      const bool there = std::any_of((*other)->columns.begin(), (*other)->columns.end(),
                                     [&](const auto& c) { return c.name == input.name; });
      if (!there)
        t_.sink.report((*other)->span, diag::DataColumnMissing, input.name).note(source.span, "`train` has it");
    }
  }
}

void RecipeReader::read_valid(const SettingPtr& setting, const Scope& scope) {
  ir::Recipe& recipe = recipe_;
  if (setting->kind == Setting::Scalar) {
    recipe.valid = read_source(setting->scalar, scope);
    return;
  }
  const Fields f = fields(*setting, catalogue::Place::Valid, scope);
  const char* first = nullptr;
  for (const char* way : {"split", "folds", "by"}) {
    if (!f.count(way)) continue;
    if (!first) {
      first = way;
      continue;
    }
    t_.sink.report(f.at(way)->span, diag::SettingConflict, first, way).note(f.at(first)->span, "the other is here");
    return;
  }
  if (f.count("fold") && !f.count("folds")) {
    t_.sink.report(f.at("fold")->span, diag::SettingMissing, "data.valid", "folds").help("`{folds: 5, fold: 0}`");
    return;
  }
  if (f.count("split")) {
    if (const auto fraction = number(f.at("split"), "split", scope)) {
      if (*fraction <= 0 || *fraction >= 1)
        t_.sink.report(f.at("split")->span, diag::SettingValue, "split", types::Constant(*fraction).str(),
                       "a number between 0 and 1");
      else recipe.split.fraction = *fraction;
    }
  }
  if (f.count("folds")) {
    recipe.split.folds = integer(f.at("folds"), "folds", 2, scope).value_or(0);
    if (f.count("fold")) recipe.split.fold = integer(f.at("fold"), "fold", 0, scope).value_or(0);
    if (recipe.split.folds > 0 && recipe.split.fold >= recipe.split.folds) {
      t_.sink.report(f.at("fold")->span, diag::SettingValue, "fold", std::to_string(recipe.split.fold),
                     fmt::format("0 to {}", recipe.split.folds - 1));
    }
  }
  const auto named_column = [&](const char* key, std::string& into) {
    if (!f.count(key)) return;
    const auto name = text(f.at(key), key);
    if (!name) return;
    into = *name;
    bool known = !recipe.train->known || fed_.count(*name);
    for (const auto& c : recipe.train->columns) known |= c.name == *name;
    if (!known) t_.sink.report(f.at(key)->span, diag::DataColumnMissing, *name);
  };
  named_column("stratify", recipe.split.stratify);
  named_column("by", recipe.split.by);
  if (!f.count("split") && !f.count("folds") && !f.count("by")) {
    t_.sink.report(setting->span, diag::SettingMissing, "data.valid", "split")
        .help("`valid: {split: 0.2}` or `{folds: 5, fold: 0}`, or a source");
  }
}

void RecipeReader::read_train(const Setting& train) {
  const Scope scope = static_scope(model_.level);
  ir::Recipe& recipe = recipe_;
  recipe.has_train = true;
  const Fields f = fields(train, catalogue::Place::Train, scope);
  if (f.count("epochs")) recipe.epochs = integer(f.at("epochs"), "epochs", 1, scope);
  if (f.count("steps")) recipe.steps = integer(f.at("steps"), "steps", 1, scope);
  if (f.count("epochs") && f.count("steps")) {
    t_.sink.report(f.at("steps")->span, diag::SettingConflict, "epochs", "steps")
        .note(f.at("epochs")->span, "the other is here");
  }
  const bool misspelt = misspelt_;  // what is missing may be what was misspelt
  if (!f.count("epochs") && !f.count("steps") && !misspelt) {
    t_.sink.report(train.span, diag::SettingMissing, "train", "epochs")
        .help("say how long: `epochs: 20` or `steps: 1000`");
  }
  if (f.count("batch")) recipe.batch = integer(f.at("batch"), "batch", 1, scope).value_or(32);
  if (f.count("seed")) recipe.seed = integer(f.at("seed"), "seed", 0, scope).value_or(0);
  if (f.count("clip")) read_clip(*f.at("clip"), scope);
  if (!f.count("optimizer")) {
    if (!misspelt)
      t_.sink.report(train.span, diag::SettingMissing, "train", "optimizer").help("`optimizer: AdamW(lr=1e-3)`");
    return;
  }
  const SettingPtr& setting = f.at("optimizer");
  const auto expr = setting->kind == Setting::Scalar ? expression_of(*setting, t_.sink) : nullptr;
  if (expr && expr->kind == ast::ExprKind::Hole) return;
  const ast::Expr* callee = expr && expr->kind == ast::ExprKind::Call ? expr->children[0].get() : expr.get();
  if (!callee || callee->kind != ast::ExprKind::Name) {
    t_.sink.report(setting->span, diag::SettingValue, "optimizer", "this", "a call: `Adam(lr=1e-3)`");
    return;
  }
  const catalogue::Entry* entry = catalogue::find(catalogue::Kind::Optimizer, callee->text);
  if (!entry) {
    auto report = t_.sink.report(callee->span, diag::OptimizerUnknown, callee->text);
    const std::vector<std::string> known = catalogue::names(catalogue::Kind::Optimizer);
    if (!report.did_you_mean(callee->text, known)) report.help(fmt::format("there are {}", fmt::join(known, ", ")));
    return;
  }
  Arguments args;
  if (expr->kind == ast::ExprKind::Call) {
    auto given = evaluate_arguments(t_, *expr, scope);
    if (!given) return;
    args = std::move(*given);
  }
  const catalogue::Bound bound =
      catalogue::bind(catalogue::signature_of(*entry), actuals_of(args), expr->span, t_.sink);
  if (catalogue::refuse_not_yet(*entry, callee->span, t_.sink) || !bound.usable()) return;
  ir::Optimizer optimizer;
  optimizer.id = catalogue::id_of<catalogue::OptimizerId>(*entry);
  optimizer.span = expr->span;
  for (std::size_t i = 0; i < entry->arguments.size(); ++i)
    optimizer.args.emplace_back(entry->arguments[i].name, bound.values[i]);
  recipe.optimizer = std::move(optimizer);
  if (f.count("groups")) read_groups(*f.at("groups"), scope);
}

void RecipeReader::read_clip(const Setting& clip, const Scope& scope) {
  const Fields f = fields(clip, catalogue::Place::Clip, scope);
  // A bound of 0 or less would stop the descent, or turn it round.
  const auto bound = [&](const char* key, std::optional<double>& into) {
    if (!f.count(key)) return;
    const auto given = number(f.at(key), key, scope);
    if (given && !(*given > 0))
      t_.sink.report(f.at(key)->span, diag::SettingValue, key, types::Constant(*given).str(), "a number more than 0");
    else into = given;
  };
  bound("norm", recipe_.clip_norm);
  bound("value", recipe_.clip_value);
}

void RecipeReader::read_groups(const Setting& groups, const Scope& scope) {
  ir::Recipe& recipe = recipe_;
  if (groups.kind != Setting::List) {
    t_.sink.report(groups.span, diag::SettingKind, "train.groups", "a list of `{match: …, lr: …}`");
    return;
  }
  const catalogue::Entry& optimizer = catalogue::entry(recipe.optimizer->id);
  // A group says only what differs: what it leaves out is the optimiser's.
  const auto keys = instantiate::keys(t_.tree);
  const auto type = [&](std::string_view p) { return type_at(t_.tree, std::string(p)); };
  std::map<std::string, std::map<std::string, types::Constant>> given;  // by key of the state_dict
  std::vector<std::string> arguments;
  for (const auto& p : optimizer.arguments) arguments.push_back(p.name);
  unroll(t_, groups.items, scope, [&](const ast::Item<SettingPtr>& item, const std::string&, const Scope& inner) {
    const Fields f = fields(*item.value, catalogue::Place::Groups, inner, arguments);
    std::vector<std::string> patterns;
    if (!f.count("match")) {
      if (!misspelt_) t_.sink.report(item.span, diag::SettingMissing, "train.groups", "match");
      return;
    }
    const Setting& match = *f.at("match");
    const auto add = [&](const Setting& s) {
      if (s.kind != Setting::Scalar) return;
      patterns.push_back(s.scalar->text);
      instantiate::check_pattern(t_, s.scalar->text, s.span, keys);
    };
    if (match.kind == Setting::List)
      unroll(t_, match.items, inner,
             [&](const ast::Item<SettingPtr>& m, const std::string&, const Scope&) { add(*m.value); });
    else add(match);
    std::vector<GivenArgument> args;
    for (const auto& [name, setting] : f) {
      if (name == "match") continue;
      const auto expr = expression_of(*setting, t_.sink);
      if (expr) args.push_back({name, evaluate(t_, expr, inner), setting->span, setting->span});
    }
    const catalogue::Bound bound =
        catalogue::bind(catalogue::signature_of(optimizer), actuals_of(args), item.span, t_.sink);
    if (!bound.usable()) return;
    for (const auto& key : keys) {
      if (!key.tensor->trainable || !support::selects(patterns, key.name, type)) continue;
      for (const catalogue::Param& p : optimizer.arguments)
        if (bound.given(p.name)) given[key.name][p.name] = bound.value(p.name);
    }
  });
  std::map<std::string, std::size_t> by_text;
  for (const auto& key : keys) {
    const auto found = given.find(key.name);
    if (found == given.end()) continue;
    std::string signature;
    for (const auto& [name, value] : found->second) signature += name + "=" + value.str() + ";";
    const auto [at, fresh] = by_text.emplace(signature, recipe.groups.size());
    if (fresh) {
      recipe.groups.emplace_back();
      for (const auto& [name, value] : found->second) recipe.groups.back().args.emplace_back(name, value);
    }
    recipe.groups[at->second].tensors.push_back(key.name);
  }
}

}  // namespace modelc::elaborate
