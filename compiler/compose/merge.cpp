#include "compose/merge.h"

#include <algorithm>

#include "compose/settings.h"
#include "support/words.h"
#include "syntax/description/fields.h"

namespace modelc::compose {
namespace {

using ast::Block;
using ast::Description;
using ast::Item;
using ast::ItemKind;
using catalogue::KeyId;
using support::Span;

bool deletes(const ast::Declaration& d) { return d.deleted; }
bool deletes(const ast::ModuleDef& d) { return d.kind == ast::ModuleKind::Deleted; }
bool deletes(const ast::Definition& d) { return !d.is_function && (!d.value || is_null(d.value)); }

template <class T>
bool is_plain(const Item<T>& item) {
  return item.kind == ItemKind::Entry && !item.name.empty() && !item.name.pattern;
}

template <class T>
int top_generation(const Block<T>& block) {
  int top = 0;
  for (const Item<T>& item : block) top = std::max(top, item.generation);
  return top;
}

template <class T>
void restamp(Block<T>& block, int generation) {
  for (Item<T>& item : block) {
    item.generation = generation;
    restamp(item.body, generation);
    for (ast::Branch<T>& branch : item.branches) restamp(branch.body, generation);
  }
}

template <class T>
std::vector<std::string> plain_names(const Block<T>& block) {
  std::vector<std::string> names;
  for (const Item<T>& item : block) {
    if (is_plain(item)) names.push_back(item.name.text);
  }
  return names;
}

class Merger {
 public:
  Merger(const Description& base, const Description& own, std::vector<AddedParam>& added, diagnostics::Sink& sink)
      : base_(base), own_(own), added_(added), sink_(sink), out_(std::make_shared<Description>(base)) {}

  Merged run() {
    layer_ = close_layer(*out_);
    identity();
    named_things();
    body();
    whole_keys();
    edits();
    return {out_, complete_};
  }

 private:
  bool has(KeyId id) const { return own_.keys.contains(std::string(catalogue::key(id).name)); }

  void missing(const std::string& name, Span span, KeyId key, const std::vector<std::string>& known) {
    if (base_.faulty_keys) return;
    complete_ = false;
    auto report = sink_.report(span, diag::BaseLacksEntry, name, catalogue::key(key).name);
    report.did_you_mean(name, known);
  }

  void restated(std::string_view key, const ast::Name& own, const ast::Name& base, bool deletes = false) {
    out_->restated.push_back({std::string(key), own.text, own.span, base.span, deletes});
  }

  template <class T, class Restate>
  void block(Block<T>& base, const Block<T>& own, KeyId key, const Restate& restate) {
    if (own.empty()) return;
    const int generation = top_generation(base) + 1;
    const std::vector<std::string> known = plain_names(base);
    const bool unrolls = std::any_of(base.begin(), base.end(), [](const Item<T>& i) { return !is_plain(i); });
    for (Item<T> item : own) {
      Block<T> one(1, item);
      restamp(one, generation);
      item = std::move(one.front());
      const auto place = !is_plain(item) ? base.end() : std::find_if(base.begin(), base.end(), [&](const Item<T>& b) {
        return is_plain(b) && b.name.text == item.name.text;
      });
      if (place == base.end()) {
        // What a loop of the base makes is known only once it is unrolled: the generations decide then.
        if (is_plain(item) && deletes(item.value) && !unrolls) {
          missing(item.name.text, item.name.span, key, known);
        } else {
          base.push_back(std::move(item));
        }
      } else if (deletes(item.value)) {
        restated(catalogue::key(key).name, item.name, place->name, true);
        base.erase(place);
      } else {
        restated(catalogue::key(key).name, item.name, place->name);
        restate(*place, item);
      }
    }
  }

  template <class T>
  void block(Block<T>& base, const Block<T>& own, KeyId key) {
    // In place of a base's entry it is the base's: a loop of the same file may not make the name a second time.
    block(base, own, key, [](Item<T>& place, const Item<T>& item) {
      const int generation = place.generation;
      place = item;
      place.generation = generation;
    });
  }

  void identity() {
    out_->keys.insert(own_.keys.begin(), own_.keys.end());
    for (const auto& [key, span] : own_.keys) out_->keys[key] = span;
    out_->span = own_.span;
    out_->faulty_keys = base_.faulty_keys || own_.faulty_keys;
    out_->file.path = own_.file.path;
    out_->file.folder = own_.file.folder;
    out_->extends = own_.extends;
    out_->undecided.names.insert(own_.undecided.names.begin(), own_.undecided.names.end());
    if (has(KeyId::Component_name)) {
      out_->title = own_.title;
      out_->name = own_.name;
      out_->name_span = own_.name_span;
    }
    if (has(KeyId::Component_doc)) out_->docs = own_.docs;
  }

