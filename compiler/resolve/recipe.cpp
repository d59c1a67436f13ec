// The recipe of a document: sources, feed, loss, metrics, training (LANGUAGE §11).
#include <algorithm>

#include "catalogue/keys.h"
#include "resolve/walk.h"

namespace modelc::resolve {

using ast::Setting;
using ast::SettingPtr;
using Catalogue = catalogue::Kind;
using catalogue::Form;
using catalogue::KeyId;
using catalogue::SourceId;

namespace {

/// The expression of a scalar of the recipe.
ast::ExprPtr value_of(const SettingPtr& setting) {
  if (!setting || setting->kind != Setting::Scalar || !setting->scalar) return nullptr;
  const ast::ExprPtr& raw = setting->scalar;
  if (raw->kind != ast::ExprKind::Raw) return raw;
  return raw->children.empty() ? nullptr : raw->children[0];
}

/// The entries of a mapping or list, loops and conditions walked.
template <class Entry>
void entries(Walk& walk, const SettingPtr& setting, const Scope& scope, const Entry& entry) {
  if (setting) each_entry(walk, setting->items, scope, entry);
}

// ---- sources

void column(Walk& walk, Columns& columns, const std::string& name, Span span) {
  const DefinitionId id = define(walk, Kind::Column, name, span, span);
  walk.things.try_emplace(id, Thing::of(Thing::Plain));
  columns.known.emplace(name, id);
}

/// A source, its parts included, and the columns that it names itself.
void source(Walk& walk, const ast::ExprPtr& pointer, const Scope& scope, Columns& columns) {
  if (!pointer) return;
  const ast::Expr& e = *pointer;
  if (e.kind == ast::ExprKind::Raw) {
    if (!e.children.empty()) source(walk, e.children[0], scope, columns);
    return;
  }
  if (e.kind == ast::ExprKind::Conditional) {
    expression(walk, e.children[1], scope);
    source(walk, e.children[0], scope, columns);
    source(walk, e.children[2], scope, columns);
    return;
  }
  if (e.kind == ast::ExprKind::Pipe) {
    source(walk, e.children[0], scope, columns);
    const ast::Expr& right = *e.children[1];
    if (right.kind != ast::ExprKind::Call) return;
    const catalogue::Entry& with = catalogue::entry(SourceId::With);
    if (right.children[0]->text == with.name) use(walk, right.children[0]->span, with.name, {built_in(walk, with)});
    for (const ast::Argument& a : right.args) {
      if (!a.name.empty()) column(walk, columns, a.name, a.name_span);
      expression(walk, a.value, scope);
    }
    return;
  }
  const catalogue::Entry* entry = e.kind == ast::ExprKind::Call && e.children[0]->kind == ast::ExprKind::Name
                                      ? catalogue::find(Catalogue::Source, e.children[0]->text)
                                      : nullptr;
  if (!entry) {
    expression(walk, pointer, scope);
    columns.complete = false;
    return;
  }
  use(walk, e.children[0]->span, entry->name, {built_in(walk, *entry)});
  const auto id = catalogue::id_of<SourceId>(*entry);
  const bool synthetic = id == SourceId::Synthetic, arrays = id == SourceId::Npy;
  const bool parts = id == SourceId::Zip || id == SourceId::Alternate || id == SourceId::Mix;
  // What is not named is drawn by its type: columns called like the inputs and targets.
  if (!synthetic && !arrays && !parts) columns.complete = false;
  Scope drawn = scope;
  drawn.view = {.is_static = false, .in_call = true, .in_feed = true};
  Flow none;
  drawn.flow = &none;
  drawn.columns = &columns;
  for (const ast::Argument& a : e.args) {
    const bool own = !a.name.empty() && entry->argument(a.name);
    if (own) {
      use(walk, a.name_span, a.name, {argument_of(walk, entry->name, a.name, entry->argument(a.name)->text)});
      expression(walk, a.value, scope);
    } else if (parts) {
      if (!a.name.empty()) column(walk, columns, a.name, a.name_span);
      source(walk, a.value, scope, columns);
    } else if (!a.name.empty() && (synthetic || arrays)) {
      column(walk, columns, a.name, a.name_span);
    } else {
      expression(walk, a.value, scope);
    }
  }
  if (!synthetic && !arrays) return;
  for (const ast::Argument& a : e.args) {
    if (a.name.empty() || entry->argument(a.name)) continue;
    if (synthetic) catalogue_call(walk, a.value, Catalogue::Draw, drawn);
    else expression(walk, a.value, scope);
  }
}

void data(Walk& walk, Level& level, const Scope& scope, Columns& columns) {
  const ast::Description& document = *level.document;
  std::vector<ast::ExprPtr> split_by;  // names of columns or of what the feed makes of them
  entries(walk, document.data, scope, [&](const ast::Item<SettingPtr>& item, const Scope& inner) {
    const catalogue::Key* key = catalogue::find_key(catalogue::Place::Data, item.name.text);
    const bool is_source = item.value && item.value->kind == Setting::Scalar;
    if (!key) return;
    if (key->form == catalogue::Form::Column) split_by.push_back(value_of(item.value));
    if (key->id == KeyId::Data_train && is_source) {
      columns.complete = true;
      columns.source = item.value->span;
      source(walk, item.value->scalar, inner, columns);
    } else if ((key->id == KeyId::Data_valid || key->id == KeyId::Data_test) && is_source) {
      Columns own;
      source(walk, item.value->scalar, inner, own);
    } else if (key->id == KeyId::Data_valid && item.value) {
      entries(walk, item.value, inner, [&](const ast::Item<SettingPtr>& part, const Scope& s) {
        const catalogue::Key* way = catalogue::find_key(catalogue::Place::Valid, part.name.text);
        if (way && way->form == catalogue::Form::Column) split_by.push_back(value_of(part.value));
        else expression(walk, value_of(part.value), s);
      });
    }
  });
  Flow flow;
  Scope feed = scope;
  feed.flow = &flow;
  feed.view = {.is_static = false, .in_call = true, .in_feed = true};
  feed.columns = &columns;
  if (document.feed.given) bindings(walk, document.feed.entries, feed);
  for (const ast::ExprPtr& name : split_by) expression(walk, name, feed);
}

// ---- loss and metrics

/// What loss and metrics see: also outputs and targets.
Flow seen_by_loss(const Level& level, const Flow& forward) {
  Flow flow = forward;
  const auto add = [&](const Named& names) {
    for (const auto& [name, ids] : names.plain) {
      auto& reaching = flow.bindings[name];
      if (reaching.empty()) reaching = ids;
    }
  };
  add(level.interface.outputs);
  for (const auto& [name, ids] : level.interface.targets.plain) {
    // A name that means two things is an error there: both are shown.
    auto& reaching = flow.bindings[name];
    reaching.insert(reaching.end(), ids.begin(), ids.end());
  }
  return flow;
}

void loss(Walk& walk, const ast::Block<ast::Binding>& block, const Scope& scope) {
  each_entry(walk, block, scope, [&](const ast::Item<ast::Binding>& item, const Scope& inner) {
    const ast::Binding& term = item.value;
    for (const ast::Name& name : term.targets) define(walk, Kind::Term, name.text, name.span, item.span);
    if (term.nested.empty()) {
      expression(walk, term.value, inner);
      return;
    }
    inner.flow->before.emplace_back();
    bindings(walk, term.nested, inner);
    inner.flow->undo();  // bindings of a term hold in the term alone
  });
}

void metrics(Walk& walk, const ast::Block<ast::Binding>& block, const Scope& scope) {
  each_entry(walk, block, scope, [&](const ast::Item<ast::Binding>& item, const Scope& inner) {
    for (const ast::Name& name : item.value.targets) {
      define(walk, Kind::Metric, name.text, name.span, item.span);
    }
    const ast::ExprPtr& value = item.value.value;
    if (value && value->kind == ast::ExprKind::Call) catalogue_call(walk, value, Catalogue::Metric, inner);
    else expression(walk, value, inner);
  });
}

// ---- training

/// `valid.accuracy`, `train.loss`: a metric or a term behind the name of the split.
void measured(Walk& walk, const Level& level, const SettingPtr& setting) {
  if (!setting || setting->kind != Setting::Scalar || !setting->scalar) return;
  const std::string& text = setting->scalar->text;
  const std::size_t dot = text.rfind('.');
  const std::string name = dot == std::string::npos ? text : text.substr(dot + 1);
  const std::size_t begin = text.size() - name.size();
  const Span span = part_of(setting->span, text.size(), begin, text.size());
  std::vector<DefinitionId> found;
  const auto named = [&](const ast::Block<ast::Binding>& block, Kind kind) {
    for (const auto& item : block) {
      for (const ast::Name& target : item.value.targets) {
        if (target.text == name) found.push_back(define(walk, kind, name, target.span, item.span));
      }
    }
  };
  named(level.document->metrics.entries, Kind::Metric);
  named(level.document->loss.entries, Kind::Term);
  if (found.empty() && name == "loss") found.push_back(built_in(walk, name, "figure", "the loss of a split"));
  if (found.empty()) {
    // Metrics without a name are called by what they measure.
    for (const auto& item : level.document->metrics.entries) {
      const ast::ExprPtr& value = item.value.value;
      if (!item.value.targets.empty() || !value || value->kind != ast::ExprKind::Call) continue;
      if (value->children[0]->text == name) found.push_back(define(walk, Kind::Metric, name, {}, item.span));
    }
  }
  use(walk, span, name, found);
}

void text_paths(Walk& walk, const SettingPtr& setting, const Scope& scope) {
  if (!setting) return;
  if (setting->kind == Setting::Scalar && setting->scalar) {
    path(walk, setting->scalar->text, setting->span, tree_of(*scope.level), scope);
  }
  entries(walk, setting, scope,
          [&](const ast::Item<SettingPtr>& item, const Scope& inner) { text_paths(walk, item.value, inner); });
}

/// `device: {image_encoder: cuda:0}`: paths on the left.
void placement(Walk& walk, const SettingPtr& setting, const Scope& scope) {
  if (!setting || setting->kind != Setting::Mapping) return;
  entries(walk, setting, scope, [&](const ast::Item<SettingPtr>& item, const Scope& inner) {
    path(walk, item.name.text, item.name.span, tree_of(*scope.level), inner);
  });
}

/// `step` and `epoch`, as a schedule sees them, and a loss where nothing else has the name.
Scope with_counters(Walk& walk, Scope scope, bool always) {
  for (const char* name : {"step", "epoch"}) {
    if (!always && !find(walk, name, scope, false).definitions.empty()) continue;
    const DefinitionId id = built_in(walk, name, "counter of the training", "");
    walk.things.try_emplace(id, Thing::of(Thing::Plain));
    scope = scope.with_loop(name, id);
  }
  return scope;
}

void schedule(Walk& walk, const ast::ExprPtr& e, const Scope& scope) {
  if (!e) return;
  if (e->kind == ast::ExprKind::Raw) {
    if (!e->children.empty()) schedule(walk, e->children[0], scope);
  } else if (e->kind == ast::ExprKind::Pipe) {
    schedule(walk, e->children[0], scope);
    schedule(walk, e->children[1], scope);
  } else {
    catalogue_call(walk, e, Catalogue::Schedule, with_counters(walk, scope, true));
  }
}

/// A key of training, wherever in it: the form of its value is the same everywhere.
const catalogue::Key* training_key(std::string_view name) {
  using catalogue::Place;
  for (const Place place : {Place::Train, Place::Groups, Place::Turns, Place::Stop, Place::Best})
    if (const catalogue::Key* key = catalogue::find_key(place, name)) return key;
  const catalogue::Key& freeze = catalogue::key(KeyId::Component_freeze);  // of a phase
  return name == freeze.name ? &freeze : nullptr;
}

/// `train`, a phase, a turn, a group: keys with values of their own kinds.
void training(Walk& walk, const SettingPtr& setting, const Scope& fixed, const Scope& seen) {
  entries(walk, setting, fixed, [&](const ast::Item<SettingPtr>& item, const Scope& inner) {
    const SettingPtr& value = item.value;
    if (!value) return;
    const catalogue::Key* key = training_key(item.name.text);
    const Form form = key ? key->form : Form::Value;  // else an argument of the optimiser
    if (form == Form::Call) {
      catalogue_call(walk, value->scalar, Catalogue::Optimizer, inner);
    } else if (form == Form::Schedule) {
      schedule(walk, value->scalar, inner);
    } else if (form == Form::PathList) {
      text_paths(walk, value, inner);
    } else if (form == Form::Text) {
      measured(walk, *fixed.level, value);
    } else if (form == Form::Expression) {
      expression(walk, value_of(value), seen);
    } else if (form == Form::PathMap) {
      entries(walk, value, inner, [&](const ast::Item<SettingPtr>& pair, const Scope&) {
        use(walk, pair.name.span, pair.name.text, fixed.level->interface.inputs.find(pair.name.text));
        const ast::ExprPtr output = value_of(pair.value);
        if (output) use(walk, output->span, output->text, fixed.level->interface.outputs.find(output->text));
      });
    } else if (value->kind == Setting::Scalar) {
      // `mode: max`, `precision: bf16-mixed`: words; everything else is a static value.
      const ast::ExprPtr e = value_of(value);
      if (e && e->kind != ast::ExprKind::Name) expression(walk, e, inner);
      else if (e && !find(walk, e->text, inner, false).definitions.empty() && !(key && key->type.starts_with('{'))) {
        expression(walk, e, inner);
      }
    } else {
      training(walk, value, inner, seen);
    }
  });
}

}  // namespace

namespace {

/// What turns minimise sees the terms of the loss, where nothing else has their names, and all of it.
Scope with_terms(Walk& walk, const ast::Block<ast::Binding>& loss, Scope scope) {
  const auto add = [&](const std::string& name, DefinitionId id) {
    walk.things.try_emplace(id, Thing::of(Thing::Plain));
    scope = scope.with_loop(name, id);
  };
  for (const ast::Item<ast::Binding>& item : loss)
    for (const ast::Name& term : item.value.targets)
      if (find(walk, term.text, scope, false).definitions.empty())
        add(term.text, define(walk, Kind::Term, term.text, term.span, item.span));
  if (!loss.empty()) add("loss", built_in(walk, "loss", "figure", "the sum of the terms of the loss"));
  return scope;
}

}  // namespace

void walk_recipe(Walk& walk, Level& level, const Flow& flow) {
  const ast::Description& document = *level.document;
  const Scope fixed{&level, nullptr, nullptr, {.is_static = true, .in_call = true}, false, nullptr};
  placement(walk, document.running.device, fixed);
  placement(walk, document.running.dtype, fixed);
  Columns columns;
  data(walk, level, fixed, columns);
  Flow seen = seen_by_loss(level, flow);
  const Scope scored{&level, nullptr, &seen, {.is_static = false, .in_call = true}, true, nullptr};
  const Scope counted = with_counters(walk, scored, false);
  loss(walk, document.loss.entries, counted);
  metrics(walk, document.metrics.entries, counted);
  training(walk, document.train, fixed, with_terms(walk, document.loss.entries, counted));
  entries(walk, document.predict, fixed, [&](const ast::Item<SettingPtr>& item, const Scope&) {
    entries(walk, item.value, scored, [&](const ast::Item<SettingPtr>& part, const Scope& inner) {
      const catalogue::Key* key = catalogue::find_key(catalogue::Place::Generate, part.name.text);
      if (key && key->id == KeyId::Generate_feed) {
        const ast::ExprPtr e = value_of(part.value);
        if (e) use(walk, e->span, e->text, level.interface.inputs.find(e->text));
      } else {
        expression(walk, value_of(part.value), inner);
        // `stop` sees what was appended.
        if (key && key->id == KeyId::Generate_next)
          inner.flow->bind(part.name.text, {define(walk, Kind::Binding, part.name.text, part.name.span, part.span)});
      }
    });
  });
}

}  // namespace modelc::resolve
