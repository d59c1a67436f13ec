#include "compose/resolved.h"

#include <algorithm>
#include <set>

#include "ast/print.h"
#include "catalogue/keys.h"
#include "compose/compose.h"
#include "compose/yaml_writer.h"

namespace modelc::compose {
namespace {

using ast::ItemKind;
using catalogue::KeyId;

std::string word(KeyId key) { return std::string(catalogue::key(key).name); }

/// Writes what a level says; `whole` is false once something could not be written.
class Writer {
 public:
  bool whole = true;

  Yaml component(const ast::Component& c) {
    Yaml out = Yaml::mapping();
    // One that hangs on a condition says nothing of the description as it was resolved.
    if (c.docs.size() == 1 && c.docs[0].kind == ItemKind::Entry)
      add(out, KeyId::Component_doc, Yaml::scalar(c.docs[0].value.text));
    add(out, KeyId::Component_import, imports(c));
    add(out, KeyId::Component_params, block(c.params, [&](const auto& one) { return declaration(one); }));
    add(out, KeyId::Component_define, defines(c.defines));
    add(out, KeyId::Component_inputs, block(c.inputs.entries, [&](const auto& one) { return declaration(one); }),
        c.inputs.given);
    add(out, KeyId::Component_where, block(c.where, [&](const ast::ExprPtr& one) { return scalar(one); }));
    add(out, KeyId::Component_components, components(c));
    add(out, KeyId::Component_parameters,
        block(c.tensors.parameters, [&](const auto& one) { return declaration(one); }));
    add(out, KeyId::Component_buffers, block(c.tensors.buffers, [&](const auto& one) { return declaration(one); }));
    add(out, KeyId::Component_modules, block(c.modules, [&](const auto& one) { return module(one); }));
    if (c.body.layers.given) add(out, KeyId::Component_layers, listed(c.body.layers.entries), true);
    if (c.body.forward.given) add(out, KeyId::Component_forward, bindings(c.body.forward.entries), true);
    if (c.body.outputs.given) add(out, KeyId::Component_outputs, bindings(c.body.outputs.entries), true);
    by_path(c, out);
    return out;
  }

  void recipe(const ast::Description& d, const std::string& data_root, Yaml& out) {
    setting(out, KeyId::Document_device, d.running.device);
    setting(out, KeyId::Document_dtype, d.running.dtype);
    setting(out, KeyId::Document_allow, d.running.allow);
    Yaml data = d.data ? value(*d.data) : Yaml::mapping();
    if (d.data && !data_root.empty()) {
      std::erase_if(data.entries, [](const auto& entry) { return entry.first == word(KeyId::Data_root); });
      data.entries.insert(data.entries.begin(), {word(KeyId::Data_root), Yaml::scalar(data_root)});
    }
    if (d.feed.given) add(data, KeyId::Data_feed, bindings(d.feed.entries), true);
    add(out, KeyId::Document_data, std::move(data));
    if (d.loss.given) add(out, KeyId::Document_loss, bindings(d.loss.entries), true);
    if (d.metrics.given) add(out, KeyId::Document_metrics, bindings(d.metrics.entries), true);
    setting(out, KeyId::Document_train, d.train);
    setting(out, KeyId::Document_predict, d.predict);
  }

  Yaml targets(const ast::Description& d) {
    return block(d.targets, [&](const auto& one) { return declaration(one); });
  }

 private:
  Yaml give_up() {
    whole = false;
    return Yaml::scalar("");
  }

  static void add(Yaml& out, KeyId key, Yaml value, bool also_empty = false) {
    if (also_empty || !value.empty()) out.entries.emplace_back(word(key), std::move(value));
  }

  static Yaml scalar(const ast::ExprPtr& expression) { return Yaml::scalar(ast::text_of(expression)); }

