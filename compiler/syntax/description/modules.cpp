// Modules (LANGUAGE §6): calls, lists, ModuleLists and ModuleDicts, the long form, inline components; and the edits of
// a module tree (§8).
#include <algorithm>

#include "syntax/description/blocks.h"
#include "syntax/description/description.h"

namespace modelc::syntax {

using ast::ModuleDef;
using ast::ModuleKind;

namespace {

using catalogue::KeyId;

bool is_module_word(std::string_view key) { return catalogue::find_key(catalogue::Place::Module, key) != nullptr; }

bool is_definition(const Node& mapping) {
  return std::any_of(mapping.entries.begin(), mapping.entries.end(),
                     [](const auto& entry) { return is_module_word(entry.first->text); });
}

}  // namespace

ModuleDef Reader::module_or_hole(const NodePtr& node) {
  if (!passes_over(*node))
    if (auto made = module(node)) return std::move(*made);
  ModuleDef faulty;
  faulty.span = node->span;
  faulty.call = hole(node->span);
  return faulty;
}

void Reader::modules(const NodePtr& node, std::string_view key, Block<ModuleDef>& out, bool names_needed) {
  BlockRules<ModuleDef> rules;
  rules.key = key;
  rules.one_name_each = true;
  rules.keeps_lost = true;
  rules.one_item = is_definition;
  rules.entry = [&](const NodePtr& name_node, const NodePtr& value, Block<ModuleDef>& block) {
    Item<ModuleDef> item;
    item.name = name(name_node);
    item.span = name_node->span.to(value->span);
    if (!check_module_name(item.name)) return;
    if (is_nothing(*value) && !value->lost) {
      if (!is_written_null(*value)) {
        refuse(name_node->span, diag::EmptyText, name_node->text, "a module definition");
        return;
      }
      if (!has_base_) {
        refuse(value->span, diag::NullDeletes, name_node->text).help("write `Identity` for a module that does nothing");
        return;
      }
    }
    item.value = module_or_hole(value);
    block.push_back(std::move(item));
  };
  rules.item = [&](const NodePtr& value, Block<ModuleDef>& block) {
    if (names_needed) {
      refuse(value->span, diag::UnnamedEntry, key).help("write `name: definition`");
      return;
    }
    if (is_nothing(*value) && !value->lost) {
      refuse(value->span, diag::EmptyText, key, "a module definition");
      return;
    }
    Item<ModuleDef> item;
    item.span = value->span;
    item.value = module_or_hole(value);
    block.push_back(std::move(item));
  };
  if (node->is_scalar() && !names_needed && !is_nothing(*node)) {
    rules.item(node, out);
    return;
  }
  if (names_needed) rules.one_item = nullptr;  // under `modules` itself every key is a name
  block(node, rules, out);
}

std::optional<ModuleDef> Reader::module(const NodePtr& node) {
  ModuleDef made;
  made.span = node->span;
  if (is_nothing(*node)) {
    made.kind = ModuleKind::Deleted;
    return made;
  }
  if (node->is_scalar()) {
    made.call = parse_expression(Text(*node), sink_);
    if (!made.call) return std::nullopt;
    using K = ast::ExprKind;
    const K kind = made.call->kind;
    if (kind == K::Int || kind == K::Float || kind == K::String || kind == K::Bool || kind == K::Null) {
      refuse(node->span, diag::NotAModule, node_words(*node))
          .help("a module is a call: `Linear(10)`, or a name: `ReLU`");
      return std::nullopt;
    }
    return made;
  }
  if (node->is_sequence()) {
    made.kind = ModuleKind::Sequential;
    modules(node, "sequential", made.items, false);
    return made;
  }
  if (node->entries.empty()) {
    refuse(node->span, diag::NotAModule, "an empty mapping").help("write `Identity` for a module that does nothing");
    return std::nullopt;
  }
  static constexpr std::pair<KeyId, ModuleKind> kContainers[] = {{KeyId::Module_sequential, ModuleKind::Sequential},
                                                                 {KeyId::Module_list, ModuleKind::List},
                                                                 {KeyId::Module_dict, ModuleKind::Dict}};
  for (const auto& [id, kind] : kContainers) {
    const std::string_view word = catalogue::key(id).name;
    const auto holder = std::find_if(node->entries.begin(), node->entries.end(),
                                     [&](const auto& entry) { return entry.first->text == word; });
    if (holder == node->entries.end()) continue;
    for (const auto& [key, value] : node->entries) {
      if (key->text == word) continue;
      refuse(key->span, diag::KeyBeside, key->text, word).note(holder->first->span, fmt::format("`{}` is here", word));
      return std::nullopt;
    }
    made.kind = kind;
    modules(holder->second, word, made.items, kind == ModuleKind::Dict);
    return made;
  }
  if (find(*node, KeyId::Module_type)) {
    made.call = long_form(node);
    if (!made.call) return std::nullopt;
    return made;
  }
  if (find(*node, KeyId::Module_layers) || find(*node, KeyId::Module_forward)) {
    made.kind = ModuleKind::Inline;
    made.component = component(node, "", {});
    return made;
  }
  const bool controlled = std::all_of(node->entries.begin(), node->entries.end(), [](const auto& entry) {
    return control_word(entry.first->text) != ControlWord::None;
  });
  if (!controlled) {
    refuse(node->span, diag::NotAModule, fmt::format("a mapping with `{}`", node->entries[0].first->text))
        .help(
            "a Sequential of named parts is a list, `- name: definition`; a mapping has one of `type`, `layers`, "
            "`forward`, `list`, `dict`, `sequential`");
    return std::nullopt;
  }
  made.kind = ModuleKind::Sequential;
  modules(node, "sequential", made.items, false);
  return made;
}

void Reader::edits(const NodePtr& node, const catalogue::Key& declared, ast::EditKind kind,
                   const ast::ComponentPtr& out) {
  using Edit = ast::TreeEdit;
  const std::string_view key = declared.name;
  BlockRules<Edit> rules;
  rules.key = key;
  const auto add = [&](const NodePtr& path, Block<Edit>& block) -> Item<Edit>* {
    const auto words = text(path, key, "the path of a module");
    if (!words) return nullptr;
    Item<Edit>& item = block.emplace_back();
    item.span = path->span;
    item.name = name(path);
    item.value.kind = kind;
    item.value.path = *words;
    item.value.span = path->span;
    item.value.scope = out;
    item.value.inserted = item.name.pattern;
    return &item;
  };
  rules.entry = [&](const NodePtr& path, const NodePtr& value, Block<Edit>& block) {
    if (kind == ast::EditKind::Remove) {
      refuse(path->span, diag::WrongNode, "a mapping", key, "a path or a list of paths")
          .help("`remove: [avgpool]`; what is replaced goes under `replace`");
      return;
    }
    if (is_nothing(*value)) {
      refuse(path->span, diag::EmptyText, path->text, "a module definition")
          .help(fmt::format("`remove: [{}]` puts Identity in its place", path->text));
      return;
    }
    auto made = module(value);
    if (!made) return;
    if (Item<Edit>* item = add(path, block)) item->value.definition = std::move(*made);
  };
  if (kind == ast::EditKind::Remove) {
    rules.item = [&](const NodePtr& path, Block<Edit>& block) { add(path, block); };
    if (node->is_scalar() && !is_nothing(*node)) {
      Block<Edit> one;
      if (add(node, one)) out->by_path.edits.push_back(std::move(one[0].value));
      return;
    }
  }
  Block<Edit> read;
  block(node, rules, read);
  std::vector<ast::Guard> guards;
  flatten<Edit>(read, guards, [&](const Item<Edit>& item, const std::vector<ast::Guard>& around) {
    Edit edit = item.value;
    edit.guards = around;
    out->by_path.edits.push_back(std::move(edit));
  });
}

std::optional<ModuleDef> parse_module(const ast::NodePtr& value, diagnostics::Sink& sink) {
  if (!value) return std::nullopt;
  Reader reader(sink, "");
  auto made = reader.module(value);
  if (reader.faulty()) return std::nullopt;
  return made;
}

}  // namespace modelc::syntax
