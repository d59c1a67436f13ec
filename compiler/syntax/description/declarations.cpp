// What a level declares: params, inputs and targets, parameters and buffers, define, where, imports,
// components.
#include <algorithm>

#include "support/words.h"
#include "syntax/description/blocks.h"

namespace modelc::syntax {

using ast::Declaration;
using ast::Declared;

void Reader::params(const NodePtr& node, Block<Declaration>& out) {
  BlockRules<Declaration> rules;
  rules.key = "params";
  rules.keeps_lost = true;
  rules.entry = [&](const NodePtr& key, const NodePtr& value, Block<Declaration>& block) {
    Item<Declaration> item;
    item.name = name(key);
    item.span = item.value.span = key->span.to(value->span);
    if (!check_name(item.name)) return;
    Declared& declared = item.value.declared;
    declared.value_span = value->span;
    if (value->is_scalar() && !is_written_null(*value)) {
      // Without a type here quotes make a string, and the type may stand in the base: both leave the text undecided.
      diagnostics::Sink faults;
      auto parsed = parse_declared(Text(*value), faults);
      const bool quoted =
          value->style == ast::ScalarStyle::SingleQuoted || value->style == ast::ScalarStyle::DoubleQuoted;
      if (parsed && (parsed->type || !parsed->quoted)) {
        declared = std::move(*parsed);
        sink_.absorb(std::move(faults));
      } else if (parsed || quoted || has_base_) {
        declared.value_text = value->text;
        declared.quoted = quoted;
        declared.value = parse_raw(Text(*value));
      } else {
        declared.value = hole(value->span);
        sink_.absorb(std::move(faults));
      }
    } else {
      declared.value = raw_value(value, key->text);
      if (!declared.value) declared.value = hole(value->span);
      if (value->is_scalar() || value->is_null()) declared.value_text = "null";
    }
    block.push_back(std::move(item));
  };
  block(node, rules, out);
}

namespace {

/// `B, 12` of a list of sizes without a dtype; empty for any other node.
std::string sizes_in(const Node& node) {
  std::string sizes;
  if (!node.is_sequence()) return sizes;
  for (const NodePtr& item : node.items) {
    const auto plain = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; };
    const bool size = item->is_scalar() && !item->text.empty() && item->text.size() < 12 &&
                      (std::isdigit(static_cast<unsigned char>(item->text[0])) ||
                       std::isupper(static_cast<unsigned char>(item->text[0]))) &&
                      std::all_of(item->text.begin(), item->text.end(), plain);
    if (!size) return {};
    sizes += (sizes.empty() ? "" : ", ") + item->text;
  }
  return sizes;
}

}  // namespace

void Reader::inputs(const NodePtr& node, std::string_view key, Block<Declaration>& out) {
  BlockRules<Declared> types;
  bool readable = true;  // of the list of types being read
  types.key = key;
  types.keeps_lost = true;
  types.entry = [&](const NodePtr& name_node, const NodePtr&, Block<Declared>&) {
    readable = false;
    refuse(name_node->span, diag::WrongNode, "a mapping", key, "a type in each item of the list");
  };
  types.item = [&](const NodePtr& value, Block<Declared>& block) {
    auto parsed = value->is_scalar() ? parse_declared(Text(*value), sink_) : std::nullopt;
    if (!parsed || !parsed->type) {
      readable = false;
      if (parsed || !(value->is_scalar() || passes_over(*value))) wrong(value, key, "a type");
      return;
    }
    Item<Declared> item;
    item.span = value->span;
    item.value = std::move(*parsed);
    block.push_back(std::move(item));
  };

  BlockRules<Declaration> rules;
  rules.key = key;
  rules.keeps_lost = true;
  rules.entry = [&](const NodePtr& name_node, const NodePtr& value, Block<Declaration>& block) {
    Item<Declaration> item;
    item.name = name(name_node);
    item.span = item.value.span = name_node->span.to(value->span);
    if (!check_name(item.name)) return;
    if (const std::string sizes = sizes_in(*value); !sizes.empty()) {
      wrong(value, name_node->text, "a type", fmt::format("write `{}: float[{}]`", name_node->text, sizes));
      item.value.faulty = true;
    } else if (value->is_sequence()) {
      item.value.is_list = true;
      readable = true;
      for (const NodePtr& part : value->items) list_item(part, types, item.value.list);
      item.value.faulty = !readable;
    } else if (value->is_lost()) {
      item.value.faulty = true;
    } else if (is_nothing(*value)) {
      if (!is_written_null(*value)) {
        refuse(name_node->span, diag::EmptyText, name_node->text, "a type, `float[B, 10]`");
        return;
      }
      if (!has_base_) {
        refuse(value->span, diag::NullDeletes, name_node->text)
            .help("an input that may be left out states its type: `x: float[B] = null`");
        return;
      }
      item.value.deleted = true;
    } else if (value->is_mapping()) {
      if (value->entries.size() && std::all_of(value->entries.begin(), value->entries.end(), [](const auto& entry) {
            return control_word(entry.first->text) != ControlWord::None;
          })) {
        item.value.is_list = true;
        mapping(value, types, item.value.list);
      } else {
        wrong(value, name_node->text, "a type, `float[B, 10]`, or a list of types");
        return;
      }
    } else {
      auto parsed = parse_declared(Text(*value), sink_);
      if (parsed) item.value.declared = std::move(*parsed);
      else item.value.faulty = true;
    }
    block.push_back(std::move(item));
  };
  rules.item = [&](const NodePtr& value, Block<Declaration>& block) {
    if (!value->is_scalar()) {
      refuse(value->span, diag::UnnamedEntry, key);
      return;
    }
    Item<Declaration> item;
    item.name = name(value);
    item.span = item.value.span = value->span;
    if (check_name(item.name)) block.push_back(std::move(item));
  };
  block(node, rules, out);
}