  /// Entries that are kept flat, each with what stands around it: in a list where something does.
  class Flat {
   public:
    void add(const std::vector<ast::Guard>& guards, Yaml entry) {
      guarded_ = guarded_ || !guards.empty();
      entries_.push_back(around(guards, std::move(entry)));
    }
    static Yaml around(const std::vector<ast::Guard>& guards, Yaml entry) {
      for (auto guard = guards.rbegin(); guard != guards.rend(); ++guard)
        entry = Yaml::mapping({{head(*guard), Yaml::list({std::move(entry)})}});
      return entry;
    }
    /// Of entries with names, or of texts.
    Yaml yaml() && {
      const bool mapping = !guarded_ && !entries_.empty() && entries_[0].kind == Yaml::Mapping;
      if (!mapping) return Yaml::list(std::move(entries_));
      Yaml out = Yaml::mapping();
      for (Yaml& entry : entries_) out.entries.push_back(std::move(entry.entries[0]));
      return out;
    }

   private:
    static std::string head(const ast::Guard& guard) {
      if (guard.iterable) return "for " + ast::text_of(guard.variables) + " in " + ast::text_of(guard.iterable);
      const std::string condition = ast::text_of(guard.condition);
      return guard.expected ? "if " + condition : "if not (" + condition + ")";
    }

    std::vector<Yaml> entries_;
    bool guarded_ = false;
  };

  /// Entries, with loops and conditions around them: a mapping where every entry has a name of its own.
  template <class T, class Write>
  Yaml block(const ast::Block<T>& items, const Write& write) {
    std::set<std::string> names;
    const bool mapping = std::all_of(items.begin(), items.end(), [&](const ast::Item<T>& item) {
      return item.kind == ItemKind::Entry && !item.name.empty() && names.insert(item.name.text).second;
    });
    if (!mapping) return block_list(items, write);
    Yaml out = Yaml::mapping();
    for (const ast::Item<T>& item : items) out.entries.emplace_back(item.name.text, write(item.value));
    return out;
  }

  template <class T, class Write>
  Yaml block_list(const ast::Block<T>& items, const Write& write) {
    Yaml out = Yaml::list({});
    for (const ast::Item<T>& item : items) {
      if (item.kind == ItemKind::For) {
        out.items.push_back(
            Yaml::mapping({{"for " + ast::text_of(item.variables) + " in " + ast::text_of(item.iterable),
                            block_list(item.body, write)}}));
      } else if (item.kind == ItemKind::If) {
        Yaml branches = Yaml::mapping();
        for (const auto& branch : item.branches) {
          const std::string word = branches.entries.empty() ? "if " : "elif ";
          branches.entries.emplace_back(branch.condition ? word + ast::text_of(branch.condition) : "else",
                                        block_list(branch.body, write));
        }
        out.items.push_back(std::move(branches));
      } else {
        Yaml value = write(item.value);
        out.items.push_back(item.name.empty() ? std::move(value) : Yaml::mapping({{item.name.text, std::move(value)}}));
      }
    }
    return out;
  }

  Yaml listed(const ast::Block<ast::ModuleDef>& items) {
    return block_list(items, [&](const auto& one) { return module(one); });
  }

  static Yaml untyped(const ast::ExprPtr& value) {
    if (value->kind == ast::ExprKind::String && value->parts.empty()) return Yaml::scalar(value->text, true);
    if (value->kind != ast::ExprKind::List)
      return Yaml::scalar(ast::text_of(value), value->kind == ast::ExprKind::Raw && value->quoted);
    Yaml out = Yaml::list({});
    for (const ast::ExprPtr& item : value->children) out.items.push_back(untyped(item));
    return out;
  }

  // `TYPE = VALUE`; without a type quotes count, and the value alone stands there.
  Yaml declared(const ast::Declared& d) {
    if (!d.type && !d.value) return give_up();
    if (!d.type) return untyped(d.value);
    std::string text = ast::text_of(d.type);
    if (d.value) text += " = " + ast::text_of(d.value);
    return Yaml::scalar(std::move(text));
  }

  Yaml declaration(const ast::Declaration& d) {
    if (d.deleted || d.faulty) return give_up();
    if (d.is_list) return block_list(d.list, [&](const auto& one) { return declared(one); });
    if (!d.saved)
      return Yaml::mapping(
          {{word(KeyId::Buffer_value), declared(d.declared)}, {word(KeyId::Buffer_saved), Yaml::scalar("false")}});
    if (!d.declared.type && !d.declared.value) return Yaml::scalar("any");  // an input of a component, by its name
    return declared(d.declared);
  }