  void named_things() {
    for (const auto& [name, import] : own_.imports) {
      const auto place = base_.imports.find(name);
      if (place != base_.imports.end()) {
        out_->restated.push_back({"import", name, import.name_span, place->second.name_span, import.file.empty()});
      }
      if (import.file.empty()) {
        if (out_->imports.erase(name) == 0) missing(name, import.span, KeyId::Component_import, {});
        continue;
      }
      // One under a condition stands before the base's, which holds where the condition does not.
      if (import.guards.empty()) out_->imports.erase(name);
      out_->imports.emplace_hint(out_->imports.lower_bound(name), name, import);
    }
    params();
    block(out_->defines, own_.defines, KeyId::Component_define);
    block(out_->inputs.entries, own_.inputs.entries, KeyId::Component_inputs);
    out_->inputs.given = base_.inputs.given || own_.inputs.given;
    block(out_->targets, own_.targets, KeyId::Document_targets);
    block(out_->tensors.parameters, own_.tensors.parameters, KeyId::Component_parameters);
    block(out_->tensors.buffers, own_.tensors.buffers, KeyId::Component_buffers);
    for (const ast::LocalComponent& own : own_.components) {
      const ast::Name& name = own.name;
      auto& known = out_->components;
      const auto same = [&](const ast::LocalComponent& c) { return c.name.text == name.text; };
      const auto place = std::find_if(known.begin(), known.end(), same);
      const bool restates = place != known.end();
      if (restates) restated("components", name, place->name, !own.component);
      if (!own.component) {
        if (restates) std::erase_if(known, same);
        else missing(name.text, name.span, KeyId::Component_components, {});
      } else if (!restates) {
        known.push_back(own);
      } else if (own.guards.empty()) {
        *place = own;
        known.erase(std::remove_if(place + 1, known.end(), same), known.end());
      } else {
        known.insert(place, own);  // the base's holds where the condition does not
      }
    }
    for (const auto& [name, variant] : own_.variants) {
      if (!variant.deleted) out_->variants[name] = variant;
      else if (out_->variants.erase(name) == 0) missing(name, variant.span, KeyId::Document_variants, {});
    }
    paths(out_->by_path.init, own_.by_path.init);
    paths(out_->by_path.tie, own_.by_path.tie);
  }

  void params() {
    std::vector<std::string> known;
    for_each_entry(out_->params, [&](const Item<ast::Declaration>& item) { known.push_back(item.name.text); });
    Block<ast::Declaration> own = own_.params;
    for_each_entry(own, [&](Item<ast::Declaration>& item) {
      if (item.value.deleted) {  // under `params` null is a value
        item.value.deleted = false;
        auto null = std::make_shared<ast::Expr>();
        null->span = item.value.span;
        item.value.declared.value = null;
        item.value.declared.value_text = "null";
        item.value.declared.value_span = item.value.span;
      }
      if (!item.name.pattern && std::find(known.begin(), known.end(), item.name.text) == known.end()) {
        added_.push_back({item.name.text, item.name.span});
      }
    });
    block(out_->params, own, KeyId::Component_params,
          [](Item<ast::Declaration>& place, const Item<ast::Declaration>& item) {
            if (item.value.declared.type) {
              const int generation = place.generation;
              place = item;
              place.generation = generation;
            } else {
              give_value(place.value, item.value.declared);
              place.value.is_list = item.value.is_list;
              place.value.list = item.value.list;
            }
          });
  }

  void paths(std::vector<ast::PathEntry>& base, const std::vector<ast::PathEntry>& own) {
    for (const ast::PathEntry& entry : own) {
      const auto place =
          std::find_if(base.begin(), base.end(), [&](const auto& b) { return b.pattern == entry.pattern; });
      const bool deleted =
          is_null(entry.value) || (!entry.value && (entry.text.empty() || support::is_null_word(entry.text)));
      if (place == base.end()) {
        if (!deleted) base.push_back(entry);
      } else if (deleted) {
        base.erase(place);
      } else {
        *place = entry;
      }
    }
  }

  void body() {
    const bool own_layers = own_.body.layers.given || has(KeyId::Component_layers);
    if (own_layers) {
      // `layers` is the whole body: what the base said of modules and dataflow is gone.
      out_->body.layers.entries = own_.body.layers.entries;
      out_->body.layers.given = true;
      out_->modules.clear();
      out_->body.forward = {};
    } else if (out_->body.layers.given && own_.body.forward.given) {
      number_layers();
    }
    if (out_->body.layers.given && !own_layers && !own_.modules.empty()) {
      over_layers();
    } else {
      block(out_->modules, own_.modules, KeyId::Component_modules);
    }
    if (own_.body.forward.given) {
      out_->body.forward = own_.body.forward;
    }
    if (own_.body.outputs.given) {
      out_->body.outputs = own_.body.outputs;
    }
  }