void Reader::tensors(const NodePtr& node, std::string_view key, Block<Declaration>& out) {
  BlockRules<Declaration> rules;
  rules.key = key;
  rules.keeps_lost = true;
  rules.entry = [&](const NodePtr& name_node, const NodePtr& given, Block<Declaration>& block) {
    Item<Declaration> item;
    item.name = name(name_node);
    item.span = item.value.span = name_node->span.to(given->span);
    if (!check_name(item.name)) return;
    NodePtr value = given;
    if (given->is_mapping()) {
      if (key != "buffers") {
        wrong(given, name_node->text, "a type and a value, `float[I, out] = normal(std=0.02)`");
        return;
      }
      value = nullptr;
      for (const auto& [part, content] : given->entries) {
        const catalogue::Key* known = catalogue::find_key(catalogue::Place::Buffer, part->text);
        if (known && known->id == catalogue::KeyId::Buffer_value) {
          value = content;
        } else if (known && known->id == catalogue::KeyId::Buffer_saved) {
          const auto saved = content->is_scalar() ? support::truth_of(content->text) : std::nullopt;
          if (!saved) {
            wrong(content, "saved", "`true` or `false`");
            return;
          }
          item.value.saved = *saved;
        } else {
          unknown_key(part, "a buffer", catalogue::Place::Buffer);
          return;
        }
      }
      if (!value) {
        refuse(given->span, diag::MissingKey, fmt::format("the buffer `{}`", name_node->text), "value");
        return;
      }
    }
    if (value->is_lost()) {
      item.value.faulty = true;
    } else if (value->is_scalar() && !is_nothing(*value)) {
      auto parsed = parse_declared(Text(*value), sink_);
      if (!parsed) {
        item.value.faulty = true;
      } else if (!parsed->value) {
        refuse(value->span, diag::NoValue, name_node->text)
            .help(fmt::format("say how it starts: `{} = zeros`, or `= normal(std=0.02)`", value->text));
        item.value.faulty = true;
      } else {
        item.value.declared = std::move(*parsed);
        item.value.faulty = item.value.declared.value->kind == ast::ExprKind::Hole;
      }
    } else if (is_written_null(*value) && has_base_) {
      item.value.deleted = true;
    } else if (is_nothing(*value)) {
      refuse(name_node->span, diag::NoValue, name_node->text);
      return;
    } else {
      item.value.declared.value = expression(value, name_node->text);
      item.value.declared.value_span = value->span;
      item.value.faulty = !item.value.declared.value;
    }
    block.push_back(std::move(item));
  };
  block(node, rules, out);
}