  Yaml defines(const ast::Block<ast::Definition>& items) {
    ast::Block<ast::Definition> named = items;
    for (auto& item : named) {
      if (item.kind != ItemKind::Entry || !item.value.is_function) continue;
      std::string arguments;
      for (const std::string& one : item.value.arguments) arguments += (arguments.empty() ? "" : ", ") + one;
      item.name.text += "(" + arguments + ")";
    }
    return block(named, [&](const ast::Definition& one) { return one.value ? scalar(one.value) : give_up(); });
  }

  static Yaml imports(const ast::Component& c) {
    Flat out;
    for (const auto& [name, import] : c.imports) {
      if (import.file.empty()) continue;  // deleted
      const std::size_t hash = import.file.find('#');
      const std::string part = hash == std::string::npos ? "" : import.file.substr(hash);
      const std::string file = resolve_path(c.file.folder, import.file.substr(0, hash)) + part;
      out.add(import.guards, Yaml::mapping({{name, Yaml::scalar(file)}}));
    }
    return std::move(out).yaml();
  }

  Yaml components(const ast::Component& c) {
    Flat out;
    for (const ast::LocalComponent& local : c.components)
      if (local.component)  // not deleted
        out.add(local.guards, Yaml::mapping({{local.name.text, component(*local.component)}}));
    return std::move(out).yaml();
  }

  // Arguments of the long form are text whose types decide later: they stand there again.
  Yaml long_form(const ast::Expr& call) {
    Yaml out = Yaml::mapping({{word(KeyId::Module_type), Yaml::scalar(ast::text_of(call.children[0]))}});
    for (const ast::Argument& argument : call.args) {
      if (argument.name.empty() || !argument.guards.empty()) return give_up();
      const bool quoted = argument.value->kind == ast::ExprKind::Raw && argument.value->quoted;
      out.entries.emplace_back(argument.name, Yaml::scalar(ast::text_of(argument.value), quoted));
    }
    return out;
  }

  Yaml module(const ast::ModuleDef& m) {
    const auto is_raw = [](const ast::Argument& one) { return one.value && one.value->kind == ast::ExprKind::Raw; };
    switch (m.kind) {
      case ast::ModuleKind::Call:
        if (!m.call || m.call->kind == ast::ExprKind::Hole) return give_up();
        if (m.call->kind == ast::ExprKind::Call && std::any_of(m.call->args.begin(), m.call->args.end(), is_raw))
          return long_form(*m.call);
        return scalar(m.call);
      case ast::ModuleKind::Sequential:
        return listed(m.items);
      case ast::ModuleKind::List:
        return Yaml::mapping({{word(KeyId::Module_list), listed(m.items)}});
      case ast::ModuleKind::Dict:
        return Yaml::mapping(
            {{word(KeyId::Module_dict), block(m.items, [&](const auto& one) { return module(one); })}});
      case ast::ModuleKind::Inline:
        return component(*m.component);
      case ast::ModuleKind::Deleted:
        break;
    }
    return give_up();
  }

  Yaml binding(const ast::Binding& b) {
    if (!b.value) return bindings(b.nested);
    return Yaml::scalar((b.type ? ast::text_of(b.type) + " = " : "") + ast::text_of(b.value));
  }

  Yaml bindings(const ast::Block<ast::Binding>& items) {
    if (items.size() == 1 && items[0].kind == ItemKind::Entry && items[0].value.targets.empty() && items[0].value.value)
      return binding(items[0].value);
    return block(with_names(items), [&](const ast::Binding& one) { return binding(one); });
  }

  /// The names on the left of each binding as its key.
  ast::Block<ast::Binding> with_names(ast::Block<ast::Binding> items) {
    for (auto& item : items) {
      item.body = with_names(std::move(item.body));
      for (auto& branch : item.branches) branch.body = with_names(std::move(branch.body));
      if (item.kind != ItemKind::Entry || item.value.targets.empty()) continue;
      ast::LoopVariables names;
      for (const ast::Name& name : item.value.targets) names.names.push_back({name.text, name.span});
      names.nesting = item.value.nesting;
      item.name.text = ast::text_of(names);
    }
    return items;
  }