  /// A base's `layers` under a `forward` of the file: its items become modules, unnamed ones by their position.
  void number_layers() {
    out_->modules = std::move(out_->body.layers.entries);
    out_->body.layers = {};
    for (std::size_t i = 0; i < out_->modules.size(); ++i) {
      auto& item = out_->modules[i];
      if (item.kind == ItemKind::Entry && item.name.empty()) item.name = {std::to_string(i), item.span, nullptr};
    }
  }

  void over_layers() {
    const std::vector<std::string> known = plain_names(out_->body.layers.entries);
    for (const Item<ast::ModuleDef>& item : own_.modules) {
      const auto place = std::find_if(out_->body.layers.entries.begin(), out_->body.layers.entries.end(),
                                      [&](const Item<ast::ModuleDef>& b) {
                                        return is_plain(b) && is_plain(item) && b.name.text == item.name.text;
                                      });
      if (place == out_->body.layers.entries.end()) {
        if (base_.faulty_keys) continue;
        complete_ = false;
        auto report =
            sink_.report(item.name.empty() ? item.span : item.name.span, diag::ModulesOverLayers, item.name.text);
        if (!report.did_you_mean(item.name.text, known))
          report.help("add it with `append`, or state `layers` or `forward` anew");
      } else if (deletes(item.value)) {
        restated("modules", item.name, place->name, true);
        out_->body.layers.entries.erase(place);
      } else {
        restated("modules", item.name, place->name);
        place->value = item.value;
        place->span = item.span;
        place->name = item.name;
      }
    }
  }

  void whole_keys() {
    if (has(KeyId::Component_where)) out_->where = own_.where;
    if (has(KeyId::Component_freeze)) out_->by_path.freeze = own_.by_path.freeze;
    if (has(KeyId::Component_moved)) out_->by_path.moved = own_.by_path.moved;
    if (has(KeyId::Component_weights)) out_->by_path.weights = own_.by_path.weights;
    for (const catalogue::Key& key : catalogue::keys()) {
      if (const auto* own = syntax::setting_field(own_, key.id)) {
        ast::SettingPtr& out = *syntax::setting_field(*out_, key.id);
        if (key.merge == catalogue::Merge::ByKey) out = by_key(out, *own, key);
        else if (has(key.id)) out = *own;
      } else if (const auto* bindings = syntax::given_bindings(own_, key.id)) {
        const syntax::BindingsField field = syntax::bindings_field(*out_, key.id);
        *field.block = *bindings;
        *field.given = true;
      }
    }
  }

  static ast::SettingPtr by_key(const ast::SettingPtr& base, const ast::SettingPtr& own,
                                const catalogue::Key& section) {
    if (!own || !base) return own ? own : base;
    if (base->kind != ast::Setting::Mapping || own->kind != ast::Setting::Mapping) return own;
    auto out = std::make_shared<ast::Setting>(*base);
    for (const auto& item : own->items)
      if (is_plain(item) && is_given(item.value))
        take_away_rival(*out, catalogue::path_of(section) + "." + item.name.text);
    for (const auto& item : own->items) {
      const auto place = std::find_if(out->items.begin(), out->items.end(), [&](const auto& b) {
        return is_plain(b) && is_plain(item) && b.name.text == item.name.text;
      });
      const bool null = item.kind == ItemKind::Entry && !is_given(item.value);
      if (place == out->items.end()) {
        if (!null) out->items.push_back(item);
      } else if (null) {
        out->items.erase(place);
      } else {
        *place = item;
      }
    }
    return out;
  }

  void edits() {
    for (ast::TreeEdit edit : own_.by_path.edits) {
      edit.layer = layer_ + 1;
      out_->by_path.edits.push_back(std::move(edit));
    }
  }

  const Description& base_;
  const Description& own_;
  std::vector<AddedParam>& added_;
  diagnostics::Sink& sink_;
  ast::DescriptionPtr out_;
  int layer_ = -1;  // the last one of the base's edits
  bool complete_ = true;
};

}  // namespace

int close_layer(ast::Component& component) {
  int top = -1;
  ast::ByPath& by_path = component.by_path;
  for (const ast::TreeEdit& edit : by_path.edits) top = std::max(top, edit.layer);
  for (auto* entries : {&by_path.init, &by_path.tie, &by_path.freeze, &by_path.moved})
    for (ast::PathEntry& entry : *entries) entry.layer = std::min(entry.layer, top);
  return top;
}

void give_value(ast::Declaration& declaration, const ast::Declared& value) {
  ast::Declared& old = declaration.declared;
  if (!old.original) old.original = old.value;
  old.earlier.push_back(old.value_span.valid() ? old.value_span : declaration.span);
  old.value = value.value;
  old.value_text = value.value_text;
  old.value_span = value.value_span;
  old.quoted = value.quoted;
}

Merged merge(const Description& base, const Description& own, std::vector<AddedParam>& added, diagnostics::Sink& sink) {
  return Merger(base, own, added, sink).run();
}

}  // namespace modelc::compose