void Reader::defines(const NodePtr& node, Block<ast::Definition>& out) {
  BlockRules<ast::Definition> rules;
  rules.key = "define";
  rules.keeps_lost = true;
  rules.entry = [&](const NodePtr& key, const NodePtr& value, Block<ast::Definition>& block) {
    Item<ast::Definition> item;
    item.span = item.value.span = key->span.to(value->span);
    item.name = name(key);
    const std::size_t open = key->text.find('(');
    if (open != std::string::npos && !item.name.pattern) {
      item.value.is_function = true;
      std::size_t end = key->text.find_last_not_of(" \t");
      const auto trimmed = [&](std::size_t from, std::size_t to) {
        while (from < to && std::isspace(static_cast<unsigned char>(key->text[from]))) ++from;
        while (to > from && std::isspace(static_cast<unsigned char>(key->text[to - 1]))) --to;
        return Name{key->text.substr(from, to - from), key->part(from, to), nullptr};
      };
      item.name = trimmed(0, open);
      if (key->text[end] != ')') {
        refuse(key->span, diag::NotAName, key->text, "`name` or `name(a, b)`");
        return;
      }
      for (std::size_t from = open + 1; from < end;) {
        const std::size_t to = std::min(key->text.find(',', from), end);
        const Name argument = trimmed(from, to);
        from = to + 1;
        if (argument.text.empty() && from > end && (to == open + 1 || !item.value.arguments.empty())) break;
        if (!check_name(argument)) return;
        if (std::find(item.value.arguments.begin(), item.value.arguments.end(), argument.text) !=
            item.value.arguments.end()) {
          refuse(argument.span, diag::RepeatedArgument, argument.text);
          return;
        }
        item.value.arguments.push_back(argument.text);
        item.value.argument_spans.push_back(argument.span);
      }
    }
    if (!check_name(item.name)) return;
    if (value->is_lost()) {
      item.value.value = hole(value->span);
    } else if (is_nothing(*value)) {
      if (!is_written_null(*value)) {
        refuse(key->span, diag::NoValue, key->text);
        return;
      }
      // Under `extends` a null deletes: a definition without a value.
      if (!has_base_) item.value.value = expression(value, key->text);
    } else {
      item.value.value = expression(value, key->text);
      if (!item.value.value) item.value.value = hole(value->span);
    }
    block.push_back(std::move(item));
  };
  block(node, rules, out);
}

void Reader::where(const NodePtr& node, ast::Component& out) {
  if (!node->is_sequence() && !node->is_mapping()) {
    if (ExprPtr parsed = expression(node, "where")) out.where.emplace_back().value = std::move(parsed);
    return;
  }
  BlockRules<ExprPtr> rules;
  rules.key = "where";
  rules.entry = [&](const NodePtr& key, const NodePtr&, Block<ExprPtr>&) {
    refuse(key->span, diag::WrongNode, "a mapping", "where", "a condition in each item");
  };
  rules.item = [&](const NodePtr& item, Block<ExprPtr>& block) {
    if (ExprPtr parsed = expression(item, "where")) block.emplace_back().value = std::move(parsed);
  };
  block(node, rules, out.where);
}

void Reader::imports(const NodePtr& node, ast::Component& out) {
  BlockRules<ast::Import> rules;
  rules.key = "import";
  rules.entry = [&](const NodePtr& key, const NodePtr& value, Block<ast::Import>& block) {
    Item<ast::Import> item;
    item.name = name(key);
    item.span = key->span;
    if (!check_name(item.name)) return;
    if (is_written_null(*value) && has_base_) {
      item.value.span = value->span;  // a deleted import has no file
      item.value.name_span = key->span;
    } else if (auto file = text(value, key->text, "a file, `Name: file.yaml` or `Name: file.yaml#Component`")) {
      item.value = {*file, value->span, key->span, item.name.pattern, {}};
    } else {
      return;
    }
    block.push_back(std::move(item));
  };
  Block<ast::Import> read;
  block(node, rules, read);
  std::vector<ast::Guard> guards;
  flatten<ast::Import>(read, guards, [&](const Item<ast::Import>& item, const std::vector<ast::Guard>& around) {
    ast::Import import = item.value;
    import.guards = around;
    out.imports.emplace(item.name.text, std::move(import));
  });
}

void Reader::components(const NodePtr& node, ast::Component& out) {
  BlockRules<ast::ComponentPtr> rules;
  rules.key = "components";
  rules.entry = [&](const NodePtr& key, const NodePtr& value, Block<ast::ComponentPtr>& block) {
    Item<ast::ComponentPtr> item;
    item.name = name(key);
    item.span = key->span;
    if (!check_name(item.name)) return;
    if (!(is_written_null(*value) && has_base_)) {  // a deleted component is null
      if (!value->is_mapping()) {
        wrong(value, key->text, "a component: a mapping with `inputs`, `modules` and `forward`");
        return;
      }
      item.value = component(value, key->text, key->span);
    }
    block.push_back(std::move(item));
  };
  Block<ast::ComponentPtr> read;
  block(node, rules, read);
  std::vector<ast::Guard> guards;
  flatten<ast::ComponentPtr>(read, guards,
                             [&](const Item<ast::ComponentPtr>& item, const std::vector<ast::Guard>& around) {
                               out.components.push_back({item.name, item.value, around});
                             });
}

}  // namespace modelc::syntax