  void setting(Yaml& out, KeyId key, const ast::SettingPtr& given) {
    if (given) add(out, key, value(*given), true);
  }

  Yaml value(const ast::Setting& s) {
    if (s.kind == ast::Setting::Scalar) return Yaml::scalar(ast::text_of(s.scalar), s.scalar->quoted);
    const auto write = [&](const ast::SettingPtr& one) { return one ? value(*one) : give_up(); };
    if (s.kind == ast::Setting::List) return block_list(s.items, write);
    return s.kind == ast::Setting::Mapping ? block(s.items, write) : give_up();
  }

  /// Entries by path, in order.
  static Yaml paths(const std::vector<ast::PathEntry>& entries, bool values) {
    Flat out;
    for (const ast::PathEntry& entry : entries) {
      const Yaml value = entry.value ? scalar(entry.value) : Yaml::scalar(entry.text, entry.text.empty());
      out.add(entry.guards, values ? Yaml::mapping({{entry.pattern, value}}) : Yaml::scalar(entry.pattern));
    }
    return std::move(out).yaml();
  }

  static Yaml weights(const std::vector<ast::WeightsEntry>& entries) {
    Yaml out = Yaml::list({});
    for (const ast::WeightsEntry& entry : entries) {
      Yaml one = Yaml::mapping({{word(KeyId::Weights_from), Yaml::scalar(resolve_path(entry.folder, entry.from))}});
      add(one, KeyId::Weights_only, paths(entry.only, false));
      add(one, KeyId::Weights_except, paths(entry.except, false));
      add(one, KeyId::Weights_rename, paths(entry.rename, true));
      add(one, KeyId::Weights_new, paths(entry.created, false));
      add(one, KeyId::Weights_resize, paths(entry.resize, true));
      out.items.push_back(Flat::around(entry.guards, std::move(one)));
    }
    return out;
  }

  Yaml edits(const ast::Component& c, ast::EditKind kind) {
    Flat out;
    for (const ast::TreeEdit& edit : c.by_path.edits) {
      if (edit.kind != kind) continue;
      const Yaml path = Yaml::scalar(edit.path);
      out.add(edit.guards,
              kind == ast::EditKind::Remove ? path : Yaml::mapping({{edit.path, module(edit.definition)}}));
    }
    return std::move(out).yaml();
  }

  void by_path(const ast::Component& c, Yaml& out) {
    add(out, KeyId::Component_replace, edits(c, ast::EditKind::Replace));
    add(out, KeyId::Component_append, edits(c, ast::EditKind::Append));
    add(out, KeyId::Component_prepend, edits(c, ast::EditKind::Prepend));
    add(out, KeyId::Component_wrap, edits(c, ast::EditKind::Wrap));
    add(out, KeyId::Component_remove, edits(c, ast::EditKind::Remove));
    add(out, KeyId::Component_init, paths(c.by_path.init, true));
    add(out, KeyId::Component_tie, paths(c.by_path.tie, true));
    add(out, KeyId::Component_freeze, paths(c.by_path.freeze, false));
    add(out, KeyId::Component_weights, weights(c.by_path.weights));
    add(out, KeyId::Component_moved, paths(c.by_path.moved, true));
  }
};

}  // namespace

std::optional<std::string> resolved_text(const ast::Description& description, const std::string& data_root) {
  Writer writer;
  Yaml out = Yaml::mapping({{word(KeyId::Document_modelc), Yaml::scalar("1")}});
  if (!description.title.text.empty())
    out.entries.emplace_back(word(KeyId::Component_name), Yaml::scalar(description.title.text));
  Yaml body = writer.component(description);
  const std::string inputs = word(KeyId::Component_inputs);
  for (auto& [key, value] : body.entries) {
    out.entries.emplace_back(key, std::move(value));
    if (key == inputs && !description.targets.empty())
      out.entries.emplace_back(word(KeyId::Document_targets), writer.targets(description));
  }
  writer.recipe(description, data_root, out);
  return writer.whole ? std::optional(yaml_text(out)) : std::nullopt;
}

}  // namespace modelc::compose
